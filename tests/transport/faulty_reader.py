"""A reader process that does what its message says: the faults of real readers, on demand.

It speaks through the real `serve`, under the real limits; only the reading itself is replaced.
"""

import os
import signal
import threading
from collections.abc import Mapping
from typing import Any

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.mail.message import Message
from mailtriage.mail.reading import Reading, dump
from mailtriage.transport.reader import Work, serve
from mailtriage.transport.reader_frames import READ_HEADERS, Frame

served = 0


def fault(order: str) -> None:
    """The fault that the first word of the message orders, if it orders one."""
    match order:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
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
    subject = {"environment": " ".join(sorted(os.environ)), "process": str(os.getpid())}.get(order, subject)
    defects = (request.text,) if request.text else ()
    message = Message(subject=subject, defects=defects)
    legibility = Legibility(legible=True, script="russian", readable="", because="")
    return dump(Reading(message, "", "ru", Identities(), legibility, Rudeness(), (), legible=True))


def prepare(options: Mapping[str, Any]) -> Work:
    """As a broken installation fails, when it is told so."""
    if options["authserv_id"] == "broken":
        raise ImportError("libsomething.so.1: cannot open shared object file")
    return work


if __name__ == "__main__":
    serve(prepare)
