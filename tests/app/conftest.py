"""The desk on real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app.desk import Desk
from servers.fixtures import ImapServer

from mailtriage.demo.servers import EmbeddedImap, EmbeddedSmtp


@pytest.fixture
def desk(tmp_path: Path, imap_server: ImapServer, smtp_server: EmbeddedSmtp) -> Desk:
    """An empty mailbox on pymap, then on Dovecot, and an SMTP server that keeps what it gets."""
    return Desk(tmp_path, imap_server, smtp_server)


@pytest.fixture
def quick_desk(tmp_path: Path, smtp_server: EmbeddedSmtp) -> Iterator[Desk]:
    """The same on pymap alone, for what does not depend on the kind of IMAP server."""
    with EmbeddedImap() as imap:
        yield Desk(tmp_path, imap, smtp_server)
