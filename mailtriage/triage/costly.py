"""Patterns that say more than they mean, or cost more than they find.

RE2 keeps every pattern linear in the text, so that none can stall; the trap that is left is size, for a counted
repetition is written out, and `.*` at an end only makes the evidence longer than what was meant.
"""

from collections.abc import Iterator
from typing import Any, Final

import re2

from mailtriage.errors import Place, Told
from mailtriage.triage.clauses import leaves
from mailtriage.triage.finding import Finding
from mailtriage.triage.rule import Rule

_LARGE: Final = 2_000
"""Instructions of RE2; a long ordinary pattern has a few hundred."""


def pattern_findings(rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Of every pattern of every rule."""
    for rule in rules:
        if rule.written is None:
            continue
        for key in ("when", "unless"):
            for path, _, operator, value in leaves(rule.written.value.get(key)):
                if operator == "matches":
                    entries = enumerate(value) if isinstance(value, list) else [(None, value)]
                    for index, item in entries:
                        at = (key, *path) if index is None else (key, *path, index)
                        yield from _judged(str(item), rule.written.place(*at), rule.name)


def _judged(pattern: str, place: Place, rule: str) -> Iterator[Finding]:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        compiled: Any = re2.compile(pattern, options=options)
    except re2.error:
        return  # a list's name; what is no pattern does not load
    if compiled.search(""):
        text = Told(
            f'the pattern "{pattern}" matches every text, an empty one too',
            f"выражение «{pattern}» подходит к любому тексту, даже к пустому",
        )
        yield Finding(place, text, "warning", "pattern", rule)
    elif pattern.startswith(_IDLE) or pattern.endswith(_IDLE):
        text = Told(
            f'`.*` at an end of "{pattern}" changes nothing but the evidence: leave it out',
            f"`.*` на краю выражения «{pattern}» ничего не меняет: уберите его",
        )
        yield Finding(place, text, "warning", "pattern", rule)
    if compiled.programsize > _LARGE:
        text = Told(
            f"the pattern is costly ({compiled.programsize} steps): ask with `words`, or make the repetition shorter",
            f"выражение слишком дорогое ({compiled.programsize} шагов): спросите через `words` или укоротите повторы",
        )
        yield Finding(place, text, "warning", "pattern", rule)


_IDLE: Final = (".*", ".*?", ".+", ".+?")
