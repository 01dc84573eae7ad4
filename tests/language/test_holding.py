"""A text holds what its words hold, and what it does not hold need not be looked for."""

import re
from functools import reduce
from operator import or_

import pytest

from mailtriage.language.holding import ALL, Needs, held_by
from mailtriage.language.needed import needed
from mailtriage.language.words import fold

STEMS = Needs(lambda: [frozenset(("верн", "спис")), frozenset(("№",))])
WORDS = Needs(words=lambda: [frozenset(("кошелек", "сотню"))])
EITHER_CASE = Needs(lambda: [frozenset(("kiss",))], caseless=True)


def held(text: str) -> int:
    """What all pieces of a text hold together."""
    return reduce(or_, held_by(text.split()), 0)


@pytest.mark.parametrize(
    ("text", "stems", "words"),
    [
        ("Верните по заявке №5", True, False),
        ("Верните по заявке", False, False),
        ("№ 5", False, False),
        ("С кошельков списали по №12", True, True),
        ("со\u00adтню", False, True),
        ("сотней", False, False),
        ("", False, False),
        ("вер ните №", False, False),
        (f"{'я' * 500}верну№", True, False),
    ],
)
def test_letters_stand_within_a_word_and_words_by_their_normal_form(text: str, *, stems: bool, words: bool) -> None:
    assert STEMS.met(held(fold(text))) is stems
    assert WORDS.met(held(fold(text))) is words


def test_a_text_that_was_not_looked_through_may_hold_everything() -> None:
    assert STEMS.met(ALL)
    assert WORDS.met(ALL)


def test_who_asks_later_is_answered_of_words_seen_before() -> None:
    assert not STEMS.met(held("поздно"))

    late = Needs(lambda: [frozenset(("позд",))])

    assert late.met(held("поздно"))


def test_what_needs_nothing_may_be_in_every_text() -> None:
    assert Needs().met(held(""))


def test_letters_that_are_one_where_case_does_not_matter_hold_each_other() -> None:
    assert re.search("kiss", "\u212aiſS", re.IGNORECASE)

    assert EITHER_CASE.met(held(fold("\u212aiſS")))
    assert not STEMS.met(held(fold("\u212aiſS")))


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"\bвер(?:ни|ну)\w*", [{"верни", "верну"}]),
        (r"сч[её]т\w* .{0,9}номер", [{"счет"}, {"номер"}]),
        (r"да|\w+ нет", [{"да", "нет"}]),
        (r"(?:на )?месте", [{"месте"}]),
        (r"f(?:u|\*)+", [{"fu", "f*"}]),
        (r"с(?:ать|ал\w*|ы+т)", [{"сать", "сал", "сы"}, {"ать", "ал", "ыт"}]),
        (r"вы (?:и\w+|\w+о) пишет", [{"вы"}, {"пишет"}]),
        (r"(?:да|нет) (?:\w+ )?да", [{"да"}]),
        (r"(?:да|не){2}т", [{"да", "не"}, {"дат", "нет"}]),
        (r"(?=да)\d+|нет", []),
        (r"а|да", []),
        (r"[^а]б?", []),
    ],
)
def test_needed_is_what_every_way_of_a_pattern_has(pattern: str, letters: list[set[str]]) -> None:
    assert list(needed(pattern)) == letters
