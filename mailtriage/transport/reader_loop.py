"""A reader process at work: octets in, a Reading as JSON out; what a hostile file breaks, it breaks here.

The trap is that limits must stand before anything is read: the process limits itself first (confinement.py tells how),
and holds no secret, no network and no more than its own two pipes.
"""

import contextlib
import gc
import json
import os
import resource
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from mailtriage.transport.confinement import bound, confine
from mailtriage.transport.reader_frames import (
    EXHAUSTED,
    FAILED,
    READING,
    READY,
    Frame,
    Limits,
    read_frame,
)

_YOUNG = 20_000
"""New objects after which the collector looks for rings among them; a letter makes some thousands."""

Work = Callable[[Frame], bytes]
"""Turns a request into the JSON of a Reading."""
Begin = Callable[[Mapping[str, Any]], Work]
"""Gets the read options."""


def answer_questions(questions: IO[bytes], answers: IO[bytes], begin: Begin) -> None:
    """Answer until the questions end; the first tells the limits and the options."""
    first = read_frame(questions)
    if first is None:
        return
    settings = json.loads(first.text)
    limits = Limits(**settings["limits"])
    try:
        bound(limits)
        work = begin(settings["options"])
        lacking = confine(_trained_data())
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever starts readers should be told
        _send(answers, Frame(FAILED, f"{type(error).__name__}: {error}"))
        return
    # Whatever libraries complain of may quote the customer: it goes where standard output goes already, nowhere.
    os.dup2(1, 2)
    gc.set_threshold(_YOUNG, 20, 100)
    _send(answers, Frame(READY, " ".join(lacking)))
    allowed = 0
    while (request := read_frame(questions)) is not None:
        allowed = _allow_cpu(limits.cpu_seconds, allowed)
        answer = _answer(work, request)
        _send(answers, answer)
        if answer.text == EXHAUSTED:
            # What is left of the heap is in pieces; a fresh process serves the next message better.
            return


def _answer(work: Work, request: Frame) -> Frame:
    try:
        return Frame(READING, payload=work(request))
    except MemoryError:
        return Frame(FAILED, EXHAUSTED)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a library raises is a defect of this message alone
        return Frame(FAILED, f"{type(error).__name__} at {_where(error)}")


def _where(error: BaseException) -> str:
    """File and line, and no word of the error itself, which may quote the customer."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and "mailtriage" in Path(frame.filename).parts[-4:]]
    last = (own or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _trained_data() -> Path | None:
    """Where Tesseract's languages lie, when that is not one of the usual places."""
    given = os.environ.get("TESSDATA_PREFIX")
    return Path(given) if given else None


def _send(answers: IO[bytes], answer: Frame) -> None:
    with contextlib.suppress(BrokenPipeError):
        answers.write(b"".join(answer.encoded()))
        answers.flush()


def _allow_cpu(seconds: int, allowed: int) -> int:
    """So many seconds more than have been used so far; then the kernel ends the process with SIGXCPU.

    It counts in whole seconds, and most messages are read within the same one: `allowed` is what stands already.
    """
    until = int(time.process_time()) + 1 + seconds
    if until != allowed:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))
    return until
