"""Only named places of the file system can be read: a process that a hostile file took over finds no password there.

The trap is Landlock's own (landlock(7)): only those rights are withheld that are named, and an older kernel knows fewer
of them, so the list is cut to what it knows. Every place is opened before the ruleset is in force; what is not there
is left out.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_KNOWN_RIGHTS = (13, 14, 15, 15, 16)
"""How many rights over files the versions 1 to 5 know."""


class Refused(OSError):  # noqa: N818 - what the kernel did
    """This kernel has no Landlock, or it is turned off; the text says why."""


def allow_reading(files: Iterable[Path], *, folders: Iterable[Path] = ()) -> None:
    """From now on this process reads what lies at or below `files`, lists `folders`, and touches no file besides.

    Raises:
        Refused: the kernel will not have it; nothing is restricted then.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = _call(libc, _CREATE_RULESET, None, 0, _VERSION)
    rights = (1 << _KNOWN_RIGHTS[min(version, len(_KNOWN_RIGHTS)) - 1]) - 1
    ruleset = _call(libc, _CREATE_RULESET, struct.pack("=Q", rights), 8, 0)
    try:
        for path in files:
            _allow(libc, ruleset, path, _READ_FILE | _READ_FOLDER | _EXECUTE)
        for path in folders:
            _allow(libc, ruleset, path, _READ_FOLDER)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _call(libc, _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if path.is_dir() else rights & ~_READ_FOLDER
        _call(libc, _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
    finally:
        os.close(place)


def _call(libc: ctypes.CDLL, *arguments: int | bytes | None) -> int:
    libc.syscall.restype = ctypes.c_long
    answer = int(libc.syscall(*(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)))
    if answer < 0:
        number = ctypes.get_errno()
        raise Refused(number, os.strerror(number))
    return answer
