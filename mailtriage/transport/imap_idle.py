"""Waiting for mail in IDLE (RFC 2177), on the server and on a poke from another thread at once.

Three traps: what the server said may already lie in a buffer of TLS or of the file object, where select(2) does not see
it; a server that died makes its socket readable for ever, which looks like news and becomes a busy loop; and
imapclient's idle_check() reads without blocking, so that half a line, or none, passes for the end of the connection.
"""

import select
import ssl
import time
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

from mailtriage.transport.imap_session import wire
from mailtriage.transport.wake import Wake

# RFC 2177: a server may log an idle client off after 30 minutes; NAT and firewalls forget a silent connection after 10.
LONGEST = 9 * 60 - 10


def idle(client: IMAPClient, seconds: float, wake: Wake, read_timeout: float) -> bool:
    """Stay in IDLE until new mail is announced, `seconds` have passed or `wake` is poked; whether mail was announced.

    Raises:
        IMAPClientAbortError, OSError: the server is gone.
    """
    if _said_in_passing(client):
        return True
    tag = _begin(client)
    until = time.monotonic() + min(seconds, LONGEST)
    announced = _said_in_passing(client) or _listen(client, until, wake, read_timeout)
    client._idle_tag = tag  # noqa: SLF001 - what idle_done() waits for; its own idle() stumbles over early untagged data
    _, responses = client.idle_done()
    return announced or any(_is_arrival(response) for response in responses)


def sleep(seconds: float, wake: Wake) -> None:
    """Wait without IDLE: for the time to pass or a poke."""
    select.select([wake], [], [], seconds)
    wake.clear()


def _said_in_passing(client: IMAPClient) -> bool:
    """Whether EXISTS came since the folder was selected, with some other answer: IDLE would not say it again."""
    return len(wire(client).untagged_responses.get("EXISTS", ())) > 1


def _begin(client: IMAPClient) -> Any:
    imap = wire(client)
    tag = imap._command("IDLE")  # noqa: SLF001 - imaplib has no IDLE of its own before Python 3.14
    while imap._get_response() is not None:  # noqa: SLF001 - None is the "+" that begins IDLE
        if imap.tagged_commands[tag]:
            raise IMAPClientAbortError(f"IDLE refused: {imap.tagged_commands.pop(tag)!r}")
    return tag


def _listen(client: IMAPClient, until: float, wake: Wake, read_timeout: float) -> bool:
    poll = select.poll()
    poll.register(client.socket(), select.POLLIN)
    poll.register(wake, select.POLLIN)
    readable = False
    while True:
        waiting = _peek(client, read_timeout)
        if waiting:
            if _is_arrival_line(wire(client)._get_line()):  # noqa: SLF001 - a whole line, under the read timeout
                return True
            # What made the socket readable has been read.
            readable = False
            continue
        if waiting == b"" and readable:
            raise IMAPClientAbortError("the server closed the connection")
        if wake.clear():
            return False
        left = until - time.monotonic()
        if left <= 0:
            return False
        ready = {number for number, _ in poll.poll(left * 1000)}
        readable = client.socket().fileno() in ready


def _peek(client: IMAPClient, read_timeout: float) -> bytes | None:
    """What is there to read, without taking it; b"" is nothing or the end, None is nothing for certain."""
    channel, imap = client.socket(), wire(client)
    channel.settimeout(0)
    try:
        waiting: bytes = imap.file.peek(1)
    except ssl.SSLWantReadError:
        return None
    finally:
        channel.settimeout(read_timeout)
    return waiting


def _is_arrival_line(line: bytes) -> bool:
    if line.upper().startswith(b"* BYE"):
        raise IMAPClientAbortError("the server said BYE")
    words = line.split()
    return len(words) == 3 and words[0] == b"*" and words[2].upper() in _ARRIVAL  # noqa: PLR2004 - "* 5 EXISTS"


def _is_arrival(response: Any) -> bool:
    return len(response) > 1 and response[1] in _ARRIVAL


# RECENT is said of departures too, and RFC 9051 has dropped it.
_ARRIVAL = frozenset({b"EXISTS"})
