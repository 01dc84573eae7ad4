"""The process that readers are forked from: it loads libraries and dictionaries once, and sees no mail at all.

A forked reader costs milliseconds, and what was loaded lies in memory once, for all of them (copy on write); that it
lies at the same place in each (ASLR) helps nobody who cannot speak to the next. The trap is what a fork inherits. A
descriptor of one reader would show its messages to another: this process keeps none, and a reader gives up the one
that orders come through. A second thread might hold a lock that nobody gives back: there is none. And whoever gives
the orders may be killed without a word: readers end with this process, and this process at the end of its orders.
"""

import contextlib
import gc
import os
import signal
import socket
import time
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

from mailtriage.transport.confinement import die_with
from mailtriage.transport.reader_frames import DONE, END, FORK, KILLED, ORDER
from mailtriage.transport.reader_loop import Begin, answer_questions

_GRACE_SECONDS = 0.5
"""A process that died of itself has closed its pipe a moment before its status can be had."""
_NICENESS = 5
"""Recording and replies come before reading, which still has a fourth of a processor that others want all of."""


def serve(prepare: Callable[[], Begin]) -> None:
    """Carry out the orders that come through standard input; `prepare` loads all that readers have in common."""
    orders = _take_orders()
    # A Ctrl-C in the terminal is for the parent, which ends its readers when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin = prepare()
    # What the libraries hold stays, and stays shared: no collector needs to write on it.
    gc.freeze()
    with contextlib.suppress(PermissionError):  # a unit that forbids it gets its mail read all the same
        os.nice(_NICENESS)
    readers = set[int]()
    while order := _next(orders):
        kind, process, pipes = order
        if kind == FORK:
            done = _fork(orders, pipes, begin)
            readers |= {done} if done > 0 else set()
        else:
            done = _end(process, _GRACE_SECONDS if kind == END else 0)
            readers.discard(process)
        orders.send(DONE.pack(done))
    for reader in readers:
        _end(reader, 0)


def _take_orders() -> socket.socket:
    """Our end under a new number: standard input leads nowhere from now on, as standard output does."""
    orders = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    return orders


def _next(orders: socket.socket) -> tuple[bytes, int, Sequence[int]] | None:
    try:
        order, pipes, _, _ = socket.recv_fds(orders, ORDER.size, 2)
    except ConnectionError:
        return None
    return (*ORDER.unpack(order), pipes) if order else None


def _fork(orders: socket.socket, pipes: Sequence[int], begin: Begin) -> int:
    """The number of a new reader for these two pipes, or -errno."""
    server = os.getpid()
    try:
        process = os.fork()
    except OSError as error:
        process = -(error.errno or 1)
    if process == 0:
        orders.close()
        _read(server, pipes, begin)
    for pipe in pipes:
        os.close(pipe)
    return process


def _read(server: int, pipes: Sequence[int], begin: Begin) -> NoReturn:
    """Be a reader."""
    status = 1
    try:
        die_with(server)
        questions, answers = pipes
        with os.fdopen(questions, "rb") as asked, os.fdopen(answers, "wb") as answered:
            answer_questions(asked, answered, begin)
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it must not get back to where orders are waited for
        traceback.print_exc()
    finally:
        os._exit(status)


def _end(process: int, grace: float) -> int:
    """The exit status of a reader; KILLED where it did not end of itself."""
    until = time.monotonic() + grace
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            break
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return KILLED
