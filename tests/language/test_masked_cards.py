"""Masking hides all of a card but its tail, keeps the length, and leaves every other number alone."""

from time import process_time

import pytest

from mailtriage.language.cards import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("карта 4111111111111111.", "карта ************1111."),
        ("4111.1111.1111.1111", "****.****.****.1111"),
        ("4111 1111\n1111 1111", "**** ****\n**** 1111"),
        ("4111 1111 1111 1111 123", "**** **** **** 1111 ***"),
        ("две: 4111111111111111 и 5500 0000 0000 0004", "две: ************1111 и **** **** **** 0004"),
    ],
)
def test_a_card_is_hidden_but_for_its_tail(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    ["+7 900 000-12-34", "40817810099910004312", "платёж 6650914427", "1 000 000 рублей", "28.08.2026 14:30", "",
     "2021 2022 2023 2024", "операция 5123456789012345", "26-000123", "1234 5678"],
)  # fmt: skip
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("piece", ["1", "4 ", "4111 ", "4111.1111 ", "карт 4", "\u00a04-"])
def test_masking_takes_linear_time(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    started = process_time()
    assert len(masked(text)) == len(text)
    assert process_time() - started < 5
