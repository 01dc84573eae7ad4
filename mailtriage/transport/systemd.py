"""Telling systemd how we are (sd_notify(3)): a datagram to the socket that it names, nothing more.

Outside systemd there is no such socket, and every call does nothing. The trap is to let a manager that does not listen
stop the mail: whatever goes wrong here is no reason to end, the watchdog sees to the rest.
"""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Send a state such as "READY=1", "WATCHDOG=1", "STOPPING=1" or "STATUS=..."."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(0)
        # A leading @ names the abstract namespace, which the kernel writes as a zero octet.
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.send(state.encode())


def watchdog_seconds() -> float | None:
    """How often to say "WATCHDOG=1": half of what systemd allows; None where it does not watch this process."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    watched = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not microseconds.isdecimal() or watched != str(os.getpid()):
        return None
    return int(microseconds) / 2_000_000 or None
