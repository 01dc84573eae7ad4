"""Raw messages by their digest, durable before anything that refers to them is committed.

The trap: a file that was written, renamed and even fsynced is still lost at a power cut while its folder's entry is
not on the disk. So files are fsynced, renamed, and then each touched folder is fsynced once for the whole batch; only
then may the transaction that names them begin.
"""

import errno
import hashlib
import itertools
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from mailtriage.errors import NotFound, StoreError

_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EACCES})
"""Another disk, or one that knows no hard links."""
SHARDS = tuple(f"{number:02x}" for number in range(256))
"""What digests may begin with."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 32
"""Files that are open together until they are synced."""


class Octets(Protocol):
    """Where raw messages are kept: `LocalOctets`, or `BucketOctets` of bucket.py."""

    name: str
    """The place, for an error."""

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Store octets by their digests, durably when this returns; what is there already is left alone."""

    def get(self, digest: str) -> bytes:
        """The octets of that digest."""

    def has(self, digest: str) -> bool:
        """Whether there are octets of that digest."""

    def stored(self, shard: str) -> frozenset[str]:
        """The digests that begin with these two hex digits, of all that is there."""

    def discard(self, digest: str) -> bool:
        """Delete the octets of that digest, durably; whether there were any."""


@dataclass(frozen=True, slots=True)
class BucketOptions:
    """How a bucket is reached; what is None is taken from the usual AWS variables and roles."""

    endpoint: str | None = None
    """https://host of a server that is not Amazon's; http:// for loopback."""
    region: str | None = None
    virtual_hosted: bool = False
    """Whether the bucket's name stands in the host and not in the path."""
    access_key: str | None = None
    secret_key: str | None = None


def open_octets(url: str, options: BucketOptions | None = None) -> Octets:
    """The place of raw messages that the configuration names: file:///folder, a plain path, or s3://bucket/prefix.

    Raises:
        StoreError: the URL is of another kind, or the folder cannot be made.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        return LocalOctets(Path(url))
    parts = urlsplit(url)
    if scheme == "file" and parts.netloc in {"", "localhost"}:
        return LocalOctets(Path(unquote(parts.path)))
    if scheme == "s3" and parts.netloc:
        # One machine has no need of it, nor of the library behind it.
        from mailtriage.store.bucket import BucketOctets  # noqa: PLC0415

        return BucketOctets(parts.netloc, unquote(parts.path).strip("/"), options or BucketOptions())
    raise StoreError(f"octets cannot be kept at {url}; expected file:///folder or s3://bucket/prefix")


def place(digest: str) -> str:
    """The path of octets below their root.

    Raises:
        NotFound: it is no digest.
    """
    if not _DIGEST.fullmatch(digest):
        raise NotFound(f"{digest!r} is no SHA-256 digest (64 hex digits)")
    return f"raw/{digest[:2]}/{digest}"


def by_digest(contents: Iterable[bytes]) -> dict[str, bytes]:
    """Octets as they are put."""
    return {hashlib.sha256(content).hexdigest(): content for content in contents}


def checked(content: bytes, digest: str, where: str) -> bytes:
    """The content, when it is what the digest says.

    Raises:
        StoreError: it is damaged.
    """
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError(f"{where} is damaged: its content has another digest")
    return content


def digests_of(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that are digests."""
    return frozenset(name for name in names if _DIGEST.fullmatch(name))


