"""One message told to a support lead: what was read, why it was decided so, what would leave. Nothing is changed.

A message from a file is decided with an empty past; a recorded one is told as it was recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailtriage.mail.message import RawMessage
from mailtriage.parts import Parts
from mailtriage.reply.deadline import Workload
from mailtriage.reply.draft import Letter
from mailtriage.triage.decision import Step, trace
from mailtriage.triage.effects import Reply
from mailtriage.triage.history import History
from mailtriage.triage.outcome import triage
from mailtriage.triage.record import record

VERDICTS = {"accept": "принято", "reject": "отклонено", "skip": "пропущено (автоматическое письмо)", "hold": "ждёт человека", None: "исходящее письмо поддержки"}
CATEGORIES = {"consultation": "консультация", "account_status": "блокировка или удаление кабинета", "claim": "претензия", "proposal": "заявление или предложение", None: "не определена"}
EXAMPLE_NUMBER = "00-000000"
"""Stands for the registration number that a new message would get."""


@dataclass(frozen=True)
class Explained:
    """The contract's JSON of the message, and each rule's step for people."""

    record: dict[str, Any]
    steps: tuple[Step, ...]


def explain(parts: Parts, raw: RawMessage) -> Explained:
    """Read and decide one message with an empty history, as it would be now."""
    now = datetime.now(UTC)
    reading = parts.readers.submit(raw.octets).result()
    ruleset = parts.rulebook.current
    outcome = triage(reading, History(), Workload(), ruleset, parts.policy, now)
    letter: Letter | None = None
    for effect in outcome.effects:
        if isinstance(effect, Reply) and effect.suppressed is None:
            letter = parts.receiver.compose(
                effect.draft, original=reading.message, digest=raw.digest, number=EXAMPLE_NUMBER, registered_on=now, now=now
            )
    told = record(raw, reading, outcome, letter=letter, number=EXAMPLE_NUMBER if outcome.decision.verdict else None)
    return Explained(told, trace(outcome.facts, ruleset))


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
    yield f"\nРешение: {VERDICTS[decision['verdict']]}{reason} — по правилу «{decision['rule'] or '—'}», правила версии {decision['ruleset']}"
    yield f"Вид обращения: {CATEGORIES[decision['category']]}; очередь: {decision['queue'] or '—'}"
    yield f"Просьб: {decision['requests']}; нужен ответ третьей стороны: {'да' if decision['counterparty'] else 'нет'}"
    if conversation and conversation.get("linked_by"):
        yield f"Переписка № {conversation['number']}: {conversation['linked_by']}, уверенность {conversation['confidence']:.2f}"
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
