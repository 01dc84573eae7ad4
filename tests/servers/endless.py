"""An IMAP server with any number of messages in INBOX, each made when it is asked for: nothing of it costs memory.

It knows what our client asks, and nothing besides; `fetched` are the UIDs whose bodies were handed out, in that order.
"""

import re
import socket
from collections.abc import Callable, Iterator

from servers.listener import Listener

_COMMAND = re.compile(rb"(\S+) (?:UID )?(\S+) ?([^\r\n]*)\r\n$")
CAPABILITIES = b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\n"


class EndlessImap(Listener):
    """`letter` makes the octets of a UID; `ends_after` bodies each connection is cut, None is never."""

    def __init__(self, count: int, letter: Callable[[int], bytes], *, ends_after: int | None = None) -> None:
        super().__init__()
        self.user, self.password = "support@example.org", "secret"
        self.ends_after = ends_after
        self.fetched: list[int] = []
        self._count, self._letter = count, letter
        self._folders = {"INBOX"}

    def serve(self, connection: socket.socket) -> None:
        """Answer command after command."""
        left = self.ends_after
        with connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            for line in lines:
                match = _COMMAND.match(line)
                assert match, line
                tag, command, rest = match[1], match[2].decode().upper(), match[3].partition(b" (")[0].strip(b'"')
                if command == "FETCH" and b"BODY" in line:
                    for uid in _uids(rest.split()[0]):
                        if left == 0:
                            return
                        left = None if left is None else left - 1
                        self.fetched.append(uid)
                        octets = self._letter(uid)
                        connection.sendall(
                            b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (uid, uid, len(octets), octets)
                        )
                else:
                    connection.sendall(b"".join(self._answer(command, rest, line)))
                if command == "IDLE":
                    lines.readline()
                connection.sendall(tag + b" OK done\r\n")
                if command == "LOGOUT":
                    return

    def _answer(self, command: str, rest: bytes, line: bytes) -> Iterator[bytes]:
        match command:
            case "CAPABILITY":
                yield CAPABILITIES
            case "LIST":
                yield from (b'* LIST () "/" "%b"\r\n' % folder.encode() for folder in sorted(self._folders))
            case "CREATE":
                self._folders.add(rest.decode())
            case "STATUS":
                many = self._count if rest == b"INBOX" else 0
                yield b'* STATUS "%b" (UIDVALIDITY 7 UIDNEXT %d MESSAGES %d)\r\n' % (rest, many + 1, many)
            case "EXAMINE" | "SELECT":
                yield b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] kept\r\n" % (self._count if rest == b"INBOX" else 0)
            case "SEARCH":
                above = re.search(rb"UID (\d+):", line)
                window = re.search(rb"SEARCH (\d+):(\d+) ", line)
                first, last = (int(window[1]), int(window[2])) if window else (1, self._count)
                found = range(max(int(above[1]), first), last + 1) if above else ()
                yield b"* SEARCH" + b"".join(b" %d" % uid for uid in found) + b"\r\n"
            case "FETCH":
                for uid in _uids(rest.split()[0]):
                    size = len(self._letter(uid))
                    when = b'"23-Nov-2026 10:00:00 +0300"'
                    yield b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE %b)\r\n" % (uid, uid, size, when)
            case "IDLE":
                yield b"+ idling\r\n"


def _uids(written: bytes) -> Iterator[int]:
    for part in written.split(b","):
        low, _, high = part.partition(b":")
        yield from range(int(low), int(high or low) + 1)
