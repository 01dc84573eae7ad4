"""The explanation of one message in Russian lines, for a support lead at a terminal.

It reads downhill as the decision was made: the letter, what was found in it, the decision, the rules that held, those
that did not, and the reply. What a stranger wrote is printed without control characters and never as markup.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from mailtriage.commands.explain import Explained
from mailtriage.commands.lead_words import (
    CATEGORIES,
    LINKS,
    PROBLEMS,
    REASONS,
    SILENCES,
    STATUSES,
    clean,
    verdict_words,
    visible,
)
from mailtriage.reply.wording import local_time
from mailtriage.store.views import ConversationPage
from mailtriage.triage.decision import Step
from mailtriage.triage.facts import FIELDS, Facts

_SHOWN_BEFORE = frozenset(
    {"subject", "text", "said", "quoted_text", "attachment_text", "sender_address", "sender_name", "sender_domain"}
)
"""Facts that the letter itself has told."""
_EXCERPT = 400
"""Characters of a file's text or of a fact that are shown."""
_LINES, _WIDTH = 60, 200
"""Of a letter, that is enough to know what it is about."""
Json = Mapping[str, Any]


def sentences(explained: Explained, zone: str) -> Iterator[str]:
    """The explanation in lines; times are those of `zone`, an IANA name."""
    told = explained.record
    yield from _letter(told, zone)
    yield from _facts(told["facts"])
    yield from _decision(told, explained.steps)
    yield from _rules(explained.steps)
    yield from _reply(told["reply"])


def conversation(page: ConversationPage, zone: str) -> Iterator[str]:
    """A conversation in lines, message by message."""
    about = page.summary
    due = f", срок {about.due:%d.%m.%Y}" if about.due else ""
    kind = CATEGORIES.get(about.category, "вид не определён")
    yield f"№ {about.number}: {clean(about.subject) or '(без темы)'} — {STATUSES[about.status]}, {kind}{due}"
    for told in page.messages:
        message = told["message"]
        when = local_time(datetime.fromisoformat(told["received_at"]), zone)
        sender = clean(message["from"]["name"] or message["from"]["address"])
        yield f"\n{when:%d.%m.%Y %H:%M}  {sender}  {verdict_words(told['decision'])}"
        yield _beginning(message["new_text"])


def _letter(told: Json, zone: str) -> Iterator[str]:
    message = told["message"]
    yield f"Тема:      {clean(message['subject']) or '(без темы)'}"
    yield f"От:        {clean(message['from']['name'])} <{clean(message['from']['address'])}>"
    yield f"Получено:  {local_time(datetime.fromisoformat(told['received_at']), zone):%d.%m.%Y %H:%M}"
    if message["reply_to"]:
        yield f"Отвечать:  {', '.join(clean(address['address']) for address in message['reply_to'])}"
    if kind := told["automatic"]["kind"]:
        because = "; ".join(map(clean, told["automatic"]["because"]))
        yield f"Робот:     {REASONS.get(kind, kind)}" + (f" — {because}" if because else "")
    if message["repaired"]:
        yield f"Исправлено: {clean(message['repaired'])}"
    yield "\nСлова клиента:"
    yield _beginning(message["new_text"]) or "    (нет)"
    for heading, text in (("Цитата", message["quoted_text"]), ("Подпись", message["signature"])):
        if text.strip():
            yield f"{heading}: {_excerpt(text)}"
    for file in message["attachments"]:
        problem = f" — не читается: {PROBLEMS.get(file['problem'], file['problem'])}" if file["problem"] else ""
        yield f"Вложение: {clean(file['filename'])} ({clean(file['media_type'])}, {file['size']} байт){problem}"
        if file["text"] and file["text"].strip():
            yield f"    {_excerpt(file['text'])}"
    for defect in message["defects"]:
        yield f"Неправильно в письме: {clean(defect)}"


