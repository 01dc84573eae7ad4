"""A reader process that does what its message says: the faults of real readers, on demand.

It speaks through the real `serve`, under the real limits; only the reading itself is replaced.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.mail.message import Message
from mailtriage.mail.reading import Reading, dump
from mailtriage.transport import reader_loop
from mailtriage.transport.fork_server import serve
from mailtriage.transport.reader_frames import READ_HEADERS, Frame
from mailtriage.transport.reader_loop import Begin, Work

served = 0


def fault(order: str) -> None:
    """The fault that the first word of the message orders, if it orders one."""
    match order:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            threading.Event().wait()
        case "rest":
            time.sleep(1)
        case "orphan":
            # Where the kernel lets it.
            os.kill(os.getppid(), signal.SIGKILL)
            threading.Event().wait()
        case "burn":
            while True:
                pass
        case "eat":
            bytearray(10**10)
        case "raise":
            raise ValueError("the words of a customer")
        case "print":
            # As a library in C does, past every buffer of Python.
            os.write(1, b"a library that talks")
            os.write(2, b"and complains")


def descriptors() -> Iterator[str]:
    """What this process has open, apart from the list of it."""
    for place in list(Path("/proc/self/fd").iterdir()):
        with contextlib.suppress(FileNotFoundError):
            yield str(place.readlink())


def work(request: Frame) -> bytes:
    """Obey the message, else give it back as the subject."""
    global served  # noqa: PLW0603 - a process of its own, whose age is what is tested
    served += 1
    subject = request.payload[:2000].decode()
    order = subject.partition(" ")[0] if request.kind != READ_HEADERS else ""
    fault(order)
    if order == "crash-when-old" and served > 1:
        os.abort()
    if order == "lie":
        return b'{"message": 1}'
    told = {
        "environment": lambda: " ".join(sorted(os.environ)),
        "process": lambda: str(os.getpid()),
        "parent": lambda: str(os.getppid()),
        "descriptors": lambda: " ".join(descriptors()),
    }
    subject = told[order]() if order in told else subject
    defects = (request.text,) if request.text else ()
    message = Message(subject=subject, defects=defects)
    legibility = Legibility(legible=True, script="russian", readable="", because="")
    return dump(Reading(message, "", "ru", Identities(), legibility, Rudeness(), (), legible=True))


def begin(options: Mapping[str, Any]) -> Work:
    """As a reader breaks before it reads, when it is told so."""
    match options["authserv_id"]:
        case "broken":
            raise ImportError("libsomething.so.1: cannot open shared object file")
        case "deaf":
            reader_loop.read_frame = lambda _: threading.Event().wait()
    return work


def prepare() -> Begin:
    """As a broken installation fails, when it is asked for under that name."""
    if "--broken" in sys.argv:
        raise ImportError("libsomething.so.1: cannot open shared object file")
    return begin


if __name__ == "__main__":
    serve(prepare)
