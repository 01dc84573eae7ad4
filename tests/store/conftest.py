"""A real store in a temporary folder for each test."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
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
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/store/mailtriage.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def desk(database: Database, policy: Policy) -> Desk:
    return Desk(database, Ledger(database, policy), Outbox(database), Views(database))
