"""All that is stored of one person, or of one conversation: given out, or taken out for good.

Two traps. What is erased must not come back as new: the row of a message stays with its digest, its place and its
outcome, and nothing that its writer said. And a database that deletes a row leaves its octets in the file until
something else is written there: they are overwritten, and the log of writes is emptied.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Table, Text, cast, delete, or_, select, update

from mailtriage.errors import NotFound, Told
from mailtriage.mail.message import Location
from mailtriage.store import tables as t
from mailtriage.store.database import Database

_AT_ONCE = 500
_m, _c, _p, _o, _at = t.message.c, t.conversation.c, t.participant.c, t.outbox.c, t.location.c
ERASED = "erased at a person's request"


@dataclass(frozen=True, slots=True)
class Dossier:
    """Whose data it is."""

    address: str | None
    messages: tuple[int, ...]
    conversations: tuple[int, ...]
    """Of which all is the person's."""
    digests: tuple[str, ...]
    places: tuple[Location, ...]
    """Where the messages lie in the mailbox, as far as is known."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of ours to the person."""

    id: int
    octets: bytes


class Persons:
    """Finds, gives out and erases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def dossier(self, whom: str) -> Dossier:
        """What is stored of an address, or of the conversation of a number.

        Raises:
            NotFound: nothing is.
        """
        with self._database.read() as connection:
            asked = _of_address if "@" in whom else _of_conversation
            found = asked(connection, whom.strip().lower())
        if found is None:
            raise NotFound(Told(f"nothing is stored of {whom}", f"о {whom} ничего не хранится"))
        return found

    def told(self, dossier: Dossier) -> dict[str, Any]:
        """All rows, as JSON; octets stand in files of their own."""
        messages, conversations = dossier.messages, dossier.conversations
        with self._database.read() as connection:
            files = _rows(connection, t.attachment, t.attachment.c.message_id, messages)
            return {
                "address": dossier.address,
                "conversations": _rows(connection, t.conversation, _c.id, conversations),
                "participants": _rows(connection, t.participant, _p.conversation_id, conversations),
                "journal": _rows(connection, t.journal, t.journal.c.conversation_id, conversations),
                "messages": _rows(connection, t.message, _m.id, messages),
                "places": _rows(connection, t.location, _at.message_id, messages),
                "files": files,
                "texts_of_files": _rows(connection, t.file_text, t.file_text.c.digest, {f["digest"] for f in files}),
                "known_by": _rows(connection, t.trace, t.trace.c.message_id, messages),
                "rulings": _rows(connection, t.ruling, t.ruling.c.message_id, messages),
                "owed": _rows(connection, t.outbox, _o.message_id, messages),
                "bounces": _rows(connection, t.bounce, t.bounce.c.address, filter(None, [dossier.address])),
            }

    def letters(self, dossier: Dossier) -> Iterator[Letter]:
        """What we wrote, as it left."""
        with self._database.read() as connection:
            for some in _parts(dossier.messages):
                question = select(_o.id, _o.octets).where(_o.message_id.in_(some), _o.octets.is_not(None))
                yield from (Letter(row.id, bytes(row.octets)) for row in connection.execute(question))

    def erase(self, dossier: Dossier, now: datetime) -> None:
        """Take out all but the fact that there was a message, with its digest, place and outcome.

        Octets are not touched: they are for the caller to discard, afterwards.

        Raises:
            StoreError: the database failed; nothing has changed.
        """
        with self._database.erasing() as connection:
            for some in _parts(dossier.messages):
                _erase_messages(connection, some, now)
            _forget_in_histories(connection, dossier)
            # A reading that nobody has fetched yet does not tell whose it is; who waits for it has it made again.
            connection.execute(delete(t.handed))
            for some in _parts(dossier.conversations):
                _erase_conversations(connection, some)
            if dossier.address:
                connection.execute(delete(t.participant).where(_p.address == dossier.address))
                connection.execute(delete(t.bounce).where(t.bounce.c.address == dossier.address))
                mine = update(t.conversation).where(_c.sender == dossier.address)
                connection.execute(mine.values(sender="", subject=""))


def _of_address(connection: Connection, address: str) -> Dossier | None:
    joined = select(_p.conversation_id).where(_p.address == address)
    other = t.participant.alias("other")
    shared = select(other.c.conversation_id).where(
        other.c.conversation_id == _p.conversation_id, other.c.address != address
    )
    alone = tuple(connection.scalars(joined.where(~shared.exists())))
    written = set(connection.scalars(select(_m.id).where(_m.sender == address)))
    for some in _parts(alone):
        # Support's answers, too: they quote what he wrote.
        written |= set(connection.scalars(select(_m.id).where(_m.conversation_id.in_(some))))
    known = written or alone or connection.scalar(select(t.bounce.c.id).where(t.bounce.c.address == address).limit(1))
    if not known and connection.scalar(joined.limit(1)) is None:
        return None
    return _dossier(connection, address, sorted(written), alone)


def _of_conversation(connection: Connection, number: str) -> Dossier | None:
    found = connection.scalar(select(_c.id).where(_c.number == number))
    if found is None:
        return None
    return _dossier(
        connection, None, list(connection.scalars(select(_m.id).where(_m.conversation_id == found))), (found,)
    )


def _dossier(
    connection: Connection, address: str | None, messages: list[int], conversations: tuple[int, ...]
) -> Dossier:
    digests, places = list[str](), list[Location]()
    for some in _parts(messages):
        digests += connection.scalars(select(_m.digest).where(_m.id.in_(some)))
        where = select(_at.mailbox, _at.folder, _at.uidvalidity, _at.uid).where(_at.message_id.in_(some))
        places += (Location(*row) for row in connection.execute(where.where(_at.current.is_(True), ~_left.exists())))
    return Dossier(address, tuple(messages), conversations, tuple(digests), tuple(places))


_left = select(_o.id).where(_o.location_id == _at.id, _o.kind == "move", _o.status.in_(("claimed", "done")))


def _erase_messages(connection: Connection, messages: list[int], now: datetime) -> None:
    rows = connection.execute(select(_m.id, _m.record).where(_m.id.in_(messages))).all()
    for row in rows:
        connection.execute(update(t.message).where(_m.id == row.id).values(_blank(row)))
    _forget_files(connection, messages)
    for table in (t.trace, t.ruling):
        connection.execute(delete(table).where(table.c.message_id.in_(messages)))
    letters = (_o.message_id.in_(messages), _o.kind != "move")
    pending = update(t.outbox).where(*letters, _o.status.in_(("due", "claimed", "buried", "unconfirmed")))
    connection.execute(pending.values(status="dropped", settled_at=now))
    # The Message-ID of a letter of ours is a hash, and without it its bounces and answers would belong nowhere.
    blank = {"payload": {"to": "", "template": None}, "recipient": None, "octets": None, "last_error": ERASED}
    connection.execute(update(t.outbox).where(*letters).values(blank))


def _forget_files(connection: Connection, messages: list[int]) -> None:
    """The files, and what was read in those that nobody else has sent."""
    a, f = t.attachment.c, t.file_text.c
    mine = set(connection.scalars(select(a.digest).where(a.message_id.in_(messages))))
    connection.execute(delete(t.attachment).where(a.message_id.in_(messages)))
    others = set[str]()
    for some in _parts(sorted(mine)):
        others |= set(connection.scalars(select(a.digest).where(a.digest.in_(some))))
    for some in _parts(sorted(mine - others)):
        connection.execute(delete(t.file_text).where(f.digest.in_(some)))


def _forget_in_histories(connection: Connection, dossier: Dossier) -> None:
    """What others' messages were decided upon: there the address and the subjects of the person's matters stand, too.

    Nothing leads from a person to them, so that all are looked through.
    """
    address = dossier.address
    numbers = set(connection.scalars(select(_c.number).where(_c.sender == address))) if address else set()
    for some in _parts(dossier.conversations):
        numbers |= set(connection.scalars(select(_c.number).where(_c.id.in_(some))))
    written, told = cast(_m.history, Text), [*numbers, *([address] if address else [])]
    for some in _parts(told, _AT_ONCE // 10):
        named = or_(*(written.contains(json.dumps(each, ensure_ascii=False), autoescape=True) for each in some))
        for row in connection.execute(select(_m.id, _m.history).where(named)).all():
            history = _without(row.history, address, numbers)
            connection.execute(update(t.message).where(_m.id == row.id).values(history=history))


def _without(history: Mapping[str, Any], address: str | None, numbers: Collection[str]) -> dict[str, Any]:
    """A history without the address, and without what is told in the conversations of these numbers."""
    candidates = [
        {
            **each,
            "subject": "" if each["number"] in numbers else each["subject"],
            "participants": [one for one in each["participants"] if one != address],
        }
        for each in history.get("candidates", ())
    ]
    people = [one for one in history.get("same_person", ()) if one != address]
    return {**history, "candidates": candidates, "same_person": people}


def _blank(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    record = dict(row.record)
    decision = {**record["decision"], "hits": [{**hit, "evidence": []} for hit in record["decision"]["hits"]]}
    nobody = {"name": "", "address": ""}
    kept = {
        **{name: _emptied(value) for name, value in record["message"].items()},
        "from": nobody,
        "date": record["message"]["date"],
    }
    return {
        "fingerprint": None,
        "message_id": None,
        "sender": "",
        "subject": "",
        "text": "",
        "identities": {},
        "history": {},
        "size": 0,
        "record": {
            **record,
            "file": None,
            "message": kept,
            "automatic": {**record["automatic"], "because": []},
            "facts": {},
            "decision": decision,
            "reply": None,
            "final_because": [],
            "erased": True,
        },
    }


def _emptied(value: Any) -> Any:
    return [] if isinstance(value, list) else "" if isinstance(value, str) else None


def _erase_conversations(connection: Connection, conversations: list[int]) -> None:
    j = t.journal.c
    connection.execute(update(t.conversation).where(_c.id.in_(conversations)).values(sender="", subject=""))
    connection.execute(delete(t.participant).where(_p.conversation_id.in_(conversations)))
    connection.execute(delete(t.journal).where(j.conversation_id.in_(conversations) | j.other_id.in_(conversations)))


def _rows(
    connection: Connection, table: Table, column: ColumnElement[Any], values: Collection[Any] | Iterator[Any]
) -> list[dict[str, Any]]:
    found: list[RowMapping] = []
    for some in _parts(list(values)):
        found += connection.execute(select(table).where(column.in_(some)).order_by(*table.primary_key)).mappings()
    return [{name: value for name, value in row.items() if not isinstance(value, bytes)} for row in found]


def _parts(values: Collection[Any], size: int = _AT_ONCE) -> Iterator[list[Any]]:
    known = list(values)
    for start in range(0, len(known), size):
        yield known[start : start + size]
