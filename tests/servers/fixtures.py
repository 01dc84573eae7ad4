"""The servers as fixtures: `imap_server` is pymap, then Dovecot; `smtp_server` aiosmtpd; `postgres` a cluster."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from servers.authority import Authority
from servers.bucket import S3
from servers.dovecot import Dovecot
from servers.postgres import Postgres
from servers.sink import Sink

from mailtriage.demo.imap import EmbeddedImap
from mailtriage.demo.smtp import EmbeddedSmtp

ImapServer = EmbeddedImap | Dovecot

KINDS: dict[str, Callable[..., ImapServer]] = {"pymap": EmbeddedImap, "dovecot": Dovecot}


@pytest.fixture(params=KINDS)
def make_imap_server(request: pytest.FixtureRequest) -> Iterator[Callable[..., ImapServer]]:
    """A running IMAP server of either kind, made with `without=("MOVE",)` or the like."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(KINDS[request.param](**options))


@pytest.fixture
def imap_server(make_imap_server: Callable[..., ImapServer]) -> ImapServer:
    """An empty account on pymap, then on Dovecot: host, port, user, password, kill(), start(), renumber()."""
    return make_imap_server()


@pytest.fixture
def smtp_server() -> Iterator[EmbeddedSmtp]:
    """aiosmtpd: received, script, drop_connections(), kill(), start()."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """Postfix's smtp-sink: received()."""
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL cluster: emptied(), fresh(), stop(), start()."""
    with Postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the system does not know."""
    return Authority(Path(tmp_path_factory.mktemp("authority")), "authority")


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An S3 server: bucket(), put(), options()."""
    with S3() as server:
        yield server
