r"""A message goes to another folder, once, and nobody else's mail is touched.

The traps: without MOVE (RFC 6851) it is COPY, \Deleted and EXPUNGE, and a plain EXPUNGE destroys whatever any other
program has flagged \Deleted, so only UID EXPUNGE (UIDPLUS, RFC 4315) is used; without that the original stays, flagged
\Deleted, for its owner to expunge, and is not read again. A COPY that was interrupted is repeated: twice is better than
never.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailtriage.transport.imap_fetch import leaves_deleted
from mailtriage.transport.imap_folders import Folders
from mailtriage.transport.imap_session import response_code

_KEYWORD = re.compile(r"[A-Za-z0-9_$.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one UID."""

    uid: int
    gone: bool = False
    """It was not in the folder any more; nothing had to be done."""
    new_uid: int | None = None
    """Its UID in the target, where the server told (COPYUID)."""
    new_uidvalidity: int | None = None
    flagged: bool = False
    """Whether the keyword was set."""


class Mover:
    """Moves out of the folder that is selected read-write on this connection."""

    def __init__(self, client: IMAPClient, folders: Folders, permanent_flags: Iterable[bytes]) -> None:
        self._client, self._folders = client, folders
        self._permanent = frozenset(flag.lower() for flag in permanent_flags)

    def move(self, uids: Sequence[int], target: str, keyword: str | None) -> tuple[Moved, ...]:
        """Move those that are there; the answers are in the order of the UIDs."""
        criteria = ["UID", ",".join(map(str, uids))]
        if leaves_deleted(self._client):
            criteria.append("UNDELETED")
        present = sorted(set(self._client.search(criteria)).intersection(uids)) if uids else []
        flagged = bool(present) and self._flag(present, keyword)
        arrived: dict[int, int] = {}
        uidvalidity = None
        if present:
            response_code(self._client, "COPYUID")
            self._carry(present, target)
            uidvalidity, arrived = _copyuid(response_code(self._client, "COPYUID"))
        return tuple(
            Moved(
                uid, new_uid=arrived.get(uid), new_uidvalidity=uidvalidity if uid in arrived else None, flagged=flagged
            )
            if uid in present
            else Moved(uid, gone=True)
            for uid in uids
        )

    def _flag(self, uids: Sequence[int], keyword: str | None) -> bool:
        if keyword is None:
            return False
        if not _KEYWORD.fullmatch(keyword):
            raise IMAPClientError(f"expected an IMAP atom as keyword, not {keyword!r}")
        if b"\\*" not in self._permanent and keyword.lower().encode() not in self._permanent:
            return False
        try:
            self._client.add_flags(uids, [keyword.encode()], silent=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # A limit on keywords; the folder says the same, so the move goes on.
            return False
        return True

    def _carry(self, uids: Sequence[int], target: str) -> None:
        name = self._folders.wire_name(target)
        atomic = self._client.has_capability("MOVE")
        place = self._client.move if atomic else self._client.copy
        try:
            place(uids, name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # The target is missing ([TRYCREATE], in words of every kind), or one was expunged by somebody else just
            # now, which the server forgets with a NOOP: see to both and try once more.
            self._folders.ensure([target])
            self._client.noop()
            place(uids, name)
        if not atomic:
            self._client.add_flags(uids, [DELETED], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)


def _copyuid(code: bytes | None) -> tuple[int | None, dict[int, int]]:
    """UIDVALIDITY of the target and old UID -> new UID, out of `COPYUID 38505 304,319:320 3956:3958`."""
    words = (code or b"").split()
    if len(words) != 3:  # noqa: PLR2004 - the three words of RFC 4315
        return None, {}
    return int(words[0]), dict(zip(_uid_set(words[1]), _uid_set(words[2]), strict=False))


def _uid_set(octets: bytes) -> list[int]:
    uids: list[int] = []
    for item in octets.decode("ascii").split(","):
        low, _, high = item.partition(":")
        uids.extend(range(int(low), int(high or low) + 1))
    return uids
