"""Foreign SMTP servers: Postfix's smtp-sink, which takes everything or fails where it is told to, and Postfix itself.

The trap is Postfix's way to refuse a sender: it waits for RCPT to say so (smtpd_delay_reject), where others say it of
the recipient.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.processes import HOST, Process, absent, free_port, program


class Sink:
    """Takes mail and keeps each as a file; `options` are smtp-sink's own, such as `("-r", "RCPT")`."""

    def __init__(self, *options: str) -> None:
        self.host, self.port = HOST, free_port()
        path = program(
            "smtp-sink", "postfix", "without it only aiosmtpd shows that mail is sent over a reused connection"
        )
        self._base = Path(tempfile.mkdtemp(prefix="sink-"))
        self._base.chmod(0o777)
        owner = ["-u", "nobody"] if os.getuid() == 0 else []
        command = [path, *owner, *options, "-d", f"{self._base}/mail.", f"{HOST}:{self.port}", "128"]
        self._process = Process(command, self._base / "out")

    def __enter__(self) -> Self:
        self._process.start(self.port, b"")
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


_MAIN = """
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.example.org
mydestination =
mynetworks = 127.0.0.0/8
local_recipient_maps =
smtpd_peername_lookup = no
relayhost = [{host}]:{sink}
maillog_file = {base}/queue/log
maillog_file_prefixes = {base}
"""
_MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A whole Postfix with folders of its own that passes everything on to `sink`; `settings` go into its main.cf.

    Its master starts as root alone.
    """

    def __init__(self, sink: Sink, settings: Mapping[str, str] | None = None) -> None:
        if os.getuid() != 0:
            absent("Postfix starts as root alone; smtp-sink shows the same without it")
        self.host, self.port = HOST, free_port()
        self._command = program("postfix", "postfix", "without it only smtp-sink shows how Postfix speaks")
        daemons = Path(subprocess.check_output(["postconf", "-h", "daemon_directory"], text=True).strip())
        self._base = Path(tempfile.mkdtemp(prefix="postfix-"))
        self._base.chmod(0o755)
        for folder in ("etc", "queue", "data"):
            (self._base / folder).mkdir()
        os.chown(self._base / "data", pwd.getpwnam("postfix").pw_uid, -1)
        main = _MAIN.format(
            base=self._base, commands=Path(self._command).parent, daemons=daemons, host=HOST, sink=sink.port
        )
        more = "".join(f"{name} = {value}\n" for name, value in (settings or {}).items())
        (self._base / "etc" / "main.cf").write_text(main + more)
        (self._base / "etc" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._process = Process([str(daemons / "master"), "-c", f"{self._base}/etc", "-d"], self._base / "out")

    def __enter__(self) -> Self:
        subprocess.run([self._command, "-c", f"{self._base}/etc", "check"], check=True, capture_output=True)
        try:
            self._process.start(self.port, b"220")
        except BaseException:
            shutil.rmtree(self._base, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Its daemons lead process groups of their own, and end with their master when that is asked to.
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self._base / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)
        self._process.kill()
        shutil.rmtree(self._base, ignore_errors=True)
