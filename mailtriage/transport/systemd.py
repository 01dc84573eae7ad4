"""Telling systemd how we are (sd_notify(3)): a datagram to the socket that it names, nothing more.

Outside systemd there is no such socket, and every call does nothing.
"""

import os
import socket


def notify(state: str) -> None:
    """Send a state such as "READY=1", "WATCHDOG=1", "STOPPING=1" or "STATUS=..."."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        # A leading @ names the abstract namespace, which the kernel writes as a zero octet.
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.send(state.encode())


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear "WATCHDOG=1", halved for safety; None without a watchdog."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdecimal() else None
