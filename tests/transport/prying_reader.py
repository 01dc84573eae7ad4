"""A reader process that somebody took over: it tries everything, and tells what was not forbidden.

It speaks through the real `serve`, so that it is confined as the real one is. The message names a folder of the daemon
and the daemon's process.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from mailtriage.mail.message import Message
from mailtriage.mail.reading import dump, unread
from mailtriage.transport.fork_server import serve
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.reader_loop import Begin, Work


def _call(number: int, *arguments: object) -> None:
    if ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def attempts(folder: Path, daemon: int) -> Mapping[str, Callable[[], object]]:
    """By what each would be; it raises where it is forbidden."""
    secret = folder / "password"
    return {
        "a socket": socket.socket,
        "a pair of sockets": socket.socketpair,
        "a Unix socket": lambda: socket.socket(socket.AF_UNIX),
        # 425 is io_uring_setup everywhere: a door past every filter that judges calls.
        "io_uring": lambda: _call(425, 1, ctypes.create_string_buffer(120)),
        "a socket by the second table of x86_64": lambda: _call(0x40000000 + 41, 2, 1, 0),
        "a program": lambda: subprocess.run(["/bin/true"], check=True),
        "a process": os.fork,
        "a signal to the daemon": lambda: os.kill(daemon, 0),
        "the daemon's environment": Path(f"/proc/{daemon}/environ").read_bytes,
        "the daemon's memory": Path(f"/proc/{daemon}/mem").open,
        "a signal to the fork server": lambda: os.kill(os.getppid(), 0),
        "a signal to all readers": lambda: os.kill(0, 0),
        "the fork server's memory": Path(f"/proc/{os.getppid()}/mem").open,
        "a password": secret.read_bytes,
        "a file of the system": Path("/etc/passwd").read_bytes,
        "a list of files": lambda: list(folder.iterdir()),
        "a new file": lambda: (folder / "new").write_bytes(b""),
        "a deletion": secret.unlink,
        "another name": lambda: secret.rename(folder / "stolen"),
        "a shorter file": lambda: os.truncate(secret, 0),
        "other rights": lambda: secret.chmod(0o777),
    }


def begin(_options: Mapping[str, object]) -> Work:
    """Nothing needs to be loaded."""

    def work(request: Frame) -> bytes:
        done: list[str] = []
        folder, _, daemon = request.payload.decode().rpartition(" ")
        for name, attempt in attempts(Path(folder), int(daemon)).items():
            with suppress(OSError, subprocess.SubprocessError):
                if attempt() == 0 and name == "a process":
                    os._exit(0)
                done.append(name)
        reading = unread("")
        object.__setattr__(reading, "message", Message(subject=", ".join(done)))
        return dump(reading)

    return work


def prepare() -> Begin:
    """As above."""
    return begin


if __name__ == "__main__":
    serve(prepare)
