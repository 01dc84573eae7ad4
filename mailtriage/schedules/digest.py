"""What the leads are told each morning, in words: how things stand, and what is overdue.

The trap is the letter that nobody reads any more: it says what somebody must do first, leaves out what is empty, and
names a customer's matter by its number alone, for mail is read on telephones in trams.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from mailtriage.lead_words import CATEGORIES, REASONS, VERDICTS, clean
from mailtriage.reply.wording import local_time, plural
from mailtriage.schedules.report import Line, Report, Section
from mailtriage.store.duty import Digest, Late

_Name = TypeVar("_Name", str, str | None)
_KINDS = {"reply": "ответ клиенту", "forward": "копия коллегам", "report": "отчёт"}
_STATES = {"buried": "не ушло", "unconfirmed": "неизвестно, ушло ли"}


def digest(found: Digest, *, rules: str, time_zone: str) -> Report:
    """The daily digest; `rules` is the version of the rules in use."""
    since, until = (local_time(moment, time_zone) for moment in (found.since, found.until))
    counts = _by_verdict(found)
    recorded = sum(count for (verdict, _), count in found.verdicts.items() if verdict)
    waiting = [(clean(queue) if queue else "без очереди", str(count)) for queue, count in _largest(found.waiting)]
    stuck = [
        (f"{_KINDS.get(kind, kind)}: {_STATES.get(status, status)}", str(count))
        for (kind, status), count in sorted(found.stuck.items())
    ]
    sections = [
        Section("Требует внимания", list(_attention(found, time_zone)), "Ничего срочного."),
        Section(f"Получено писем: {recorded}", counts, "Новых писем не было."),
        Section(f"Ждут ответа: {sum(found.waiting.values())}", waiting, "Никто не ждёт."),
        Section("Письма, которые не ушли или о которых ничего не известно", stuck + list(_rows(found))),
        Section("Программа", [("правила", rules), ("отчёт за время", f"{since:%d.%m %H:%M} — {until:%d.%m %H:%M}")]),
    ]
    return Report("digest", f"Поддержка: сводка на {until:%d.%m.%Y}", sections)


def overdue(count: int, late: Sequence[Late], *, now: datetime, time_zone: str) -> Report:
    """The report on what is overdue; `late` are the longest overdue of `count`."""
    today = local_time(now, time_zone).date()
    lines: list[Line] = [
        (
            f"№ {each.number}",
            f"срок {each.due:%d.%m.%Y}",
            _days((today - each.due).days),
            CATEGORIES.get(each.category, "вид не определён"),
            clean(each.queue),
            "срок уже продлевали" if each.extended else "",
        )
        for each in late
    ]
    heading = f"{_conversations(count)} без ответа после обещанного дня"
    more: list[Line] = [("", f"и ещё {count - len(late)}", "", "", "", "")] if count > len(late) else []
    return Report("overdue", f"Поддержка: просрочено {count}", [Section(heading, lines + more)])


def _attention(found: Digest, time_zone: str) -> Iterator[Line]:
    if found.overdue:
        yield "просрочены", str(found.overdue)
    if found.due_soon:
        yield "срок сегодня или в следующий рабочий день", str(found.due_soon)
    if found.extended:
        yield "срок продлён, клиентам написали", str(found.extended)
    if held := sum(count for (verdict, _), count in found.verdicts.items() if verdict == "hold"):
        yield "писем отложено: нужен человек", str(held)
    for since, until in found.stopped:
        told = f"{local_time(since, time_zone):%d.%m %H:%M} — {local_time(until, time_zone):%H:%M}"
        yield "ответы стояли: за час их ушло слишком много", told


def _by_verdict(found: Digest) -> list[Line]:
    """Each verdict with its sum, and below it its reasons."""
    lines: list[Line] = []
    for verdict, word in VERDICTS.items():
        reasons = {reason: count for (of, reason), count in found.verdicts.items() if of == verdict}
        if reasons:
            # Support's own are not received, and are counted beside.
            lines.append((word if verdict else "писем самой поддержки", str(sum(reasons.values()))))
        lines += [
            (f"— {REASONS.get(reason, clean(reason))}", str(count)) for reason, count in _largest(reasons) if reason
        ]
    return lines


def _rows(found: Digest) -> Iterator[Line]:
    for row in found.shown:
        number = f", № {row.number}" if row.number else ""
        yield f"строка {row.id} в outbox list{number}", _STATES.get(row.status, row.status)


def _largest(counts: Mapping[_Name, int]) -> list[tuple[_Name, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or ""))


def _conversations(count: int) -> str:
    return f"{count} {plural(count, 'обращение', 'обращения', 'обращений')}"


def _days(count: int) -> str:
    return f"{count} {plural(count, 'день', 'дня', 'дней')}"
