"""Patterns of numbers find where figures stand what they would find if they were tried everywhere."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtriage.language import amounts, cards, dates, digits
from mailtriage.language.figures import AtFigures, Figures

PATTERNS = {
    name: pattern
    for room in (amounts, cards, dates, digits)
    for name, pattern in vars(room).items()
    if isinstance(pattern, AtFigures)
}
PIECES = (
    *"0123456789", "12", "2024", "79", "926", "4276 1234", "+", "+7", "(", ")", "-", ".", ",", ":", "/", " ", "  ",
    "\u00a0", "\n", "x", "руб", "rub ", "₽", "тыс", "ab", "ab-", "мая", "снилс", "\x01", "٣",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=40, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(text=texts)
def test_what_is_found_at_figures_is_all_there_is(name: str, text: str) -> None:
    pattern = PATTERNS[name]
    found = [match.span() for match in pattern.finditer(Figures(text))]
    assert found == [match.span() for match in re.finditer(pattern.pattern, text)]


@settings(max_examples=40, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(texts.filter(bool), st.data())
def test_what_is_taken_is_told_by_nobody_else(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    span = (first, data.draw(st.integers(first + 1, len(text))))
    figures = Figures(text)
    figures.take([span])
    assert figures.text == text[: span[0]] + re.sub(r"\S", "\x01", text[slice(*span)]) + text[span[1] :]
    assert [*figures.starts(1)] == [run.start() for run in re.finditer(r"\d+", figures.text)]
