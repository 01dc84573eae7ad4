r"""Folder names as this server spells them, and folders made when missing.

The traps: the delimiter between levels is the server's choice ("/" or "." for most), some servers keep every folder
below "INBOX." (RFC 2342), and a folder may be listed yet not be there (\Noselect, \NonExistent: RFC 9051 7.3.1).
"""

from collections.abc import Iterable
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

_ABSENT = frozenset({b"\\noselect", b"\\nonexistent"})


class Folders:
    """The folders of one connection. Configured names put "/" between levels."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self._prefix: str | None = None
        self._delimiter = "/"

    def wire_name(self, name: str) -> str:
        """The configured name in the server's spelling, not yet in modified UTF-7."""
        if not name or not name.isprintable():
            raise IMAPClientError(f"expected a folder name without control characters, not {name!r}")
        if name.upper() == "INBOX":
            return "INBOX"
        prefix, delimiter = self._spelling()
        if delimiter != "/":
            # A dot inside a level would make two levels of it.
            name = "/".join(level.replace(delimiter, "_") for level in name.split("/")).replace("/", delimiter)
        return name if name.startswith(prefix) else prefix + name

    def missing(self, name: str) -> bool:
        """Whether the server lists no such folder, or one that is not there."""
        wire = self.wire_name(name)
        return wire != "INBOX" and wire not in self._present()

    def ensure(self, names: Iterable[str]) -> None:
        """Make and subscribe each folder that is not there."""
        present = self._present()
        for name in dict.fromkeys(map(self.wire_name, names)):
            if name != "INBOX" and name not in present:
                self._create(name)

    def _present(self) -> set[str]:
        listed = self._client.list_folders()
        return {name for flags, _, name in listed if not _ABSENT.intersection(map(bytes.lower, flags))}

    def _create(self, name: str) -> None:
        try:
            self._client.create_folder(name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            # Somebody else may have made it a moment ago (RFC 5530).
            if "ALREADYEXISTS" not in str(error).upper() and not self._client.folder_exists(name):
                raise
        self._client.subscribe_folder(name)

    def _spelling(self) -> tuple[str, str]:
        if self._prefix is None:
            prefix: Any = ""
            delimiter: Any = None
            if self._client.has_capability("NAMESPACE"):
                personal = self._client.namespace().personal
                if personal:
                    prefix, delimiter = personal[0]
            if delimiter is None:
                root = self._client.list_folders("", "")
                delimiter = _text(root[0][1]) if root and root[0][1] else "/"
            self._prefix, self._delimiter = _text(prefix), _text(delimiter)
        return self._prefix, self._delimiter


def _text(value: str | bytes) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
