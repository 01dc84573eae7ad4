"""Any form of a word has the lemma that a rule names."""

import pytest

from mailtriage.language.words import EXAMINED, fold, lemma, lemmas_of, words


@pytest.mark.parametrize(
    "forms",
    [
        ["кошелёк", "кошелька", "кошельку", "КОШЕЛЬКИ", "кошелек"],
        ["заблокировать", "заблокировали", "Заблокирован", "заблокированного", "заблокируют"],
        ["платёж", "платеж", "платежей", "платежами"],
        ["деньги", "денег", "деньгам"],
    ],
)
def test_every_form_of_a_word_has_one_lemma(forms: list[str]) -> None:
    assert len({lemma(form) for form in forms}) == 1


def test_a_homonym_is_found_under_each_of_its_lemmas() -> None:
    assert {"банк", "банка"} <= lemmas_of("банка")


def test_folding_never_moves_a_letter() -> None:
    text = "İстанбул ЁЛКА ß ﬁ"
    assert len(fold(text)) == len(text)
    assert "елка" in fold(text)


def test_places_point_at_the_words_as_given() -> None:
    text = "Верните, пожалуйста, онлайн-платёж!"
    assert [text[word.start : word.end] for word in words(text)] == ["Верните", "пожалуйста", "онлайн-платёж"]
    assert "платеж" in words(text)[-1].lemmas


def test_accents_and_soft_hyphens_do_not_hide_a_word() -> None:
    assert words("ко\u00adше\u0301лька")[0].lemma == "кошелек"


def test_a_hostile_length_is_cut() -> None:
    assert words("слово " * 100_000)[-1].end <= EXAMINED
