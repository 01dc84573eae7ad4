"""One message told to a support lead: what was read, why it was decided so, what would leave. Nothing is changed.

A message from a file is decided with an empty past; a recorded one is told as it was recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailtriage.errors import NotFound
from mailtriage.mail.message import RawMessage
from mailtriage.parts import Parts
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Letter
from mailtriage.triage.decision import Step, trace
from mailtriage.triage.effects import Reply
from mailtriage.triage.facts import FACTS_JSON
from mailtriage.triage.history import History
from mailtriage.triage.outcome import triage
from mailtriage.triage.record import record
from mailtriage.triage.ruleset import load_ruleset

VERDICTS = {
    "accept": "принято",
    "reject": "отклонено",
    "skip": "пропущено (автоматическое письмо)",
    "hold": "ждёт человека",
    None: "исходящее письмо поддержки",
}
CATEGORIES = {
    "consultation": "консультация",
    "account_status": "блокировка или удаление кабинета",
    "claim": "претензия",
    "proposal": "заявление или предложение",
    None: "не определена",
}
EXAMPLE_NUMBER = "00-000000"
"""Stands for the registration number that a new message would get."""
NO_PAST, NO_LOAD = History(), Workload()


@dataclass(frozen=True)
class Explained:
    """The contract's JSON of the message, and each rule's step for people."""

    record: dict[str, Any]
    steps: tuple[Step, ...]


def explain(parts: Parts, raw: RawMessage, past: History = NO_PAST, workload: Workload = NO_LOAD) -> Explained:
    """Read and decide one message as it would be now, by default as if nothing had come before."""
    now = datetime.now(UTC)
    reading = parts.readers.submit(raw.octets).result()
    ruleset = parts.rulebook.current
    outcome = triage(reading, past, workload, ruleset, parts.policy, now, size=len(raw.octets))
    letter: Letter | None = None
    for effect in outcome.effects:
        if isinstance(effect, Reply) and effect.suppressed is None:
            letter = parts.receiver.compose(
                effect.draft,
                original=reading.message,
                digest=raw.digest,
                number=effect.draft.number or EXAMPLE_NUMBER,
                registered_on=effect.draft.registered_on or now.date(),
                now=now,
            )
    number = outcome.link.conversation or (EXAMPLE_NUMBER if letter else None)
    told = record(raw, reading, outcome, letter=letter, number=number)
    return Explained(told, trace(outcome.facts, ruleset))


def explain_recorded(parts: Parts, which: str, *, reread: bool = False) -> Iterator[Explained]:
    """A recorded message, or all of a conversation, by the rules that decided it then.

    With `reread` the octets are read and decided anew, with the past and the workload as they were.

    Raises:
        NotFound: no such number or digest is recorded.
    """
    parts.require_store()
    for digest in _digests(parts, which):
        stored = parts.views.message(digest)
        if reread:
            raw = RawMessage(parts.octets.get(digest), stored.received_at)
            yield explain(parts, raw, stored.history, stored.workload)
        else:
            ruleset = load_ruleset(parts.views.ruleset(stored.ruleset))
            yield Explained(dict(stored.record), trace(FACTS_JSON.validate_python(stored.facts), ruleset))


def _digests(parts: Parts, which: str) -> tuple[str, ...]:
    """Of the messages of a conversation, or of the one message that is meant."""
    try:
        return tuple(record["digest"] for record in parts.views.conversation(which).messages)
    except NotFound:
        return (parts.views.message(which).digest,)


def sentences(explained: Explained) -> Iterator[str]:
    """The explanation in lines, for a terminal."""
    told = explained.record
    yield from _message(told)
    yield from _decision(told)
    if explained.steps:
        yield "\nПравила по порядку:"
        yield from map(_step, explained.steps)
    yield from _reply(told)


def _message(told: dict[str, Any]) -> Iterator[str]:
    message = told["message"]
    yield f"Письмо: {message['subject'] or '(без темы)'}"
    yield f"От: {message['from']['name']} <{message['from']['address']}>"
    if message["repaired"]:
        yield f"Кодировка исправлена: {message['repaired']}"
    yield f"Новые слова автора:\n{_indented(message['new_text']) or '    (нет)'}"
    for attachment in message["attachments"]:
        problem = f" — не читается: {attachment['problem']}" if attachment["problem"] else ""
        yield f"Вложение: {attachment['filename']} ({attachment['media_type']}, {attachment['size']} байт){problem}"
    for defect in message["defects"]:
        yield f"Пришлось исправить: {defect}"


def _decision(told: dict[str, Any]) -> Iterator[str]:
    decision, conversation = told["decision"], told["conversation"]
    reason = f" ({decision['reason']})" if decision["reason"] else ""
    yield f"\nРешение: {VERDICTS[decision['verdict']]}{reason}"
    yield f"По правилу: {decision['rule'] or '—'} (правила версии {decision['ruleset']})"
    yield f"Вид обращения: {CATEGORIES[decision['category']]}; очередь: {decision['queue'] or '—'}"
    yield f"Просьб: {decision['requests']}; нужен ответ третьей стороны: {'да' if decision['counterparty'] else 'нет'}"
    if conversation and conversation.get("linked_by"):
        yield f"Переписка: № {conversation['number']}, связана по «{conversation['linked_by']}»"
    yield "Почему:"
    for hit in decision["hits"]:
        yield f"  + {hit['rule']}: {hit['reason']}" + (f" — {'; '.join(hit['evidence'])}" if hit["evidence"] else "")


def _step(step: Step) -> str:
    mark = "+" if step.held else "·"
    return f"  {mark} {step.rule}: {step.why}"


def _reply(told: dict[str, Any]) -> Iterator[str]:
    reply = told["reply"]
    if reply is None:
        yield "\nОтвет не отправляется."
        return
    if reply["suppressed"]:
        yield f"\nОтвет «{reply['template']}» не уходит: {reply['suppressed']}"
        return
    yield f"\nОтвет «{reply['template']}» для {reply['to']}:"
    yield f"    Тема: {reply['subject']}\n"
    yield _indented(reply["text"])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
