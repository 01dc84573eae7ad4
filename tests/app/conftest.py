"""The desk on real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app.crew import Crew
from app.desk import Desk
from servers.bucket import S3
from servers.dovecot import Dovecot
from servers.fixtures import ImapServer
from servers.postgres import Postgres

from mailtriage.demo.imap import EmbeddedImap
from mailtriage.demo.smtp import EmbeddedSmtp


@pytest.fixture
def desk(tmp_path: Path, imap_server: ImapServer, smtp_server: EmbeddedSmtp) -> Desk:
    """An empty mailbox on pymap, then on Dovecot, and an SMTP server that keeps what it gets."""
    return Desk(tmp_path, imap_server, smtp_server)


@pytest.fixture(scope="session")
def crew(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, s3: S3) -> Iterator[Crew]:
    """Two workers on a PostgreSQL and a bucket."""
    crew = Crew(tmp_path_factory.mktemp("crew"), postgres, s3)
    crew.hire(2)
    yield crew
    crew.close()


@pytest.fixture
def large_desk(tmp_path: Path, smtp_server: EmbeddedSmtp, crew: Crew) -> Iterator[Desk]:
    """A desk whose store is on PostgreSQL, whose mail lies in a bucket and is read by two workers."""
    crew.empty()
    with EmbeddedImap() as imap:
        yield Desk(tmp_path, imap, smtp_server, **crew.settings)


@pytest.fixture(params=["desk on pymap", "desk on Dovecot", "large desk"])
def any_desk(request: pytest.FixtureRequest, tmp_path: Path, smtp_server: EmbeddedSmtp) -> Iterator[Desk]:
    """One machine with either IMAP server, then the large desk: what the program promises must not depend on it."""
    if request.param == "large desk":
        yield request.getfixturevalue("large_desk")
        return
    with EmbeddedImap() if request.param == "desk on pymap" else Dovecot() as imap:
        yield Desk(tmp_path, imap, smtp_server)


@pytest.fixture
def quick_desk(tmp_path: Path, smtp_server: EmbeddedSmtp) -> Iterator[Desk]:
    """The same on pymap alone, for what does not depend on the kind of IMAP server."""
    with EmbeddedImap() as imap:
        yield Desk(tmp_path, imap, smtp_server)
