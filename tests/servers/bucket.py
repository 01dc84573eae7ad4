"""moto's S3 server: not Amazon's, but somebody else's reading of the same protocol, conditional writes included."""

import itertools
import shutil
import socket
import sys
import tempfile
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from obstore.store import S3Store
from servers.processes import HOST, Process, free_port

if TYPE_CHECKING:
    from obstore.store import S3Config

REGION = "eu-central-1"
SECRET = "no-secret-at-all"  # noqa: S105 - it is asked for and never checked


class S3:
    """Buckets on loopback; `bucket()` makes one more."""

    def __init__(self) -> None:
        self.port = free_port()
        self._base = Path(tempfile.mkdtemp(prefix="s3-"))
        command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]
        self._process = Process(command, self._base / "out")
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._base, ignore_errors=True)

    @property
    def endpoint(self) -> str:
        """For `octets_options`."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Serve; all that was kept before is gone."""
        self._process.start_until(self._listens)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def _listens(self) -> bool:
        try:
            socket.create_connection((HOST, self.port), timeout=2).close()
        except OSError:
            return False
        return True

    def bucket(self) -> str:
        """The name of a new bucket."""
        name = f"bucket-{next(self._numbers)}"
        request = urllib.request.Request(f"{self.endpoint}/{name}", b"", method="PUT")  # noqa: S310 - our own server
        urllib.request.urlopen(request).close()  # noqa: S310
        return name

    def put(self, bucket: str, path: str, content: bytes) -> None:
        """Write an object behind the program's back."""
        config: S3Config = {
            "endpoint": self.endpoint, "region": REGION, "access_key_id": "key", "secret_access_key": SECRET,
        }  # fmt: skip
        S3Store(bucket, config=config, client_options={"allow_http": True}).put(path, content)

    def options(self, folder: Path) -> dict[str, Any]:
        """`octets_options` of a configuration in that folder."""
        (folder / "secret").write_text(SECRET)
        key = f"file:{folder}/secret"
        return {"endpoint": self.endpoint, "region": REGION, "access_key": key, "secret_key": key}
