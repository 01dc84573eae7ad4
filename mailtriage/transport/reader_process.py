"""One reader process after another, asked one message at a time; its end is told apart by its cause.

The trap is blame. A process that worked off many messages may die of what an earlier one left behind, and with their
fork server all of them die, so a message counts as the culprit only when a fresh process dies of it too; time and CPU
that it used up itself count at once.
"""

import signal

from mailtriage.errors import MailtriageError
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, load
from mailtriage.transport.confinement import WORDS, Lacking
from mailtriage.transport.forked import Forked, ForkServer, ReadersUnavailable
from mailtriage.transport.reader_frames import (
    EXHAUSTED,
    FAILED,
    KILLED,
    LOST,
    READING,
    READY,
    Frame,
    Limits,
    configure,
)
from mailtriage.transport.reader_pipe import Broken, Pipe

_LOSSES = 3
"""Fork servers that may die under one message before it is to blame: it should have no means of killing them."""


class ReaderFailed(MailtriageError):  # noqa: N818 - what happened, as it is recorded
    """This message could not be read; `reason` tells why without a word of its contents."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ReaderProcess:
    """One process after another, with one message at a time."""

    def __init__(self, forks: ForkServer, options: ReadOptions, limits: Limits) -> None:
        self._forks, self._options, self._limits = forks, options, limits
        self._process: Forked | None = None
        self._pipe: Pipe | None = None
        self._served = 0
        self.lacking: frozenset[Lacking] = frozenset()
        """What the kernel would not take away from the process; known once it has started."""

    def start(self) -> None:
        """Have a process forked, which then limits itself.

        Raises:
            ReadersUnavailable: it did not come up in time.
        """
        process = self._process = self._forks.fork()
        self._pipe, self._served = Pipe(process.questions, process.answers, self._limits.answer_octets), 0
        try:
            answer = self._pipe.ask(configure(self._limits, self._options), self._limits.start_seconds)
            why = answer.text[:300] if answer.kind == FAILED else "it speaks another protocol"
        except Broken as error:
            answer, why = Frame(FAILED), str(error)
        if answer.kind != READY:
            self._bury()
            raise ReadersUnavailable(f"a reader process does not start: {why}")
        self.lacking = frozenset(name for name in WORDS if name in answer.text.split())

    def read(self, request: Frame) -> Reading:
        """Have one message read.

        Raises:
            ReaderFailed: it cannot be.
            ReadersUnavailable: no process could be started for it.
        """
        losses = 0
        while True:
            fresh = self._renew()
            try:
                return self._ask(request)
            except _Died as death:
                if self._forks.closed:
                    raise ReadersUnavailable("the readers are being stopped") from None
                losses += death.lost
                # An earlier message may have left an old process in a bad way: this one gets a try in a fresh one.
                if (fresh and not death.lost) or death.final or losses == _LOSSES:
                    raise ReaderFailed(death.reason) from None

    def close(self) -> None:
        """End the process and give back what it held; for the thread that asks it."""
        self._bury()

    def _renew(self) -> bool:
        """See to a living process; whether it is a fresh one."""
        if self._pipe is None or self._served >= self._limits.messages:
            self._bury()
            self.start()
        return self._served == 0

    def _ask(self, request: Frame) -> Reading:
        assert self._pipe is not None  # noqa: S101 - _renew() has just seen to it
        self._served += 1
        try:
            answer = self._pipe.ask(request, self._limits.wall_seconds)
        except Broken as broken:
            status = self._bury()
            if broken.late:
                raise _Died(f"took longer than {self._limits.wall_seconds:g} s", final=True) from None
            raise self._death(status, str(broken)) from None
        if answer.kind == FAILED:
            if answer.text == EXHAUSTED:
                self._bury()
                raise _Died(EXHAUSTED)
            raise _Died(f"failed: {answer.text[:200]}", final=True)
        try:
            if answer.kind == READING:
                return load(answer.payload)
        except ValueError:
            pass
        self._bury()
        raise _Died("gave an answer that is none", final=True)

    def _death(self, status: int, otherwise: str) -> "_Died":
        if -status == signal.SIGXCPU:
            return _Died(f"used more than {self._limits.cpu_seconds} s of processor time", final=True)
        if status < 0:
            return _Died(f"crashed with {signal.Signals(-status).name}")
        if status in {KILLED, LOST}:
            return _Died(otherwise, lost=status == LOST)
        return _Died(f"ended with status {status}")

    def _bury(self) -> int:
        """End the process if it still lives; its exit status as it was, or KILLED where we had to, or LOST."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is None or pipe is None:
            return LOST
        status = self._forks.end(process, kill=not pipe.ended)
        pipe.close()
        return status


class _Died(Exception):  # noqa: N818
    """A message was not read; `final` where another try would end the same way, `lost` where all readers died."""

    def __init__(self, reason: str, *, final: bool = False, lost: bool = False) -> None:
        self.reason, self.final, self.lost = reason, final, lost
        super().__init__(reason)
