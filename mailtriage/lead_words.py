"""The words in which decisions are told to support leads, the same in every command and report.

The trap is the stranger's text beside them: an ESC in a subject could repaint or reprogram the terminal, a bidi
override could turn a line around, and a card number would be read by more people than it was told to. What a customer
wrote is printed only through `clean` or `visible`, and what stands in several lines through `masked` before.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mailtriage.language.cards import masked

VERDICTS: Mapping[str | None, str] = {
    "accept": "принято",
    "reject": "отклонено",
    "skip": "пропущено",
    "hold": "нужен человек",
    None: "наше письмо",
}
REASONS: Mapping[str, str] = {
    "unreadable": "нечитаемо",
    "anonymous": "анонимно",
    "abusive": "брань",
    "repeat": "повтор",
    "decided": "уже решено",
    "bounce": "недоставка",
    "auto_reply": "автоответ",
    "list": "рассылка",
    "receipt": "прочтение",
    "loop": "наше же письмо",
    "report": "жалоба",
    "duplicate": "вторая доставка",
    "official_request": "официальный запрос",
    "no_rule": "ни одно правило не подошло",
    "reader_failed": "не удалось прочитать",
    "triage_failed": "не удалось решить",
    "too_large": "слишком большое",
    "oversized": "слишком большое",
    "forged_own_address": "подделан наш адрес",
    "by_hand": "решил человек",
}
"""Of every verdict; a lead may invent reasons of a hold, which are told as they are."""
CATEGORIES: Mapping[str | None, str] = {
    "consultation": "консультация",
    "account_status": "блокировка или удаление",
    "claim": "претензия",
    "proposal": "предложение",
}
PROBLEMS: Mapping[str, str] = {
    "encrypted": "закрыто паролем",
    "damaged": "повреждено",
    "empty": "пусто",
    "blank": "пустая картинка",
    "blurred": "нечёткая картинка",
    "too_large": "слишком большое",
    "bomb": "распаковывается в слишком большое",
    "unsupported": "такие файлы программа не читает",
}
"""Why a file cannot be read."""
LINKS: Mapping[str, str] = {
    "number": "номеру в письме",
    "references": "ответу на прежнее письмо",
    "same matter": "тому же делу",
}
"""What tied a message to its conversation, after the word «по»."""
SILENCES: Mapping[str, str] = {
    "own address": "это наш собственный адрес",
    "automatic": "писал робот",
    "unsafe address": "на такой адрес писать небезопасно",
    "no-reply address": "этот адрес писем не принимает",
    "dmarc failed": "отправитель, похоже, подделан",
    "bounced": "на этот адрес письма не доходят",
    "told before": "об этом клиенту уже написали",
    "rate": "этому адресу сегодня уже достаточно писали",
}
"""Why a reply does not leave."""
STATUSES: Mapping[str, str] = {"open": "в работе", "decided": "решено", "closed": "закрыто"}
"""Of a conversation."""
DEEDS: Mapping[str, str] = {
    "closed": "закрыто",
    "decided": "записано итоговое решение",
    "split": "часть писем выделена в № {other}",
    "merged": "сюда перенесены письма № {other}",
}
"""What people do to a conversation; `other` is the second number."""
SOURCES: Mapping[str, str] = {"mailbox": "перемещением письма", "command": "командой"}
"""How a person decided."""


def verdict_words(decision: Mapping[str, Any]) -> str:
    """The decision in words: "принято", "отклонено: повтор"."""
    verdict, reason = decision.get("verdict"), decision.get("reason")
    word = VERDICTS.get(verdict, clean(verdict))
    return f"{word}: {REASONS.get(reason, clean(reason))}" if reason else word


def category_words(category: str | None) -> str:
    """The category in words, "" where none could be told."""
    return CATEGORIES.get(category, clean(category))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many decisions had one verdict."""

    verdict: str | None
    count: int
    detail: str
    """Reasons of what was not accepted, categories of what was, the most frequent first."""

    def __str__(self) -> str:
        return f"{VERDICTS.get(self.verdict, clean(self.verdict))}: {self.count}" + (
            f" ({self.detail})" if self.detail else ""
        )


def tally(decisions: Iterable[Mapping[str, Any]]) -> tuple[Tally, ...]:
    """Counts by verdict, in a fixed order; verdicts that did not occur are left out."""
    counts: Counter[str | None] = Counter()
    details: dict[str | None, Counter[str]] = {}
    for decision in decisions:
        verdict, reason, category = (decision.get(key) for key in ("verdict", "reason", "category"))
        counts[verdict] += 1
        if word := REASONS.get(reason, clean(reason)) if reason else category_words(category):
            details.setdefault(verdict, Counter())[word] += 1
    return tuple(
        Tally(verdict, counts[verdict], ", ".join(f"{word} {n}" for word, n in _sorted(details.get(verdict))))
        for verdict in [*VERDICTS, *sorted(counts.keys() - VERDICTS.keys(), key=str)]
        if counts[verdict]
    )


def clean(text: object) -> str:
    """A stranger's words as one harmless line."""
    return "" if text is None else visible(" ".join(str(text).split()))


def visible(text: str) -> str:
    """Without control, format (bidi), private-use and surrogate characters, line ends among them; cards are masked."""
    return masked("".join(character for character in text if unicodedata.category(character)[0] != "C"))


def _sorted(counter: Counter[str] | None) -> list[tuple[str, int]]:
    return counter.most_common() if counter else []
