"""What a message is recognised by, whoever sends it: payment, account and phone numbers, files; and its writer's names.

The traps are values that prove nothing. The hotline's number and the logo in a footer stand in everybody's mail: what
the latest messages of more than `_SHARED_BY` senders name is nobody's. Mail that failed DMARC or that a robot wrote
leaves no trace: whoever forges a letter must not make another's payment his own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select

from mailtriage.language.words import fold
from mailtriage.mail.reading import Reading
from mailtriage.store import tables as t
from mailtriage.store.columns import KEY_LENGTH, storable
from mailtriage.store.latest import latest
from mailtriage.store.prepared import Change, Prepared, among
from mailtriage.triage.person import Acquaintance, own_names, own_numbers, same_person

LATEST = 20
"""Messages that are looked at for one value."""
_VALUES = 20
"""Values of one message that are looked for; more are kept, up to `_KEPT`."""
_KEPT = 60
_SHARED_BY = 5
_PEOPLE = 10

_x, _m = t.trace.c, t.message.c
_LEFT = Change(lambda _: insert(t.trace).inline())
_NAMES = Prepared(lambda count: select(_x.message_id, _x.value).where(among(_x.message_id, count), _x.kind == "name"))


@dataclass(frozen=True, slots=True)
class Shared:
    """Earlier messages that share a value with a new one."""

    messages: tuple[int, ...] = ()
    """Row numbers, the latest first."""
    same_person: frozenset[str] = frozenset()
    """Other addresses of the writer's (triage/person.py)."""


def leave(connection: Connection, message_id: int, reading: Reading) -> None:
    """Write down what this message is recognised by."""
    values = _values(reading)[:_KEPT]
    if any(kind in {"phone", "account"} for kind, _ in values):
        values += [("name", name) for name in own_names(reading)]
    rows = {(kind, _key(value)): None for kind, value in values}
    _LEFT.each(connection, [{"kind": kind, "value": value, "message_id": message_id} for kind, value in rows])


def shared(connection: Connection, reading: Reading) -> Shared:
    """The messages that share a number or a file with this one, and who of their senders is the same person."""
    values = [{"kind": kind, "value": value} for kind, value in _values(reading)[:_VALUES]]
    by_value: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in latest(connection, _of_value, values):
        by_value.setdefault((row.kind, row.value), []).append((row.message_id, row.sender))
    telling = {value: rows for value, rows in by_value.items() if len({sender for _, sender in rows}) <= _SHARED_BY}
    messages = sorted({message_id for rows in telling.values() for message_id, _ in rows}, reverse=True)
    people = same_person(reading, _acquaintances(connection, telling, fold(reading.message.sender.address)))
    return Shared(tuple(messages), frozenset(sorted(people)[:_PEOPLE]))


def _acquaintances(
    connection: Connection, telling: Mapping[tuple[str, str], Sequence[tuple[int, str]]], sender: str
) -> Iterable[Acquaintance]:
    senders = {
        message_id: other
        for (kind, _), rows in telling.items()
        for message_id, other in rows
        if kind in {"phone", "account"} and other not in {"", sender}
    }
    names: dict[str, set[str]] = {}
    if senders:
        for message_id, name in _NAMES.of(connection, list(senders)):
            names.setdefault(senders[message_id], set()).add(name)
    return [Acquaintance(address, frozenset(borne)) for address, borne in names.items()]


def _of_value(suffix: str) -> Select[Any]:
    return (
        select(_x.kind, _x.value, _x.message_id, _m.sender)
        .join(t.message, _x.message_id == _m.id)
        .where(_x.value == bindparam(f"value{suffix}"), _x.kind == bindparam(f"kind{suffix}"))
        .order_by(_x.message_id.desc())
        .limit(LATEST)
    )


def _values(reading: Reading) -> list[tuple[str, str]]:
    """(kind, value) of all that a matter is recognised by, each once."""
    message = reading.message
    if message.authentication.dmarc == "fail" or message.automatic.kind is not None:
        return []
    found = [("payment", fold(payment)) for payment in reading.identities.payments]
    found += [("file", file.digest) for file in message.attachments if file.size]
    found += own_numbers(reading)
    return list(dict.fromkeys((kind, _key(value)) for kind, value in found))


def _key(value: str) -> str:
    """As the database will keep it: two that differ past its length are one row."""
    return storable(value[:KEY_LENGTH])
