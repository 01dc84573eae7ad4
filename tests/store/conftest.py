"""A real store for each test: on SQLite in a temporary folder, then on PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from servers.postgres import Postgres
from store_desk import SUPPORT, Desk

from mailtriage.reply.deadline import Norms, WorkCalendar
from mailtriage.store.database import Database
from mailtriage.store.ledger import Ledger
from mailtriage.store.outbox import Outbox
from mailtriage.store.views import Views
from mailtriage.triage.policy import Policy


@pytest.fixture
def policy() -> Policy:
    return Policy(
        own_addresses=frozenset({SUPPORT}),
        norms=Norms(days={"": 5}, counterparty=5, per_further_request=1),
        calendar=WorkCalendar(),
        notice_period=timedelta(days=1),
    )


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """For what is true of a file alone."""
    opened = Database(f"sqlite:///{tmp_path}/store/mailtriage.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def on_postgresql(postgres: Postgres) -> Database:
    """For what is true of a server alone."""
    return postgres.emptied()


@pytest.fixture(params=["sqlite", "on_postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Either; what a test shows holds on both."""
    opened: Database = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def desk(database: Database, policy: Policy) -> Desk:
    return Desk(database, Ledger(database, policy), Outbox(database), Views(database))
