"""A filter on this process's system calls: what reads a hostile file speaks to nobody and changes nothing.

The traps of seccomp(2): the filter must look at the architecture first, for the same number is another call on another
one (and x86_64 has a second table, x32); a call whose arguments lie in memory cannot be judged, so clone3 and openat2
are refused as unknown, upon which the libraries fall back to the older calls; and io_uring would carry out all that is
refused here. What is refused answers EPERM, so that a library that only tries something goes on.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Mapping
from typing import Final

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1
_LOAD, _AT_LEAST, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x35, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD = 0x10000

_ARCHITECTURES: Final = {"x86_64": (0xC000003E, 0, 317), "aarch64": (0xC00000B7, 1, 277)}
"""The kernel's number of an architecture, its column below, and the number of seccomp(2) there."""

_REFUSED: Final[Mapping[str, tuple[int | None, int | None]]] = {
    # speaking to others
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "mq_unlink": (241, 181),
    # reaching into other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "tkill": (200, 130),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    # changing files
    "creat": (85, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "link": (86, None),
    "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36), "mknod": (133, None), "mknodat": (259, 33),
    "truncate": (76, 45), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "fremovexattr": (199, 16), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88),
    # a larger world than this one, and what the kernel is attacked by
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41), "mount": (165, 40),
    "umount2": (166, 39), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
}  # fmt: skip
"""By name: its number on x86_64 and on aarch64, where there is such a call."""
_UNKNOWN: Final = {"openat2": (437, 437)}
_SPAWNING: Final = {"execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None)}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_OPENING: Final = {"open": ((2, None), 1), "openat": ((257, 56), 2)}
"""With the place of the flags among the arguments."""
_OF_A_PROCESS: Final = {"kill": ((62, 129), 0), "tgkill": ((234, 131), 0)}
"""With the place of the process's number."""


class Refused(OSError):  # noqa: N818 - what the kernel did
    """This kernel, or this architecture, takes no filter; the text says why."""


def restrict(*, spawning: bool = False) -> None:
    """Let this process, and all that it starts, do no more than compute, read files and use the pipes it has.

    `spawning` leaves it the right to start other programs, which are under the same filter.

    Raises:
        Refused: the kernel will not have it; nothing is restricted then.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise Refused(errno.ENOSYS, f"no filter for {machine}")
    code = program(machine, os.getpid(), spawning=spawning)
    instructions = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: the count, padding, the address.
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call = ctypes.c_long(_ARCHITECTURES[machine][2])
    # All threads or none: a positive answer is the number of one that would not come along.
    if libc.syscall(call, ctypes.c_long(_SET_MODE_FILTER), ctypes.c_long(_FLAG_TSYNC), whole):
        number = ctypes.get_errno() or errno.EBUSY
        raise Refused(number, os.strerror(number))


def program(machine: str, process: int, *, spawning: bool) -> bytes:
    """The filter as classic BPF, eight octets an instruction, for a process of that number."""
    architecture, column, _ = _ARCHITECTURES[machine]
    out = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, no=0, yes=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        *_unless(_AT_LEAST, _X32, [_answer(errno.ENOSYS)]),
    ]
    refused = dict(_REFUSED)
    if not spawning:
        refused |= _SPAWNING
    out += _each((numbers[column] for numbers in refused.values()), [_answer(errno.EPERM)])
    out += _each((numbers[column] for numbers in _UNKNOWN.values()), [_answer(errno.ENOSYS)])
    if not spawning:
        threads = [_argument(0), *_unless(_ANY_BIT, _CLONE_THREAD, [_instruction(_RETURN, _ALLOW)])]
        out += _each([_CLONE[column]], [*threads, _answer(errno.EPERM)])
        out += _each([_CLONE3[column]], [_answer(errno.ENOSYS)])
    for numbers, place in _OPENING.values():
        written = [_argument(place), *_unless(_ANY_BIT, _WRITING, [_answer(errno.EPERM)])]
        out += _each([numbers[column]], [*written, _instruction(_RETURN, _ALLOW)])
    for numbers, place in _OF_A_PROCESS.values():
        itself = [_argument(place), *_unless(_EQUAL, process, [_instruction(_RETURN, _ALLOW)])]
        out += _each([numbers[column]], [*itself, _answer(errno.EPERM)])
    return b"".join([*out, _instruction(_RETURN, _ALLOW)])


def _each(numbers: Iterable[int | None], then: list[bytes]) -> list[bytes]:
    """For each of these calls, `then`."""
    known = [number for number in numbers if number is not None]
    return [instruction for number in known for instruction in _unless(_EQUAL, number, then)]


def _unless(test: int, value: int, then: list[bytes]) -> list[bytes]:
    """The instructions `then`, stepped over unless the test holds."""
    return [_instruction(test, value, yes=0, no=len(then)), *then]


def _argument(place: int) -> bytes:
    """Load the lower half of an argument: flags and process numbers are no longer."""
    return _instruction(_LOAD, _ARGUMENTS + 8 * place)


def _answer(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)


def _instruction(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One `struct sock_filter`: code, steps when true, steps when false, value."""
    return struct.pack("=HBBI", code, yes, no, value)
