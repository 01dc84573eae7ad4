"""The fork server from outside: it is started once, forks a process whenever one is asked for, and says how it ended.

The traps: the server itself may be killed, and takes its processes with it, through no fault of theirs (LOST); and a
process is not our own child, so its number may be another's as soon as it was seen off: only the server, which does
that, ever sends it a signal.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import mailtriage
from mailtriage.errors import MailtriageError
from mailtriage.transport.reader_frames import DONE, END, FORK, KILL, LOST, ORDER

# Nothing of ours, no credentials: what Python and the libraries need to run, and no more.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONHOME", "PYTHONPATH", "TESSDATA_PREFIX", "TZ")
_GOODBYE_SECONDS = 5
COMMAND = (sys.executable, "-P", "-m", "mailtriage.transport.reader")


class ReadersUnavailable(MailtriageError):  # noqa: N818
    """No reader can be started, or the pool is closed: no fault of the message, which should be tried again later."""


class _Server:
    """One life of the server."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell, nothing from a message
                    tuple(command),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    cwd="/",
                    env=_environment(),
                    # A Ctrl-C in the terminal is for the parent, which ends its readers when it is done. Not a
                    # session of its own: sessions share a processor evenly, however nice they are (sched(7)).
                    process_group=0,
                )
            except OSError as error:
                ours.close()
                raise ReadersUnavailable(f"a reader process does not start: {error}") from None
        self._orders = ours
        self._loaded = self._ending = False

    def order(self, kind: bytes, process: int = 0, pipes: Sequence[int] = (), *, seconds: float) -> int:
        """What came of an order.

        Raises:
            OSError: the server is dead, for it died or was too slow.
        """
        try:
            self._orders.settimeout(seconds)
            socket.send_fds(self._orders, [ORDER.pack(kind, process)], pipes)
            done = self._orders.recv(DONE.size)
            if not done:
                raise ConnectionResetError("it died")
        except OSError:
            if not self._ending:
                self.process.kill()
                self.process.wait()
            raise
        self._loaded = True
        return int(DONE.unpack(done)[0])

    def end(self) -> None:
        """End the server, which then ends all processes that it forked."""
        self._ending = True
        if self._loaded:
            with contextlib.suppress(OSError):
                self._orders.shutdown(socket.SHUT_RDWR)
        else:
            self.process.kill()
        try:
            self.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line that it complained of."""
        assert self.process.stderr is not None  # noqa: S101 - opened as a pipe
        os.set_blocking(self.process.stderr.fileno(), False)
        words = (self.process.stderr.read(65536) or b"").decode(errors="replace").strip()
        return words.rpartition("\n")[2][:300]

    def close(self) -> None:
        """Give back what it held, once it has ended."""
        assert self.process.stderr is not None  # noqa: S101 - as above
        self._orders.close()
        self.process.stderr.close()


@dataclass(frozen=True)
class Forked:
    """A process, and our ends of its pipes."""

    pid: int
    questions: IO[bytes]
    answers: IO[bytes]
    server: _Server


class ForkServer:
    """One server after another; may be asked from any thread. An order gets an answer within `patience` seconds."""

    def __init__(self, command: Sequence[str] = COMMAND, patience: float = 60) -> None:
        self._command, self._patience = command, patience
        self._turn = threading.Lock()
        self._server: _Server | None = None
        self.closed = False
        """Whether no more processes are to be had."""

    @property
    def pid(self) -> int | None:
        """The number of the server, if there is one."""
        return self._server.process.pid if self._server else None

    def start(self) -> None:
        """Let the server load what it will share; comes back at once.

        Raises:
            ReadersUnavailable: not even that can be begun.
        """
        with self._turn:
            self._living()

    def fork(self) -> Forked:
        """A fresh process.

        Raises:
            ReadersUnavailable: there is none to be had.
        """
        with self._turn:
            server = self._living()
            try:
                return self._fork(server)
            except OSError as error:
                why = server.last_words() or error.strerror or str(error)
                raise ReadersUnavailable(f"a reader process does not start: {why}") from None

    def end(self, forked: Forked, *, kill: bool) -> int:
        """See off a process that has ended, or end it; its exit status, or KILLED, or LOST."""
        with self._turn:
            try:
                return forked.server.order(KILL if kill else END, forked.pid, seconds=self._patience)
            except OSError:
                return LOST

    def close(self) -> None:
        """End the server and all its processes, from any thread; whoever waits for one of them hears that it died."""
        self.closed = True
        if (server := self._server) is not None:
            server.end()
            with self._turn:
                server.close()
                self._server = None

    def _living(self) -> _Server:
        """The server, a new one where the last was killed."""
        if self._server is not None and self._server.process.poll() is not None:
            self._server.close()
            self._server = None
        if self._server is None and not self.closed:
            self._server = _Server(self._command)
            # In this order: whoever closes meanwhile sees the server, or is seen here.
            if self.closed:
                self._server.end()
        if self._server is None or self.closed:
            raise ReadersUnavailable("the readers are being stopped")
        return self._server

    def _fork(self, server: _Server) -> Forked:
        their_questions, questions = os.pipe()
        answers, their_answers = os.pipe()
        ours = os.fdopen(questions, "wb", 0), os.fdopen(answers, "rb", 0)
        try:
            pid = server.order(FORK, pipes=(their_questions, their_answers), seconds=self._patience)
            if pid < 0:
                raise OSError(-pid, os.strerror(-pid))  # noqa: TRY301 - closes what was opened for it
        except OSError:
            for stream in ours:
                stream.close()
            raise
        finally:
            os.close(their_questions)
            os.close(their_answers)
        return Forked(pid, *ours, server)


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    root = Path(mailtriage.__file__).resolve().parents[1]
    if root.name not in {"site-packages", "dist-packages"}:
        # Run from its source folder, which the process would not find from its working folder.
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environment.get("PYTHONPATH"))))
    return environment | {"HOME": "/", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
