"""The gist of an earlier letter answers as the letter itself, and a flood of letters does not fill the memory."""

import pytest

from mailtriage.triage.gist import COUNTING, Gists, concepts_of, gist
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
    assert frozenset(kept.pairs) == whole.told
    assert kept.named == whole.named
    assert concepts_of([kept]) == whole.concepts
    assert set(kept.wanted) == whole.wanted
    assert set(kept.deeds) == {deed.concept for deed in whole.deeds}
    assert set(kept.afresh) == {mention.concept for mention in whole.afresh}
    assert kept.seeks_leave == bool(whole.permissions)
    assert set(kept.mentioned) == whole.mentioned
    assert set(kept.told_numbers) == whole.told_numbers
    assert all(kept.has_root(word.form) for word in whole.where.words)
    assert set(kept.counting) == COUNTING & {word.form for word in whole.where.words}
    assert frozenset(kept.triples) == whole.shingles


def test_a_letter_is_taken_apart_once() -> None:
    assert gist(LETTERS[1]) is gist("".join(LETTERS[1]))


def test_a_name_is_known_by_its_beginning() -> None:
    kept = gist("Пишет вам Шубина Ия, паспорт есть.")
    assert kept.has_root("шубиной")
    assert kept.has_root("ия")
    assert not kept.has_root("шубы")
    assert not kept.has_root("ии")
    assert not kept.has_root("убина")


def _invented(number: int) -> str:
    """A letter of forty words that no other letter has."""
    syllables = ("жу", "ба", "ми", "до", "ле", "хы", "ро", "зю", "ке", "пя")
    return " ".join("".join(syllables[int(digit)] for digit in f"{number:02}{at:02}") for at in range(40))


def test_a_flood_leaves_only_the_latest() -> None:
    gists = Gists(most=20_000)
    letters = [_invented(number) for number in range(12)]
    for letter in letters:
        gists.of(letter)
    assert 1 < len(gists) < 5  # each has forty words of its own, of 150 octets each
    latest = [gists.of(letter) for letter in letters[-2:]]
    assert all(gists.of(letter) is found for letter, found in zip(letters[-2:], latest, strict=True))


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    gists = Gists(most=20_000)
    first = gists.of(LETTERS[1])
    for number in range(20, 32):
        gists.of(_invented(number))
        assert gists.of(LETTERS[1]) is first


def test_short_texts_count_too() -> None:
    gists = Gists(most=20_000)
    for number in range(200):
        gists.of(f"код {number}")
    assert len(gists) < 60
