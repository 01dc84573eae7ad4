"""The outcome of a backtest for a support lead: what changes, by which rules, and for whom.

The trap is the figure without a face: "12 more rejections" means nothing until one has seen whose letters they are. So
each kind of change comes with letters, and every customer who would newly be rejected is named.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailtriage.commands.backtest import Backtest
from mailtriage.commands.lead_words import category_words, clean, verdict_words
from mailtriage.reply.documents import DOCUMENTS, TOPICS, Phrase
from mailtriage.reply.wording import local_time
from mailtriage.triage.comparison import Change, Outline, Pairs

_AGAINST = {
    "today": "Проверяются правила {0} против действующих {1}",
    "last": "Проверяются правила {0} против {1}, по которым решено последнее письмо: в папке правил лежат уже новые",
    "itself": "Проверяются правила {0}; они уже действуют, и видно будет лишь то, что записано иначе",
}
_NAMES = {
    "topics": "темы",
    "documents": "просим прислать",
    "counterparty": "запрос третьей стороне",
    "several_tasks": "несколько задач",
    "requests": "число просьб",
    "priority": "срочность",
    "tags": "пометки",
    "reply": "шаблон ответа",
    "says": "свои слова в ответе",
    "forwards": "копия уйдёт",
}
"""Fields of a decision beside verdict, category and queue."""
_WORDS_OF: Mapping[str, Mapping[str, str]] = {
    "topics": {key: topic.ru for key, topic in TOPICS.items()},
    "documents": {key: document.ru for key, document in DOCUMENTS.items()},
    "priority": {"low": "низкая", "normal": "обычная", "high": "высокая"},
}
"""Values of such fields that have words of their own; what leads name themselves is told as it is."""
_GRAVEST = {"verdict": 0, "category": 1, "queue": 2}
_TOLD_APART = frozenset({"verdict", "reason", "category", "queue"})
_REJECTED = 100
_SUBJECT, _WORDS = 60, 120


def sentences(done: Backtest, zone: str) -> Iterator[str]:
    """The outcome in lines; dates are those of `zone`, an IANA name."""
    yield from _about(done, zone)
    found = done.found
    if not found.messages:
        return
    yield from _section("Решения, было → стало", _matrix(found.verdicts, _cell))
    if _moved_only(found.categories):
        yield from _section("Вид обращения, было → стало", _matrix(found.categories, _category))
    if done.trial.against == "itself":
        yield from _section("Решения, записано → решится теперь", _matrix(_moved_only(found.recorded), _cell))
        categories = _matrix(_moved_only(found.recorded_categories), _category)
        yield from _section("Вид обращения, записано → решится теперь", categories)
    yield from _section("Письма в очередях людей", _queues(found.queues))
    others = {name: count for name, count in found.consequences.items() if name not in _TOLD_APART}
    yield from _section("Что ещё изменилось", (f"  {_NAMES.get(n, n)}: в {c}" for n, c in sorted(others.items())))
    yield from _section("Правила: срабатываний прибыло и убыло, решений прибыло и убыло", _rules(done))
    for kind in sorted(found.samples, key=lambda kind: (_GRAVEST.get(kind[0], len(_GRAVEST)), kind)):
        letters = (line for change in _by_time(found.samples[kind]) for line in _letter(change, zone))
        yield from _section(f"Например, {_kind(kind)}", letters)
    yield from _section("Кому впервые откажут", _listed(found.rejected, found.new_rejects, zone))
    yield from _section(
        f"Снова откажут, хотя отказ уже отменил человек, писем: {found.restored_rejects}",
        _listed(found.rejected_again, found.restored_rejects, zone),
    )


def _about(done: Backtest, zone: str) -> Iterator[str]:
    found, span, trial = done.found, done.span, done.trial
    if span.earliest is None or span.latest is None:
        yield "За это время не записано ни одного письма."
        return
    first, last = (f"{local_time(time, zone):%d.%m.%Y}" for time in (span.earliest, span.latest))
    yield f"Решено заново писем: {found.messages}, записанных с {first} по {last}"
    yield _AGAINST[trial.against].format(trial.candidate.version, trial.today.version)
    yield f"Изменится решений: {found.changed} ({_share(found.changed, found.messages)})"
    if found.new_rejects:
        yield f"Впервые будут отклонены, писем: {found.new_rejects}"
    if found.without_rules:
        yield f"Решено без правил и останется как есть: {found.without_rules}"
    if found.skipped:
        yield f"Не удалось решить заново (нет прежних данных), оставлено как есть: {found.skipped}"
    if found.drifted:
        yield f"Уже сейчас решено бы иначе, чем записано: {found.drifted} — с тех пор правила менялись"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Nothing where there is nothing to tell."""
    told = list(lines)
    if told:
        yield from ("", title, *told)


