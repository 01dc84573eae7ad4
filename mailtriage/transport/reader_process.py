"""One reader process after another, asked one message at a time; its end is told apart by its cause.

The trap is blame. A process that worked off many messages may die of what an earlier one left behind, so a message
counts as the culprit only when a fresh process dies of it too; time and CPU that it used up itself count at once.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import mailtriage
from mailtriage.errors import MailtriageError
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, load
from mailtriage.transport.confinement import WORDS, Lacking
from mailtriage.transport.reader_frames import EXHAUSTED, FAILED, READING, READY, Frame, Limits, configure
from mailtriage.transport.reader_pipe import Broken, Pipe

# Nothing of ours, no credentials: what Python and the libraries need to run, and no more.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONHOME", "PYTHONPATH", "TESSDATA_PREFIX", "TZ")


class ReaderFailed(MailtriageError):  # noqa: N818 - what happened, as it is recorded
    """This message could not be read; `reason` tells why without a word of its contents."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ReadersUnavailable(MailtriageError):  # noqa: N818
    """No reader can be started, or the pool is closed: no fault of the message, which should be tried again later."""


class ReaderProcess:
    """One process after another, with one message at a time."""

    def __init__(self, command: Sequence[str], options: ReadOptions, limits: Limits) -> None:
        self._command, self._options, self._limits = tuple(command), options, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Pipe | None = None
        self._served = 0
        self._stopped = False
        self.lacking: frozenset[Lacking] = frozenset()
        """What the kernel would not take away from the process; known once it has started."""

    def start(self) -> None:
        """Start the process, which then limits itself and loads its libraries.

        Raises:
            ReadersUnavailable: it did not come up in time.
        """
        if self._stopped:
            raise ReadersUnavailable("the readers are being stopped")
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell, nothing from a message
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                env=_environment(),
                # A Ctrl-C in the terminal is for the parent, which ends its readers when it is done.
                start_new_session=True,
            )
        except OSError as error:
            raise ReadersUnavailable(f"a reader process does not start: {error}") from None
        self._pipe, self._served = Pipe(self._process, self._limits.answer_octets), 0
        try:
            answer = self._pipe.ask(configure(self._limits, self._options), self._limits.start_seconds)
        except Broken as error:
            said = self._last_words()
            raise ReadersUnavailable(f"a reader process does not start: {said or error}") from None
        if answer.kind != READY:
            self._bury()
            raise ReadersUnavailable("a reader process does not start: it speaks another protocol")
        self.lacking = frozenset(name for name in WORDS if name in answer.text.split())

    def read(self, request: Frame) -> Reading:
        """Have one message read.

        Raises:
            ReaderFailed: it cannot be.
            ReadersUnavailable: no process could be started for it.
        """
        while True:
            fresh = self._renew()
            try:
                return self._ask(request)
            except _Died as death:
                if self._stopped:
                    raise ReadersUnavailable("the readers are being stopped") from None
                # An earlier message may have left an old process in a bad way: this one gets a try in a fresh one.
                if fresh or death.final:
                    raise ReaderFailed(death.reason) from None

    def stop(self) -> None:
        """End the process at once, from any thread; whoever waits for it hears that it died, and none is started."""
        self._stopped = True
        self._kill()

    def close(self) -> None:
        """End the process and give back what it held; for the thread that asks it."""
        self._stopped = True
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

    def _death(self, status: int | None, otherwise: str) -> "_Died":
        if status is not None and -status == signal.SIGXCPU:
            return _Died(f"used more than {self._limits.cpu_seconds} s of processor time", final=True)
        if status is not None and status < 0:
            return _Died(f"crashed with {signal.Signals(-status).name}")
        return _Died(f"ended with status {status}" if status is not None else otherwise)

    def _bury(self) -> int | None:
        """End the process if it still lives; its exit status as it was, or None where we had to kill it."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is None or pipe is None:
            return None
        try:
            # A process that died of itself has closed its pipe a moment before its status can be had.
            status: int | None = process.wait(0.5 if pipe.ended else 0)
        except subprocess.TimeoutExpired:
            status = None
            process.kill()
            process.wait()
        pipe.close()
        return status

    def _kill(self) -> None:
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _last_words(self) -> str:
        process = self._process
        self._kill()
        words = ""
        if process is not None and process.stderr is not None:
            process.wait()
            os.set_blocking(process.stderr.fileno(), False)
            words = (process.stderr.read(65536) or b"").decode(errors="replace").strip()
        self._bury()
        return words.rpartition("\n")[2][:300]


class _Died(Exception):  # noqa: N818
    """A message was not read; `final` where another try would end the same way."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.reason, self.final = reason, final
        super().__init__(reason)


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    root = Path(mailtriage.__file__).resolve().parents[1]
    if root.name not in {"site-packages", "dist-packages"}:
        # Run from its source folder, which the process would not find from its working folder.
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environment.get("PYTHONPATH"))))
    return environment | {"HOME": "/", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
