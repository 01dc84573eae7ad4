"""Names what the examples of the rules were run with, so that a start need not run them again for nothing.

The trap is the name that stays while the meaning changes: the same rules under another program, another dictionary or
another reading of a letter may fail. So the name is made of the rules and their lists and of all that examples are read
with: this program's own files as they lie there, and the releases of the libraries that know words.
"""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_LIBRARIES: Final = ("pymorphy3", "pymorphy3-dicts-ru", "google-re2")


def proof_of(files: Mapping[str, str], program: Path = _HERE) -> str:
    """64 hex digits that change with the texts of the rules and lists, and with whatever their examples are read by."""
    digest = hashlib.sha256("\n".join((*_files(program), *_libraries())).encode())
    for name in sorted(files):
        for part in (name, files[name]):
            octets = part.encode()
            digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()


def _files(program: Path) -> Iterator[str]:
    """Sizes and times instead of contents: three hundred files are looked at in milliseconds."""
    for path in sorted(program.rglob("*")):
        if path.suffix in {".py", ".txt"}:
            seen = path.stat()
            yield f"{path.relative_to(program)} {seen.st_size} {seen.st_mtime_ns}"


def _libraries() -> Iterator[str]:
    return (f"{name} {version(name)}" for name in _LIBRARIES)
