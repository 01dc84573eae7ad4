"""The letter by which a customer hears that his message was accepted after all: which one, and whether at all.

The trap is to say too much. Who never got our notice must not read that we were wrong, who was acknowledged before is
not acknowledged twice, and a date that has passed meanwhile is not promised. The letter is planned as on the day on
which the message arrived, for its time counts from then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, RowMapping, select, update

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Automatic
from mailtriage.mail.reading import Reading
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Letter
from mailtriage.reply.wording import local_time
from mailtriage.store import candidates, dealings, owing
from mailtriage.store import tables as t
from mailtriage.store.registry import Registration
from mailtriage.triage.conversation import Link
from mailtriage.triage.decision import Decision
from mailtriage.triage.effects import Reply, plan_effects
from mailtriage.triage.facts import FACTS_JSON, Facts
from mailtriage.triage.history import History
from mailtriage.triage.policy import Policy
from mailtriage.triage.remembered import remembered

Compose = Callable[..., Letter]
"""reply.compose.compose with the templates and what is ours already given, as the receiver has it."""

RESTORED = "restored"
"""The template of an apology, and the event of every letter of this kind: at most one leaves for a message."""
TAKEN_BACK = "a person decided otherwise before it left"
"""Why a letter was dropped that may be taken up again."""
_LEFT = frozenset({"claimed", "done", "unconfirmed"})
_ROBOTS = frozenset({"bounce", "loop", "report"})
"""Mail of these kinds is never answered, whoever restores it: nobody would read it."""

_o = t.outbox.c


@dataclass(frozen=True)
class Matter:
    """A message, as it was recorded and as it is to be."""

    row: RowMapping
    decision: Decision
    policy: Policy
    now: datetime

    @property
    def id(self) -> int:
        """Row number."""
        return int(self.row["id"])

    @property
    def arrived_at(self) -> datetime:
        """When it was recorded."""
        moment: datetime = self.row["recorded_at"]
        return moment


def acknowledgement(connection: Connection, matter: Matter, registration: Registration) -> Reply | None:
    """The letter that tells the customer, or None where he has been told or an earlier one is taken up again."""
    rows = connection.execute(
        select(_o.id, _o.event, _o.status, _o.last_error).where(_o.message_id == matter.id, _o.kind == "reply")
    ).all()
    rejected = any(row.event.startswith("reject:") and row.status in _LEFT for row in rows)
    ours = [row for row in rows if not row.event.startswith("reject:")]
    if any(row.status in _LEFT | {"due", "buried"} for row in ours):
        return None
    if dropped := next((row for row in ours if row.status == "dropped" and row.last_error == TAKEN_BACK), None):
        again = {"status": "due", "due_at": matter.now, "settled_at": None, "last_error": None}
        connection.execute(update(t.outbox).where(_o.id == dropped.id).values(again))
        return None
    if any(row.event == RESTORED for row in ours):
        return None
    return _letter(connection, matter, registration, RESTORED if rejected else None)


def _letter(connection: Connection, matter: Matter, registration: Registration, template: str | None) -> Reply | None:
    """Planned as on the day of arrival: what was due then is due still; a date that has passed is not promised."""
    row = matter.row
    reading = reading_of(row)
    candidate = candidates.candidate(connection, registration.id) if registration.id is not None else None
    so_far = dealings.so_far(connection, reading.message, (), matter.policy.notice_period, matter.now)
    planned = plan_effects(
        decision=replace(matter.decision, reply=template),
        facts=facts_of(row, acknowledged=candidate is not None),
        link=Link(registration.number, None, 1.0),
        # Who asks for the letter is a person: how many the robot sent today is no reason to withhold it.
        history=History(candidates=(candidate,) if candidate else (), bounced=so_far["bounced"]),
        workload=Workload(**row["workload"]),
        reading=reading,
        policy=matter.policy,
        now=matter.arrived_at,
    )
    reply = next((effect for effect in planned if isinstance(effect, Reply)), None)
    if reply is None:
        return None
    today = local_time(matter.now, matter.policy.time_zone).date()
    late = reply.draft.due is not None and reply.draft.due < today
    return replace(reply, event=RESTORED, draft=replace(reply.draft, overdue=reply.draft.overdue or late))


def reading_of(row: RowMapping) -> Reading:
    """The reading behind a row of `message`, as a letter about it is planned and composed with."""
    found = Identities(**{name: tuple(values) for name, values in row["identities"].items()})
    reading = remembered(row["record"], text=row["text"], identities=found)
    message = reading.message
    if message.automatic.kind not in _ROBOTS:
        # A person says that a person wrote it.
        message = replace(message, automatic=Automatic())
    return replace(reading, message=message)


def facts_of(row: RowMapping, *, acknowledged: bool) -> Facts:
    """The facts as they were recorded."""
    told = row["record"]["facts"]
    try:
        facts = FACTS_JSON.validate_python(told)
    except ValidationError:  # recorded by a release whose facts this one does not know
        facts = Facts(language="en" if told.get("language") == "en" else "ru", dmarc=told.get("dmarc"))
    return replace(facts, acknowledged=acknowledged)


def owe(connection: Connection, matter: Matter, registration: Registration, reply: Reply, compose: Compose) -> None:
    """Compose it, unless it must not leave, and put it into the outbox."""
    letter = None
    if reply.suppressed is None:
        original = reading_of(matter.row).message
        letter = compose(
            reply.draft,
            original=original,
            digest=matter.row["digest"],
            number=registration.number,
            registered_on=registration.registered_on or _day(matter),
            now=matter.now,
            event=RESTORED,
        )
    owing.owe(connection, owing.reply(matter.id, registration.id, reply, letter, now=matter.now))


def _day(matter: Matter) -> date:
    return local_time(matter.arrived_at, matter.policy.time_zone).date()