class LocalOctets:
    """A folder of files raw/ab/abcdef...: the first two hex digits of the SHA-256, then all of it."""

    def __init__(self, root: Path) -> None:
        self.name = str(root.absolute())
        self._raw = root.absolute() / "raw"
        self._incoming = root.absolute() / "incoming"
        # Unlike those of whoever else writes here, and so none is ever there already.
        self._names = map(f"{self._incoming}/{secrets.token_hex(8)}-{{}}".format, itertools.count())
        self._shards = set[str]()
        """Folders whose own names are durable, as far as this process has seen to it."""
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self._raw, self._incoming):
                folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(root)
        except OSError as error:
            raise StoreError(f"{root}: {error.strerror}") from None

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Store octets by their digests, durably when this returns; what is there already is left alone.

        Raises:
            StoreError: the disk is full, or the folder cannot be written.
        """
        # Paths are strings here: to make Path objects of them costs as much as to write the files.
        raw, touched, missing = str(self._raw), dict[str, None](), dict[str, bytes]()
        try:
            for digest, content in contents.items():
                shard = f"{raw}/{digest[:2]}"
                target = f"{shard}/{digest}"
                if not _is_whole(target, len(content)):
                    missing[target] = content
                # Also for a file or folder that was there: a crash may have come before it was synced, and whoever
                # else has just made it may not have come so far.
                touched[shard] = None
            rest = iter(missing.items())
            while some := dict(itertools.islice(rest, _AT_ONCE)):
                self._write(some)
            for folder in (*touched, *(() if self._shards.issuperset(touched) else (raw,))):
                sync_folder(folder)
            self._shards.update(touched)
        except OSError as error:
            raise StoreError(f"{self._raw}: {error.strerror}") from None

    def get(self, digest: str) -> bytes:
        """The octets of that digest.

        Raises:
            NotFound: there are none.
            StoreError: they are damaged, or cannot be read.
        """
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"no octets with digest {digest} under {self._raw}") from None
        except OSError as error:
            raise StoreError(f"{self._raw}: {error.strerror}") from None
        return checked(content, digest, str(self._path(digest)))

    def has(self, digest: str) -> bool:
        """Whether there are octets of that digest."""
        return self._path(digest).is_file()

    def stored(self, shard: str) -> frozenset[str]:
        """The digests that begin with these two hex digits.

        Raises:
            StoreError: the folder cannot be read.
        """
        try:
            with os.scandir(self._raw / shard) as files:
                return digests_of(file.name for file in files)
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise StoreError(f"{self._raw}: {error.strerror}") from None

    def link(self, other: Octets, digests: Iterable[str]) -> frozenset[str]:
        """Take these over from another folder by hard link, durably; gives those with which that went.

        Raises:
            StoreError: a folder cannot be written.
        """
        linked: set[str] = set()
        if not isinstance(other, LocalOctets):
            return frozenset()
        touched: dict[Path, None] = {self._raw: None}
        try:
            for digest in digests:
                target = self._path(digest)
                target.parent.mkdir(mode=0o700, exist_ok=True)
                try:
                    os.link(other._path(digest), target)  # noqa: SLF001 - of the same kind
                except OSError as error:
                    if error.errno in _NO_LINKS:
                        break
                    if error.errno not in {errno.ENOENT, errno.EEXIST}:
                        raise
                linked.add(digest)
                touched[target.parent] = None
            for folder in touched:
                sync_folder(folder)
        except OSError as error:
            raise StoreError(f"{self._raw}: {error.strerror}") from None
        return frozenset(linked)

    def discard(self, digest: str) -> bool:
        """Delete the octets of that digest, durably; whether there were any.

        Raises:
            StoreError: the folder cannot be written.
        """
        path = self._path(digest)
        try:
            path.unlink()
            sync_folder(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self._raw}: {error.strerror}") from None
        return True

    def _path(self, digest: str) -> Path:
        return self._raw.parent / place(digest)

    def _write(self, contents: Mapping[str, bytes]) -> None:
        """Write files, by their paths, each of which appears whole or not at all."""
        named = {next(self._names): target for target in contents}
        try:
            _write_durably({name: contents[target] for name, target in named.items()})
            for name, target in named.items():
                try:
                    os.rename(name, target)  # noqa: PTH104 - as in `put`
                except FileNotFoundError:
                    # Another may make it at the same time.
                    Path(target).parent.mkdir(mode=0o700, exist_ok=True)
                    os.rename(name, target)  # noqa: PTH104
        except BaseException:
            for name in named:
                Path(name).unlink(missing_ok=True)
            raise


def _write_durably(contents: Mapping[str, bytes]) -> None:
    """Write files by their names; all before the first is synced, for then the disk has most of the others as well."""
    opened = list[int]()
    try:
        for name, content in contents.items():
            opened.append(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(opened[-1], rest) :]
        for descriptor in opened:
            os.fsync(descriptor)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _is_whole(path: str, size: int) -> bool:
    try:
        return os.stat(path).st_size == size  # noqa: PTH116 - as in `put`
    except FileNotFoundError:
        return False


def sync_folder(folder: Path | str) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