def _facts(found: Json) -> Iterator[str]:
    """What differs from an ordinary first message of a known person."""
    ordinary = {field.name: field.default for field in fields(Facts)}
    unusual = {
        name: value
        for name, value in found.items()
        if name in FIELDS and name not in _SHOWN_BEFORE and _plain(value) != _plain(ordinary[name])
    }
    if unusual:
        yield "\nЧто программа поняла о письме:"
        for name, value in unusual.items():
            yield f"  {name}: {_value(value)}  — {FIELDS[name].sentence}"


def _decision(told: Json, steps: tuple[Step, ...]) -> Iterator[str]:
    decision = told["decision"]
    yield f"\nРешение: {verdict_words(decision)}"
    deciding = next((step for step in steps if step.decided), None)
    if deciding:
        yield f"  решило правило {deciding.rule}: {deciding.title} ({deciding.place})"
    elif steps:
        yield "  ни одно правило не решило, поэтому письмо ждёт человека"
    else:
        yield "  решено без правил: так поступают со всеми такими письмами"
    if decision["verdict"] is not None:
        requests = f"; отдельных просьб: {decision['requests']}" if decision["requests"] > 1 else ""
        outside = "; нужен ответ банка, букмекера или оператора" if decision["counterparty"] else ""
        category = CATEGORIES.get(decision["category"], "не определён")
        yield f"  вид обращения: {category}; очередь: {decision['queue'] or 'нет'}{requests}{outside}"
    yield f"  {_conversation(told['conversation'])}"
    yield f"  правила версии {decision['ruleset']}"


def _conversation(conversation: Json) -> str:
    if conversation["number"] is None:
        return "обращение: не регистрируется"
    if conversation["new"]:
        return f"обращение: новое, № {conversation['number']}"
    by = LINKS.get(conversation["linked_by"], conversation["linked_by"])
    return f"обращение: № {conversation['number']}, узнано по {by} (уверенность {conversation['confidence']:.0%})"


def _rules(steps: tuple[Step, ...]) -> Iterator[str]:
    """Those that held first: they are the answer to "why"."""
    held, failed = [step for step in steps if step.held], [step for step in steps if not step.held]
    if held:
        yield "\nСработали правила (» — то, которое решило):"
    for step in held:
        evidence = "; ".join(map(clean, step.evidence))
        yield f"  {'»' if step.decided else '+'} {step.rule}: {step.title}" + (f" — {evidence}" if evidence else "")
    if failed:
        yield "\nНе сработали (после черты — чего не нашлось):"
    for step in failed:
        yield f"  · {step.rule}: {step.title} — {clean(step.failed)}"


def _reply(reply: Json | None) -> Iterator[str]:
    if reply is None:
        yield "\nОтвет клиенту не предусмотрен."
        return
    if reply["suppressed"]:
        why = SILENCES.get(reply["suppressed"], clean(reply["suppressed"]))
        yield f"\nОтвет «{reply['template']}» не уходит: {why}."
        return
    yield f"\nОтвет «{reply['template']}» на адрес {clean(reply['to'])}"
    if reply["due"]:
        days = f", рабочих дней: {reply['working_days']}" if reply["working_days"] is not None else ""
        yield f"Обещано ответить до {date.fromisoformat(reply['due']):%d.%m.%Y}{days}"
        yield from (f"  {clean(why)}" for why in reply["why_due"])
    yield f"\n    Тема: {clean(reply['subject'])}\n"
    yield _indented(reply["text"])


def _indented(text: str) -> str:
    return "\n".join(f"    {visible(line.expandtabs())}".rstrip() for line in text.splitlines())


def _beginning(text: str) -> str:
    """What a person would read of it before he has seen enough."""
    shown = "\n".join(text[: _LINES * _WIDTH].splitlines()[:_LINES])
    return _indented(shown) + ("\n    […]" if len(shown) < len(text.rstrip()) else "")


def _excerpt(text: str) -> str:
    """The beginning, on one line."""
    line = clean(text[: 4 * _EXCERPT])
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list | tuple):
        return _excerpt("; ".join(map(str, value)))
    return "нет" if value is None else _excerpt(str(value))


def _plain(value: Any) -> Any:
    """JSON has lists where Python has tuples."""
    return list(value) if isinstance(value, tuple) else value
