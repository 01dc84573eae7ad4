"""Dovecot 2.3 as an unprivileged process with a folder of its own, untouched by the system's configuration.

As root its mail belongs to nobody, for Dovecot refuses to open mail as root.
"""

import grp
import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.processes import HOST, Process, free_port, program

CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
{capability}
first_valid_uid = 0
mail_location = maildir:{mail}
mail_max_userip_connections = 100
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
passdb {{
  driver = static
  args = user={user} password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
_FIRST_ARRIVAL = 1_700_000_000
CAPABILITIES = ("IMAP4rev1", "LITERAL+", "IDLE", "NAMESPACE", "CHILDREN", "UIDPLUS", "MOVE", "SPECIAL-USE")


class Dovecot:
    """One account; `without` names capabilities that it shall not offer."""

    def __init__(self, *, without: Collection[str] = ()) -> None:
        self.host, self.user, self.password = HOST, "support@example.org", "secret"
        self._program = program(
            "dovecot", "dovecot-imapd", "without it only pymap shows that mail is read and moved on a real server"
        )
        self._base = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._mail = self._base / "mail"
        self.port = free_port()
        kept = [name for name in CAPABILITIES if name not in without]
        configuration = self._base / "dovecot.conf"
        configuration.write_text(self._configuration(f"imap_capability = {' '.join(kept)}" if without else ""))
        self._process = Process([self._program, "-F", "-c", str(configuration)], self._base / "out")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._base, ignore_errors=True)

    def fill(self, files: Iterable[Path]) -> None:
        """Put messages into INBOX as if they had been delivered one by one, faster than any protocol takes them."""
        folders = [self._mail / name for name in ("cur", "new", "tmp")]
        for folder in folders:
            folder.mkdir(exist_ok=True)
        for number, file in enumerate(files):
            # Dovecot gives UIDs by the time in the name.
            shutil.copyfile(file, folders[0] / f"{_FIRST_ARRIVAL + number}.M0P1.desk:2,")
        if os.getuid() == 0:
            owner = pwd.getpwnam("nobody")
            for path in (*folders, *folders[0].iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def start(self) -> None:
        """Listen, on the former port after a `kill`."""
        self._process.start(self.port, b"* OK")

    def kill(self) -> None:
        """SIGKILL to all of it."""
        self._process.kill()

    def renumber(self) -> None:
        """Give INBOX another UIDVALIDITY, as after the loss of its index."""
        self.kill()
        uids = self._mail / "dovecot-uidlist"
        uids.write_text(re.sub(r"^3 V(\d+)", lambda match: f"3 V{int(match[1]) + 1}", uids.read_text(), count=1))
        for index in self._mail.glob("dovecot.index*"):
            index.unlink()
        self.start()

    def _configuration(self, capability: str) -> str:
        root = os.getuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        for folder in ("mail", "home", "state"):
            (self._base / folder).mkdir()
        if root:
            self._base.chmod(0o755)
            for folder in ("mail", "home"):
                os.chown(self._base / folder, owner.pw_uid, owner.pw_gid)
        return CONFIGURATION.format(
            base=self._base,
            mail=self._mail,
            host=HOST,
            port=self.port,
            capability=capability,
            user=self.user,
            password=self.password,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal="dovecot" if root else owner.pw_name,
            internal_group="dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name,
            login="dovenull" if root else owner.pw_name,
        )
