"""Questions to a server that change nothing: how a folder stands, whether a message lies there, what the server can do.

The trap is the server that answers something else than was asked: STATUS of a missing folder is a NO in words of every
kind (RFC 9051 6.3.11), so that a folder is called missing only when LIST does not know it either; and a search for a
Message-ID is one for a substring (6.4.4), which a customer chose.
"""

from dataclasses import dataclass
from datetime import date

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from mailtriage.transport.imap_folders import Folders

_LONGEST_ID = 900
"""Octets of a Message-ID that is searched for: RFC 5322 2.1.1 allows no longer line."""


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder as STATUS tells of it; when none of it changes, nothing came to lie there."""

    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True, slots=True)
class Offers:
    """What a server can do of what we use."""

    capabilities: frozenset[str]
    sent: str | None
    """The folder that it marks as that of sent mail (SPECIAL-USE, RFC 6154), as the server spells it."""


def status(client: IMAPClient, folders: Folders, folder: str) -> FolderStatus | None:
    """How a folder stands; None where there is none."""
    name = folders.wire_name(folder)
    try:
        answer = client.folder_status(name, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if folders.missing(folder):
            return None
        raise
    if not {b"UIDVALIDITY", b"UIDNEXT", b"MESSAGES"} <= answer.keys():
        raise ProtocolError(f"{folder}: expected UIDVALIDITY, UIDNEXT and MESSAGES in the answer to STATUS")
    return FolderStatus(int(answer[b"UIDVALIDITY"]), int(answer[b"UIDNEXT"]), int(answer[b"MESSAGES"]))


def marked(client: IMAPClient, keyword: str, since: date) -> frozenset[int]:
    """UIDs in the selected folder with a keyword."""
    return frozenset(map(int, client.search(["KEYWORD", keyword, "SINCE", since])))


def holds(client: IMAPClient, uid: int | None, message_id: str | None, messages: int) -> bool | None:
    """Whether the selected folder holds a message, by UID where one is given, else by Message-ID."""
    if not messages:
        return False
    if uid is not None:
        return bool(client.search(["UID", str(uid)]))
    if message_id is None or len(message_id) > _LONGEST_ID or not message_id.isascii() or not message_id.isprintable():
        return None
    return bool(client.search(["HEADER", "Message-ID", message_id]))


def offers(client: IMAPClient) -> Offers:
    """Capabilities in upper case, and the folder of sent mail."""
    known = frozenset(name.decode("ascii", "replace").upper() for name in client.capabilities())
    sent = None
    if "SPECIAL-USE" in known:
        sent = next((str(name) for flags, _, name in client.list_folders() if b"\\Sent" in flags), None)
    return Offers(known, sent)