def _matrix(pairs: Pairs, words: Callable[[str], str]) -> Iterator[str]:
    """One line for each pair that occurs, the changed ones marked."""
    rows = sorted(pairs.items(), key=lambda row: (row[0][0] != row[0][1], row[0][0], -row[1]))
    width = max((len(words(old)) for (old, _), _ in rows), default=0)
    for (old, new), count in rows:
        mark = " " if old == new else "*"
        yield f"{mark} {words(old):<{width}} → {words(new)}: {count}"


def _cell(cell: str) -> str:
    verdict, _, reason = cell.partition(":")
    return verdict_words({"verdict": None if verdict == "outgoing" else verdict, "reason": reason or None})


def _category(category: str) -> str:
    return category_words(category or None) or "вид не определён"


def _moved_only(pairs: Pairs) -> Pairs:
    return {(old, new): count for (old, new), count in pairs.items() if old != new}


def _queues(queues: Mapping[tuple[str, str], int]) -> Iterator[str]:
    for queue, before, after in moved(queues):
        yield f"  {queue}: {before} → {after} ({after - before:+d})"


def moved(queues: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, int, int]]:
    """Queues that grow or shrink with their lengths before and after, what grows most first."""
    counts = (
        (name, queues.get((name, "before"), 0), queues.get((name, "after"), 0)) for name in {q for q, _ in queues}
    )
    yield from sorted((row for row in counts if row[1] != row[2]), key=lambda row: (row[1] - row[2], row[0]))


def _rules(done: Backtest) -> Iterator[str]:
    for rule in done.found.rules:
        decisions = f"; решений +{rule.decisions_gained} −{rule.decisions_lost}"
        told = decisions if rule.decisions_gained or rule.decisions_lost else ""
        yield f"  {rule.rule}: срабатываний +{rule.gained} −{rule.lost}{told}"


def _kind(kind: tuple[str, str, str]) -> str:
    what, old, new = kind
    if what == "verdict":
        return f"{_cell(old)} → {_cell(new)}"
    if what == "category":
        return f"вид обращения: {_category(old)} → {_category(new)}"
    if what == "queue":
        return f"очередь: {old or '—'} → {new or '—'}"
    return _NAMES.get(what, what)


def _by_time(changes: Iterable[Change]) -> Sequence[Change]:
    return sorted(changes, key=lambda change: (change.recorded_at, change.id))


def _letter(change: Change, zone: str) -> Iterator[str]:
    """Whose letter it is, and why it comes out otherwise."""
    yield from _heading(change, zone)
    named = {change.before.rule, change.after.rule}
    for sign, hits in (("+", change.gained), ("−", change.lost)):
        for hit in hits:
            if hit.rule not in named:
                yield f"      {sign} {_hit(hit.rule, hit.evidence)}"
    for name, old, new in change.consequences:
        if name not in _TOLD_APART:
            yield f"      {_NAMES.get(name, name)}: {_value(name, old)} → {_value(name, new)}"


def _listed(changes: Sequence[Change], total: int, zone: str) -> Iterator[str]:
    for change in changes[-_REJECTED:]:
        yield from _heading(change, zone)
    if total > _REJECTED:
        yield f"  … это последние {_REJECTED}; остальные покажет --json"


def _heading(change: Change, zone: str) -> Iterator[str]:
    day = local_time(change.recorded_at, zone)
    yield f"  {_name(change)}  {day:%d.%m.%Y}  {_cut(change.sender, _SUBJECT)}  {_subject(change)}"
    yield f"      {_outline(change.before)} → {_outline(change.after)}"


def _name(change: Change) -> str:
    """The registration number; what has none is found by its row number."""
    return f"№ {change.number}" if change.number else f"письмо {change.id}"


def _subject(change: Change) -> str:
    return f"«{_cut(change.subject, _SUBJECT)}»" if change.subject.strip() else "(без темы)"


def _outline(decided: Outline) -> str:
    words = _cell(decided.cell)
    kind = f", {_category(decided.category or '')}" if decided.category else ""
    return f"{words}{kind} ({_hit(decided.rule, decided.evidence)})" if decided.rule else f"{words}{kind}"


def _hit(rule: str, evidence: Sequence[str]) -> str:
    return _cut(f"{rule}: {', '.join(evidence)}" if evidence else rule, _WORDS)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, Phrase):
        return f"«{value.ru or value.en}»"
    if isinstance(value, tuple):
        return _cut(", ".join(_value(name, item) for item in value), _WORDS) or "—"
    return "—" if value is None else _cut(_WORDS_OF.get(name, {}).get(value, str(value)), _WORDS)


def _cut(text: str, most: int) -> str:
    cleaned = clean(text)
    return cleaned if len(cleaned) <= most else f"{cleaned[: most - 1]}…"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",")
