"""A phrase is looked for only where its letters stand, and found there as the list says."""

import pytest

from mailtriage.language import lexicon, phrases
from mailtriage.language.phrases import Phrases, Spoken
from mailtriage.language.text import looked_through

MENACES = Phrases("menaces.txt")
SCORN = Phrases("scorn.txt")


def spoken(listed: Phrases, text: str) -> list[Spoken]:
    return list(phrases.spoken(listed.possible(looked_through(text).holding), looked_through(text).sentences))


@pytest.mark.parametrize(("name", "listed"), [("menaces.txt", MENACES), ("scorn.txt", SCORN)])
def test_every_phrase_of_the_packaged_lists_names_its_letters(name: str, listed: Phrases) -> None:
    assert spoken(listed, "слово") == []
    assert all(line.partition("::")[0].strip() for line in lexicon.lines(name) if "::" in line)


def test_a_phrase_is_told_with_its_section_and_sentence() -> None:
    found = spoken(MENACES, "здравствуйте. вас найдут в канаве.")
    assert [(each.section, each.sentence) for each in found][:1] == [("outright", 1)]
    assert found[0].match[0] == "вас найдут в канаве"


def test_a_stem_in_one_sentence_does_not_help_another() -> None:
    assert not spoken(MENACES, "вас найдут. в канаве вода.")
