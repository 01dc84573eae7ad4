"""What is kept as JSON is text to whoever opens the database, whatever a mail said in it."""

from datetime import date

import pytest
from sqlalchemy import insert, select, text
from store_desk import NOON

from mailtriage.language.identity import Identities
from mailtriage.reply.draft import Draft
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.prepared import Change

_RULESETS = Change(lambda _: insert(t.ruleset_version).inline())
_DRAFT = Draft("ack", "a@b.example", "ru", due=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"я": ["Привет", 1, None]}, {"я": ["Привет", 1, None]}),
        ({"NUL \0": "\0"}, {"NUL \ufffd": "\ufffd"}),
        (["half a pair \udcff"], ["half a pair ?"]),
        ({"of": Identities(names=("NUL \0", "\ud800"))}, {"of": {"names": ["NUL \ufffd", "?"]}}),
        (_DRAFT, {"to": "a@b.example", "due": "2026-03-02"}),
    ],
)
@pytest.mark.parametrize("prepared", [True, False])
def test_it_comes_back_as_it_was_without_what_no_database_takes(
    database: Database, value: object, kept: object, *, prepared: bool
) -> None:
    row = {"version": "1", "files": value, "first_used_at": NOON}
    with database.write() as connection:
        if prepared:
            _RULESETS.one(connection, row)
        else:
            connection.execute(insert(t.ruleset_version).values(row))
    with database.read() as connection:
        found = connection.scalar(select(t.ruleset_version.c.files))
        written = connection.scalar(text("SELECT CAST(files AS TEXT) FROM ruleset_version"))
        kind = connection.scalar(text("SELECT typeof(files) FROM ruleset_version")) if database.path else "text"
    assert _within(kept, found)
    assert (kind, type(written)) == ("text", str)


def _within(part: object, whole: object) -> bool:
    """Whether a whole says all that the part says."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _within(held, whole[name]) for name, held in part.items())
    return part == whole
