"""The explanation of one message in Russian lines, for a support lead at a terminal.

It answers in the order in which a lead asks: what was decided, why so, does a reply leave and when is it due; then the
letter itself, what was understood of it, and every rule. What a stranger wrote is printed without control characters
and never as markup.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from mailtriage.commands.explain import Explained
from mailtriage.commands.lead_words import CATEGORIES, PROBLEMS, REASONS, STATUSES, clean, verdict_words, visible
from mailtriage.commands.reply_lines import answer, counted, hurdles
from mailtriage.commands.reproduction import Difference
from mailtriage.commands.rule_lines import categories, deciding, every_rule, excerpt, fact, plainly
from mailtriage.commands.thread_lines import alternatives, choice, registration
from mailtriage.language.cards import masked
from mailtriage.reply.documents import DOCUMENTS, TOPICS, phrases
from mailtriage.reply.wording import local_time
from mailtriage.store.views import ConversationPage
from mailtriage.triage.facts import FIELDS, Facts

_SHOWN_BEFORE = frozenset(
    {
        *("subject", "text", "said", "asked", "quoted_text", "attachment_text"),
        *("sender_address", "sender_name", "sender_domain", "received_on", "sent_on"),
    }
)
"""Facts that the letter itself has told."""
_LINES, _WIDTH = 60, 200
"""Of a letter, that is enough to know what it is about."""
_DIFFERENCES = 40
Json = Mapping[str, Any]


def sentences(explained: Explained, zone: str) -> Iterator[str]:
    """The explanation in lines; times are those of `zone`, an IANA name."""
    told = explained.record
    yield from _heading(told, zone)
    yield from _decision(explained)
    yield from _verified(explained)
    yield from _section("Почему", _why(explained))
    yield from _section("Можно ли отвечать", hurdles(told, explained.grounds))
    yield from _section("Откуда срок ответа", _due(explained))
    yield from _letter(told)
    yield from _section("Что программа поняла о письме", _facts(told["facts"]))
    yield from _section("Правила подряд (» решило, + сработало, · не сработало)", every_rule(explained))
    yield from _draft(told["reply"])


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


def _heading(told: Json, zone: str) -> Iterator[str]:
    message = told["message"]
    received = local_time(datetime.fromisoformat(told["received_at"]), zone)
    yield f"Тема:      {clean(message['subject']) or '(без темы)'}"
    yield f"От:        {clean(message['from']['name'])} <{clean(message['from']['address'])}>"
    yield f"Получено:  {received:%d.%m.%Y %H:%M}"


def _decision(explained: Explained) -> Iterator[str]:
    decision = explained.record["decision"]
    yield f"\nРешение: {verdict_words(decision)}"
    if explained.record.get("final"):
        because = "; ".join(map(clean, explained.record.get("final_because", ())))
        yield f"  это письмо — итоговое решение по обращению{f' ({because})' if because else ''}"
    if decision["verdict"] in {"accept", "hold"} or decision["category"]:
        category = CATEGORIES.get(decision["category"], "не определён")
        requests = f"; отдельных просьб: {decision['requests']}" if decision["requests"] > 1 else ""
        outside = "; нужен ответ банка, букмекера или оператора" if decision["counterparty"] else ""
        yield f"  вид обращения: {category}; очередь: {decision['queue'] or 'нет'}{requests}{outside}"
    told = {
        "темы": phrases(decision["topics"], TOPICS, "ru"),
        "просим прислать": phrases(decision["documents"], DOCUMENTS, "ru"),
        "пометки": decision["tags"],
        "копия уйдёт": decision.get("forwards", ()),
    }
    yield from (f"  {words}: {', '.join(map(clean, items))}" for words, items in told.items() if items)
    yield f"  {choice(explained.record['conversation'])}"
    yield f"  {answer(explained.record)}"


def _verified(explained: Explained) -> Iterator[str]:
    """Whether the record holds what it says, and what would be otherwise today."""
    version = explained.record["decision"]["ruleset"]
    if explained.reread:
        yield "\nПисьмо прочитано заново и решено по сегодняшним правилам; история — какой была тогда."
        yield from _listed("Отличия от записанного", explained.differences or ())
        if not explained.differences:
            yield "  От записанного ничем не отличается."
        return
    if explained.broken:
        yield "\nНЕ ВОСПРОИЗВЕДЕНО: из записанных фактов и правил выходит другое решение. Так быть не должно:"
        yield from _listed("записано → выходит", explained.broken)
    elif explained.reproduced:
        yield f"  проверено: по записанным фактам и правилам версии {version} выходит ровно то же"
    elif explained.unloadable:
        yield f"\nПравила версии {version} сегодняшняя программа больше не понимает, повторить решение по ним нельзя:"
        yield from (f"  {problem.told('ru')}" for problem in explained.unloadable)
        yield "Ниже — то, что было записано тогда."
    elif explained.differences is not None:
        yield f"\nПовторить решение нельзя: правил версии {version} нет, или факты письма записаны другой программой."
    if explained.differences:
        yield from _listed(
            "Сегодня программа поняла бы то же письмо иначе (программа или настройки изменились)", explained.differences
        )


def _why(explained: Explained) -> Iterator[str]:
    yield from deciding(explained)
    if weights := list(categories(explained)):
        yield "вид обращения — по сумме весов сработавших правил:"
        yield from (f"    {line}" for line in weights)
    conversation = explained.record["conversation"]
    yield f"{choice(conversation)}{registration(conversation, explained.record['decision']['verdict'])}:"
    yield from (f"    {line}" for line in alternatives(conversation, explained.grounds))


def _due(explained: Explained) -> Iterator[str]:
    reply = explained.record["reply"]
    if reply and reply["due"]:
        yield from counted(explained.record, explained.grounds)


def _letter(told: Json) -> Iterator[str]:
    message = told["message"]
    yield "\nСлова клиента (с номерами строк):" if told["decision"]["verdict"] is not None else "\nСлова поддержки:"
    words = told["facts"].get("text") or message["new_text"]
    yield from _numbered(words) if words.strip() else ("    (нет)",)
    if message["repaired"] or told["facts"].get("repaired"):
        yield f"  Исправлено при чтении: {clean(message['repaired'] or told['facts']['repaired'])}"
    if message["reply_to"]:
        yield f"  Отвечать просят на: {', '.join(clean(address['address']) for address in message['reply_to'])}"
    if kind := told["automatic"]["kind"]:
        because = "; ".join(map(clean, told["automatic"]["because"]))
        yield f"  Робот: {REASONS.get(kind, kind)}" + (f" — {because}" if because else "")
    for heading, text in (("Цитата", message["quoted_text"]), ("Подпись", message["signature"])):
        if text.strip():
            yield f"  {heading}: {excerpt(text)}"
    for file in message["attachments"]:
        problem = f" — не читается: {PROBLEMS.get(file['problem'], file['problem'])}" if file["problem"] else ""
        yield f"  Вложение: {clean(file['filename'])} ({clean(file['media_type'])}, {file['size']} байт){problem}"
        if file["text"] and file["text"].strip():
            yield f"      {excerpt(file['text'])}"
    for defect in message["defects"]:
        yield f"  Неправильно в письме: {clean(defect)}"


def _facts(found: Json) -> Iterator[str]:
    """What differs from an ordinary first message of a known person."""
    ordinary = {field.name: field.default for field in fields(Facts)}
    for name, value in found.items():
        if name in FIELDS and name not in _SHOWN_BEFORE and _plain(value) != _plain(ordinary[name]):
            yield fact(name, value)


def _draft(reply: Json | None) -> Iterator[str]:
    if reply is None or not reply["text"]:
        return
    yield f"\nТекст ответа «{reply['template']}»"
    yield f"    Тема: {clean(reply['subject'])}\n"
    yield _indented(reply["text"])


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Its lines under a heading; nothing where there are none."""
    for number, line in enumerate(lines):
        if not number:
            yield f"\n{heading}:"
        yield f"  {line}"


