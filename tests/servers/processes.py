"""Server programs as child processes: found, started, awaited, and ended by process id.

The trap is a server that outlives its test or takes another's with it: each has a session of its own, which is ended as
a whole, and nothing is ever ended by name.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

HOST = "127.0.0.1"
START_SECONDS = 15


def program(name: str, package: str, why: str, folders: str = "") -> str:
    """The path of a server program; without it the test is skipped, and under CI=true it fails.

    `folders` are looked into beside those of PATH.
    """
    # Servers often live in an sbin folder that is not in an ordinary user's PATH.
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", folders]
    found = shutil.which(name, path=os.pathsep.join(filter(None, places)))
    if found is None:
        absent(f"{name} is not installed (apt-get install {package}): {why}")
    return found


def absent(why: str) -> NoReturn:
    """Skip the test for what this machine lacks; under CI=true, where nothing skips, let it fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


class Process:
    """One server program; `options` are those of `subprocess.Popen`."""

    def __init__(self, command: list[str], output: Path, **options: Any) -> None:
        self._command, self._output, self._options = command, output, options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, port: int, greeting: bytes) -> None:
        """Start it and wait for its greeting on a port."""
        self.start_until(partial(_greets, port, greeting))

    def start_until(self, ready: Callable[[], bool]) -> None:
        """Start it and wait until it is."""
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._options,
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if ready():
                return
            # Nothing tells when a foreign program listens; asking is all there is.
            time.sleep(0.02)
        self.kill()
        pytest.fail(f"{self._command[0]} does not start: {self._output.read_text(errors='replace')[-2000:]}")

    def end(self, how: signal.Signals) -> None:
        """A signal to the program itself, which ends what it has forked."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """SIGKILL to the program and all that it has forked."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _greets(port: int, greeting: bytes) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=2) as client:
        return client.recv(100).startswith(greeting)
    return False
