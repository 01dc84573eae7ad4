"""A reader process: octets in, a Reading as JSON out; what a hostile file breaks, it breaks here.

The trap is that limits must stand before anything is read, and that a parent may be killed without a word: the process
limits itself first (confinement.py tells how), holds no secret and no network, and dies with its parent and at the end
of its input. It is started with `python -m mailtriage.transport.reader`.
"""

import contextlib
import gc
import json
import os
import resource
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from mailtriage.transport.confinement import bound, confine
from mailtriage.transport.reader_frames import (
    COMPARE_FILES,
    EXHAUSTED,
    FAILED,
    READ_BRIEFLY,
    READ_HEADERS,
    READ_PICTURES,
    READING,
    READY,
    Frame,
    Limits,
    compared,
    read_frame,
)

_YOUNG = 20_000
"""New objects after which the collector looks for rings among them; a letter makes some thousands."""

Work = Callable[[Frame], bytes]
"""Turns a request into the JSON of a Reading."""


def serve(prepare: Callable[[Mapping[str, Any]], Work]) -> None:
    """Answer requests until the input ends; `prepare` gets the read options and loads what the work needs."""
    null = os.open(os.devnull, os.O_RDWR)
    requests, answers = _take_pipes(null)
    first = read_frame(requests)
    if first is None:
        return
    settings = json.loads(first.text)
    limits = Limits(**settings["limits"])
    bound(limits)
    work = prepare(settings["options"])
    # What the libraries hold stays: the collector need not go through it again for each letter.
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 100)
    # Only now: some libraries look for others by starting programs, and nothing hostile has been read yet.
    lacking = confine(_trained_data())
    os.dup2(null, 2)
    _send(answers, Frame(READY, " ".join(lacking)))
    while (request := read_frame(requests)) is not None:
        _allow_cpu(limits.cpu_seconds)
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


def _take_pipes(null: int) -> tuple[IO[bytes], IO[bytes]]:
    """Our two pipes under new numbers, so that a library that prints does not speak to the parent."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(null, 0)
    os.dup2(null, 1)
    return requests, answers


def _trained_data() -> Path | None:
    """Where Tesseract's languages lie, when that is not one of the usual places."""
    given = os.environ.get("TESSDATA_PREFIX")
    return Path(given) if given else None


def _send(answers: IO[bytes], answer: Frame) -> None:
    with contextlib.suppress(BrokenPipeError):
        answers.write(answer.encode())
        answers.flush()


def _allow_cpu(seconds: int) -> None:
    """So many seconds more than have been used so far; then the kernel ends the process with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _prepare(options: Mapping[str, Any]) -> Work:
    # Imported under the limits, and only in this process.
    from pydantic import TypeAdapter  # noqa: PLC0415

    from mailtriage.mail.known_files import Letter, with_known_files  # noqa: PLC0415
    from mailtriage.mail.options import ReadOptions  # noqa: PLC0415
    from mailtriage.mail.reader import read_message_with_pictures  # noqa: PLC0415
    from mailtriage.mail.reading import dump, load, read, read_headers  # noqa: PLC0415

    known = TypeAdapter(ReadOptions).validate_python(options)

    def work(request: Frame) -> bytes:
        if request.kind == READ_HEADERS:
            return dump(read_headers(request.payload, known, request.text))
        if request.kind == READ_PICTURES:
            wanted = json.loads(request.text)
            return dump(read_message_with_pictures(request.payload, known, wanted["digests"], wanted["texts"]))
        if request.kind == COMPARE_FILES:
            reading, octets, earlier = compared(request)
            return dump(with_known_files(load(reading), octets, known, [Letter(*each) for each in earlier]))
        return dump(read(request.payload, known, pictures=request.kind != READ_BRIEFLY))

    return work


if __name__ == "__main__":
    serve(_prepare)
