"""Postfix's smtp-sink: a foreign SMTP server that takes everything and counts."""

import os
import re
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.processes import HOST, Process, free_port, program


class Sink:
    """Takes mail and keeps each as a file."""

    def __init__(self) -> None:
        self.host, self.port = HOST, free_port()
        path = program(
            "smtp-sink", "postfix", "without it only aiosmtpd shows that mail is sent over a reused connection"
        )
        self._base = Path(tempfile.mkdtemp(prefix="sink-"))
        self._base.chmod(0o777)
        owner = ["-u", "nobody"] if os.getuid() == 0 else []
        command = [path, *owner, "-d", f"{self._base}/mail.", f"{HOST}:{self.port}", "128"]
        self._process = Process(command, self._base / "out")

    def __enter__(self) -> Self:
        self._process.start(self.port, b"220")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        shutil.rmtree(self._base, ignore_errors=True)

    def received(self) -> list[bytes]:
        """The mails as files of smtp-sink: its own X- lines with the envelope, then the octets."""
        files = [file.read_bytes() for file in sorted(self._base.glob("mail.*"))]
        return [octets for octets in files if re.search(rb"(?m)^X-Rcpt-Args:", octets)]