def _listed(heading: str, found: tuple[Difference, ...]) -> Iterator[str]:
    if not found:
        return
    yield f"  {heading}:"
    for each in found[:_DIFFERENCES]:
        yield f"    {each.field}: {plainly(each.stored)} → {plainly(each.now)}"
    if len(found) > _DIFFERENCES:
        yield f"    и ещё {len(found) - _DIFFERENCES}"


def _indented(text: str) -> str:
    return "\n".join(f"    {visible(line.expandtabs())}".rstrip() for line in masked(text).splitlines())


def _beginning(text: str) -> str:
    """What a person would read of it before he has seen enough."""
    shown = "\n".join(text[: _LINES * _WIDTH].splitlines()[:_LINES])
    return _indented(shown) + ("\n    […]" if len(shown) < len(text.rstrip()) else "")


def _numbered(text: str) -> Iterator[str]:
    """The same with the numbers of the lines, by which places are told."""
    beginning = masked(text[: _LINES * _WIDTH]).rstrip()
    for number, line in enumerate(beginning.split("\n")[:_LINES], 1):
        yield f"{number:>5}  {visible(line.expandtabs())}".rstrip()
    if beginning.count("\n") >= _LINES or len(beginning) < len(text.rstrip()):
        yield "    […]"


def _plain(value: Any) -> Any:
    """JSON has lists where Python has tuples."""
    return list(value) if isinstance(value, tuple) else value
