"""What a reader process may still do once it is about to read hostile files: compute, and answer.

The trap is the limit that is only asked for. The kernel may be too old, or a container may forbid the asking, so what
was refused is handed back by name and told by whoever started the process. And what is forbidden to one thread is
allowed to those that run beside it (landlock(7)): a library that starts some while it is loaded makes it void.
"""

import ctypes
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import mailtriage
from mailtriage.transport import landlock, seccomp
from mailtriage.transport.reader_frames import Limits

_PR_SET_PDEATHSIG = 1
# What Python and the libraries look at: themselves, the machine's clock, random numbers and processors.
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/bin", "/opt/homebrew", "/etc/ld.so.cache", "/etc/localtime", "/etc/magic",
    "/dev/null", "/dev/urandom", "/dev/random", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
    "/sys/devices/system/cpu",
)  # fmt: skip

Lacking = Literal["calls", "files"]
"""What the kernel would not take away: system calls such as those of the network, or files out of our own folders."""
WORDS: dict[Lacking, str] = {
    "calls": "the kernel takes no filter of system calls (seccomp): readers could open sockets",
    "files": "the kernel has no Landlock: readers could read any file of this user",
}


def die_with(parent: int) -> None:
    """Tie this process's life to its parent's; it ends now if that one is gone already.

    The signal comes when the thread ends that forked this process, not the process: that one should have no other.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def bound(limits: Limits) -> None:
    """Limit memory and files for good."""
    for which, most in (
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_DATA, limits.data),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(which)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901 - what is allowed at most
        resource.setrlimit(which, (most, most))


def confine(data: Path | None = None) -> tuple[Lacking, ...]:
    """Take away network, other processes and files, for good; what the kernel refused to take.

    `data` is one more place to read from.
    """
    return tuple(_refusals(data))


def _refusals(data: Path | None) -> Iterator[Lacking]:
    alone = len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - names are enough
    try:
        landlock.allow_reading(_places(data), folders=[*map(Path, sys.path), Path(mailtriage.__file__).parents[1]])
    except OSError:
        alone = False
    if not alone:
        yield "files"
    try:
        # Without the library, words in pictures are read by a program, which is then started from here.
        seccomp.restrict(spawning=importlib.util.find_spec("tesserocr") is None)
    except OSError:
        yield "calls"


def _places(data: Path | None) -> list[Path]:
    """Python, what it imports and what that reads; of the folder that holds our package, the package alone."""
    package = Path(mailtriage.__file__).resolve().parent
    imported = [Path(entry) for entry in sys.path if entry and Path(entry).resolve() != package.parent]
    roots = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix), package, *imported]
    return [*map(Path, _SYSTEM), *roots, *([data] if data else [])]
