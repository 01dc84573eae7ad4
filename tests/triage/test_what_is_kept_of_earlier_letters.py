"""The gist of an earlier letter answers as the letter itself, and a flood of letters does not fill the memory."""

import pytest

from mailtriage.triage.gist import Gists, gist
from mailtriage.triage.matter import matter

LETTERS = (
    "",
    "Здравствуйте! Деньги так и не пришли, 7 200 рублей. Банк ответил, что перевод ушёл. Верните, пожалуйста.",
    "Можно ли закрыть кошелёк? Ещё раз списали семь тысяч двести рублей, снова с карты *4417.",
    "I want my money back, order 1234567. My bank says it was sent.",
    "ссылка 😀 \ud83d",
)


@pytest.mark.parametrize("text", LETTERS)
def test_it_answers_as_the_letter(text: str) -> None:
    whole, kept = matter(text), gist(text)
    assert kept.told == whole.told
    assert kept.named == whole.named
    assert kept.concepts == whole.concepts
    assert kept.wanted == whole.wanted
    assert kept.deeds == {deed.concept for deed in whole.deeds}
    assert kept.afresh == {mention.concept for mention in whole.afresh}
    assert kept.seeks_leave == bool(whole.permissions)
    assert kept.mentioned == whole.mentioned
    assert kept.told_numbers == whole.told_numbers
    assert kept.forms == {word.form for word in whole.where.words}
    assert kept.shingles == whole.shingles


def test_a_letter_is_taken_apart_once() -> None:
    assert gist(LETTERS[1]) is gist("".join(LETTERS[1]))


def test_a_flood_leaves_only_the_latest() -> None:
    gists = Gists(most=20_000)
    letters = [f"Не могу войти, код {number}. " + "Помогите. " * 400 for number in range(20)]
    for letter in letters:
        gists.of(letter)
    assert len(gists) == 20_000 // len(letters[-1])
    latest = [gists.of(letter) for letter in letters[-2:]]
    assert all(gists.of(letter) is found for letter, found in zip(letters[-2:], latest, strict=True))


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    gists = Gists(most=20_000)
    first = gists.of(LETTERS[1])
    for number in range(20):
        gists.of(f"Не могу войти, код {number}. " + "Помогите. " * 400)
        assert gists.of(LETTERS[1]) is first


def test_short_texts_count_too() -> None:
    gists = Gists(most=20_000)
    for number in range(200):
        gists.of(f"код {number}")
    assert len(gists) < 100
