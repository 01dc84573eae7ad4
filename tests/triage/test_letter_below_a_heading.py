"""A letter below a heading is taken apart as if nobody had seen it before: no word and no place comes out otherwise."""

import pytest

from mailtriage.triage.wording import MAX_CHARACTERS, wording

LETTERS = (
    "Деньги не пришли.\n\nВерните 1500 руб., пожалуйста!",
    "\u0301а что-\nто?",
    "блокиииировали и ещёёё раз",
    "İstanbul-\u2019 x\u00ady",
    "",
    "слово " * (MAX_CHARACTERS // 6),
)
HEADINGS = ("Возврат", "ещё", "Re: что-", "кто-то\u2019", "", "а\nб")


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("between", ["\n", ".\n\n", "-\n", "", " ", "-"])
def test_what_stands_below_a_heading_is_taken_apart_as_part_of_the_whole(letter, between):
    for heading in HEADINGS:
        text = f"{heading}{between}{letter}"
        assert wording(text, letter) == wording(text)


def test_a_heading_is_told_from_the_word_that_goes_on():
    """The same letters within a line are no letter below a heading: their first word begins before them."""
    assert wording("пере\nвод", "вод").words[-1].form == "вод"
    assert wording("перевод", "вод").words[-1].form == "перевод"
