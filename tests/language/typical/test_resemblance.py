"""What a letter resembles: the table belongs to the letters, and they teach about letters that they do not hold."""

import random

import pytest
from count_words import TABLE, digest, letters, table

from mailtriage.language import lexicon
from mailtriage.language.asking import asking
from mailtriage.language.resemblance import KINDS, Kind, Resemblance, Vocabulary, vocabulary
from mailtriage.language.sounding import sounding


def judged(letter: str, by: Vocabulary | None = None) -> Resemblance:
    subject, _, body = letter.partition("\n")
    return (by or vocabulary()).resemblance(letter, f"{subject}\n{asking(body)}")


def test_the_table_was_counted_from_these_letters() -> None:
    assert f"# letters: {digest()}" in TABLE.read_text(encoding="utf-8")
    first, *rows = lexicon.lines("typical_words.txt")
    assert first == "letters " + " ".join(str(len(letters(kind))) for kind in KINDS)
    written = [row for row in TABLE.read_text(encoding="utf-8").splitlines() if row and not row.startswith("# ")]
    assert rows == written[1:], "a row that is read as a comment teaches nothing"


def test_letters_teach_about_letters_that_they_do_not_hold() -> None:
    taught: dict[Kind, list[str]] = {}
    unseen: list[tuple[Kind, str]] = []
    for kind in KINDS:
        mixed = random.Random(kind).sample(  # noqa: S311 - a shuffle, no secret
            letters(kind), len(letters(kind))
        )
        taught[kind], rest = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        unseen += [(kind, letter) for letter in rest]
    half = Vocabulary([len(texts) for texts in taught.values()], table(taught))

    found = [(kind, judged(letter, half)) for kind, letter in unseen]

    assert sum(each.kind == kind for kind, each in found) / len(found) > 0.8  # the commonest kind alone: 0.31
    sure = [each.kind == kind for kind, each in found if each.share >= 90]
    assert len(sure) > len(found) / 3
    assert sum(sure) / len(sure) > 0.95


@pytest.mark.parametrize(
    ("letter", "kind", "word"),
    [
        ("Вопрос\nПодскажите, через что удобнее пополнять кошелёк из Казахстана?", "consultation", "подсказать"),
        ("Предложение\nПридлагаю зделать тёмную тему, глаза устают", "proposal", "предложение"),
        ("РАЗМАРОЗЬТЕ\nучетка замарожена зашто не знаю", "account_status", "разморозить"),
        ("Деньги\nВирните диньги, списали дважды", "claim", "дважды"),
    ],
)
def test_a_letter_is_told_by_its_words_also_as_they_are_heard(letter: str, kind: str, word: str) -> None:
    found = judged(letter)
    assert found.kind == kind
    assert found.share >= 50
    assert word in found.because


def test_words_that_no_letter_knows_say_nothing() -> None:
    assert vocabulary().resemblance("123 xyzzy", "") == Resemblance(None, 0)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("придлажение", "предложение"), ("замарожена", "заморожена"), ("дагавор", "договор"), ("палучил", "получил")],
)
def test_what_sounds_alike_has_one_key(written: str, meant: str) -> None:
    assert sounding(written) == sounding(meant)


def test_other_words_have_other_keys() -> None:
    assert len({sounding(word) for word in ("кошелек", "счет", "вывод", "перевод", "пополнение", "возврат")}) == 6
