"""Raw messages in an S3 bucket, by their digest, through obstore.

The traps: objects put one after another cost a round trip each, so a batch is put over several connections at once; an
object is made and never written over, or a bucket that keeps versions grows with every repeat; and a server's error
quotes the whole request, of which only the first line is told. What S3 has acknowledged is durable.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.errors import NotFound, StoreError
from mailtriage.store.octets import BucketOptions, checked, digests_of, place

try:
    from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError
    from obstore.store import S3Store
except ModuleNotFoundError:
    raise StoreError('octets in S3 need the extra "scale": pip install "mailtriage[scale]"') from None

if TYPE_CHECKING:
    from obstore.store import S3Config

_AT_ONCE = 16
_ANSWERS_WITHIN = timedelta(seconds=20)
_RETRIES, _RETRIES_WITHIN = 5, timedelta(seconds=30)


class BucketOctets:
    """Objects raw/ab/abcdef... under a prefix: the first two hex digits of the SHA-256, then all of it."""

    def __init__(self, bucket: str, prefix: str, options: BucketOptions) -> None:
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        with self._telling():
            self._store = _open(bucket, prefix, options)

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Store octets by their digests, durably when this returns; what is there already is left alone.

        Raises:
            StoreError: the server is away, or does not let us write.
        """
        with ThreadPoolExecutor(_AT_ONCE, "bucket") as threads:
            for _ in threads.map(self._put, contents, contents.values()):
                """Raises what went wrong with one."""

    def get(self, digest: str) -> bytes:
        """The octets of that digest.

        Raises:
            NotFound: there are none.
            StoreError: they are damaged, or the server does not give them.
        """
        path = place(digest)
        with self._telling(digest):
            content = bytes(self._store.get(path).bytes())
        return checked(content, digest, f"{self.name}/{path}")

    def has(self, digest: str) -> bool:
        """Whether there are octets of that digest.

        Raises:
            StoreError: the server does not tell.
        """
        try:
            self._size(digest)
        except NotFound:
            return False
        return True

    def stored(self, shard: str) -> frozenset[str]:
        """The digests that begin with these two hex digits, of all that is there.

        Raises:
            StoreError: the server does not tell.
        """
        with self._telling():
            pages = self._store.list(prefix=f"raw/{shard}/")
            return digests_of(str(each["path"]).rpartition("/")[2] for page in pages for each in page)

    def discard(self, digest: str) -> bool:
        """Delete the octets of that digest; whether there were any. A bucket that keeps versions keeps this one, too.

        Raises:
            StoreError: the server is away, or does not let us delete.
        """
        there = self.has(digest)
        with self._telling(digest):
            self._store.delete(place(digest))
        return there

    def _put(self, digest: str, content: bytes) -> None:
        with self._telling():
            try:
                self._store.put(place(digest), content, mode="create")
            except AlreadyExistsError:
                self._mend(digest, content)
            except NotSupportedError:
                # A server that knows no condition; octets over the same octets change nothing.
                self._mend(digest, content)

    def _mend(self, digest: str, content: bytes) -> None:
        """Write where nothing is, or something of another length."""
        if not self.has(digest) or self._size(digest) != len(content):
            self._store.put(place(digest), content)

    def _size(self, digest: str) -> int:
        with self._telling(digest):
            return int(self._store.head(place(digest))["size"])

    @contextmanager
    def _telling(self, digest: str | None = None) -> Iterator[None]:
        """Turn what the library raises into one line of ours; `digest` is what was asked for."""
        try:
            yield
        except FileNotFoundError as error:
            if digest is None or "NoSuchBucket" in str(error):
                raise StoreError(f"{self.name}: there is no such bucket") from None
            raise NotFound(f"no octets with digest {digest} under {self.name}") from None
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(f"{self.name}: {type(error).__name__}: {str(error).partition(chr(10))[0]}") from None


def _open(bucket: str, prefix: str, options: BucketOptions) -> S3Store:
    config: S3Config = {"virtual_hosted_style_request": options.virtual_hosted}
    if options.endpoint:
        config["endpoint"] = options.endpoint
    if options.region:
        config["region"] = options.region
    if options.access_key and options.secret_key:
        config["access_key_id"], config["secret_access_key"] = options.access_key, options.secret_key
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={"timeout": _ANSWERS_WITHIN, "allow_http": (options.endpoint or "").startswith("http://")},
        retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRIES_WITHIN},
    )
