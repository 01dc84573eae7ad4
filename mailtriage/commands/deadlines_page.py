"""What a replay of promises found, as lines and a small table for a lead, and as JSON.

The trap is a table without an answer: a lead wants to know whether to change something, and what to write where.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from mailtriage.commands.deadlines import ENOUGH, GOAL, LIMIT, NOW, TOLD, UNMEASURED, Kept, Replayed, Today
from mailtriage.commands.lead_words import CATEGORIES
from mailtriage.reply.wording import plural

HEADINGS = ("Как обещать", "Сдержано", "Обещано в среднем, раб. дн.", "Обещаний")
TODAY = ("Вид обращения", "Норма, раб. дн.", "На деле", "Обещаем")
_WORDS = {
    NOW: "как настроено сейчас",
    TOLD: "как обещали на деле",
    UNMEASURED: "только нормы, без измерений",
    LIMIT: "всем по предельному сроку",
}


def rows(found: Replayed) -> Iterator[tuple[str, ...]]:
    """What was really told first, then the settings of now, in all and by category, then the others."""
    for name in (TOLD, NOW):
        yield _row(_words(name), found.settings[name])
    for category, kept in sorted(found.categories.items(), key=lambda item: str(item[0])):
        yield _row(f"  {CATEGORIES.get(category, 'вид не определён')}", kept)
    for name, kept in found.settings.items():
        if name not in {TOLD, NOW}:
            yield _row(_words(name), kept)


def summary(found: Replayed) -> Iterator[str]:
    """What was counted, and what follows from it."""
    begin = f"с {found.since:%d.%m.%Y} " if found.since else ""
    counted = found.settings[NOW].promises
    yield f"Обещания {begin}по {found.until:%d.%m.%Y}: {counted}; ещё рано судить: {found.too_early}."
    if found.every > 1:
        yield f"Обращений много, поэтому посчитано каждое {found.every}-е."
    yield advice(found)


def advice(found: Replayed) -> str:
    """What a lead should do, in a sentence or two."""
    now, best, wanted = found.settings[NOW], found.best, _percent(GOAL)
    if now.promises < ENOUGH:
        return f"Для совета данных мало: нужно хотя бы {ENOUGH} обещаний, по которым срок уже прошёл."
    if best is None and (found.settings[LIMIT].share or 0) < GOAL:
        return (
            f"Ни одна настройка не держит {wanted}: отвечают дольше, чем разрешает предел. "
            "Помогут не другие сроки, а больше ответов в день."
        )
    if best is None:
        return f"Ни одна из этих настроек не держит {wanted}: увеличьте нормы сильнее (в настройках deadlines: days)."
    if (now.share or 0) >= GOAL:
        shorter = (now.mean_days or 0) - (found.settings[best].mean_days or 0)
        if shorter < 0.5:  # noqa: PLR2004 - half a day, below which nobody notices
            return f"Нынешние настройки держат {wanted}. Менять ничего не нужно."
        return (
            f"Нынешние настройки держат {wanted}. Можно обещать короче, в среднем на {_number(shorter)} раб. дн.: "
            f"{_how(best)}."
        )
    return f"Нынешние настройки не держат {wanted}. Поможет такая: {_how(best)}."


def today_rows(days: Iterable[Today]) -> Iterator[tuple[str, ...]]:
    """A row for each category."""
    for day in days:
        measured = "мало данных" if day.measured is None else _number(day.measured)
        yield CATEGORIES.get(day.category or None, "вид не определён"), str(day.norm), measured, str(day.promised)


def record(found: Replayed) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat(),
        "goal": GOAL,
        "every": found.every,
        "too_early": found.too_early,
        "settings": [{"name": name} | _kept(kept) for name, kept in found.settings.items()],
        "categories": [{"category": name} | _kept(kept) for name, kept in found.categories.items()],
        "best": found.best,
        "advice": advice(found),
    }


def _kept(kept: Kept) -> dict[str, Any]:
    share, days = kept.share, kept.mean_days
    return {
        "promises": kept.promises,
        "kept": None if share is None else round(share, 4),
        "mean_days": None if days is None else round(days, 2),
    }


def _row(words: str, kept: Kept) -> tuple[str, ...]:
    if kept.share is None or kept.mean_days is None:
        return words, "—", "—", "0"
    return words, _percent(kept.share), _number(kept.mean_days), str(kept.promises)


def _words(name: str) -> str:
    kind, _, value = name.partition(" ")
    match kind:
        case "kept":
            return f"по измеренному сроку для {_percent(float(value))} ответов"
        case "days":
            days = int(value)
            more = "длиннее" if days > 0 else "короче"
            return f"нормы на {abs(days)} {plural(abs(days), 'день', 'дня', 'дней')} {more}"
    return _WORDS[name]


def _how(name: str) -> str:
    """What to write into the configuration."""
    kind, _, value = name.partition(" ")
    if kind == "kept":
        return f"{_words(name)} (в настройках deadlines: kept: {value})"
    if kind == "days":
        return f"{_words(name)} (в настройках deadlines: days)"
    return _words(name)


def _percent(share: float) -> str:
    """Rounded down: 89.96 % are not 90 %."""
    return f"{_number(int(share * 1000 + 1e-9) / 10)} %"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")
