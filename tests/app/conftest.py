"""The desk on real servers."""

from pathlib import Path

import pytest
from app.desk import Desk
from servers.fixtures import ImapServer

from mailtriage.demo.servers import EmbeddedSmtp


@pytest.fixture
def desk(tmp_path: Path, imap_server: ImapServer, smtp_server: EmbeddedSmtp) -> Desk:
    """An empty mailbox on pymap, then on Dovecot, and an SMTP server that keeps what it gets."""
    return Desk(tmp_path, imap_server, smtp_server)
