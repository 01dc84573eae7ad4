"""Bad Russian is Russian; keyboard mash is not."""

import random

import pytest

from mailtriage.language.legibility import judge

_RIGHT = "йцукенгшщзхъфывапролджэячсмитьбюё"
_WRONG = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"

_CLEAN = [
    "Здравствуйте! Деньги не пришли на карту, помогите разобраться.",
    "не могу зайти в кабинет пишет ошибку",
    "верните 700р",
    "Ок",
    "ЦУПИС",
    "И фото вот.",
    "здрасте а чо деньги не зашли то",
    "прастите памагите вирнуть платёш не прешол",
    "ВЕРНИТЕ ДЕНЬГИ СРОЧНО",
    "Где??????",
    "Как вывести на Visa или Mastercard через Fonbet и Winline, PayPal?",
]


@pytest.mark.parametrize("text", _CLEAN)
def test_clean_slangy_and_misspelt_russian_is_legible_and_untouched(text: str) -> None:
    verdict = judge(text)
    assert (verdict.legible, verdict.script, verdict.readable) == (True, "russian", text)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("... !!!", "punctuation alone"),
        ("?????? ?? ??????, ??? ??????", "question marks instead of letters"),
        ("фывапролд йцукен ячсмит", "random keys"),
        ("gfhgfh dfdsf sdfsdf lkjlkj", "random keys"),
        ("qwelk bqwo qpwoe zmxnc lkjhg", "random keys"),
        ("Ïîìîãèòå âåðíóòü äåíüãè", "broken encoding"),
        ("\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd\ufffd 12", "broken encoding"),
    ],
)
def test_what_nobody_can_read_is_illegible_with_its_reason(text: str, because: str) -> None:
    assert (judge(text).legible, judge(text).because) == (False, because)


def test_a_q_before_a_vowel_or_at_the_end_is_a_name() -> None:
    assert judge("Iraq Qatar Haqqani Tariq").legible
    assert judge("Qi Qian, Iqbal Faruq").legible


def test_random_keys_are_told_whatever_the_keys() -> None:
    chance = random.Random(7)  # noqa: S311 - a fixed sequence, no secret
    mashes = [" ".join("".join(chance.choices(_RIGHT, k=chance.randint(5, 10))) for _ in range(5)) for _ in range(60)]
    assert sum(not judge(mash).legible for mash in mashes) >= 57


@pytest.mark.parametrize(
    "text", ["верните деньги на карту", "как повысить лимит перевода", "не приходит код подтверждения"]
)
def test_a_wrong_keyboard_layout_is_undone(text: str) -> None:
    verdict = judge(text.translate(str.maketrans(_RIGHT, _WRONG)))
    assert (verdict.legible, verdict.script, verdict.readable) == (True, "layout", text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Dengi ne prishli, pomogite", "Деньги не пришли, помогите"),
        ("pojaluista vernite platezh", "пожалуйста верните платеж"),
        ("ya ne mogu voyti v lichniy kabinet", "я не могу войти в личный кабинет"),
    ],
)
def test_transliteration_is_undone(typed: str, meant: str) -> None:
    verdict = judge(typed)
    assert (verdict.legible, verdict.script, verdict.readable) == (True, "translit", meant)


def test_a_code_survives_the_undoing() -> None:
    assert "OUT-20093" in judge("ne prishel perevod OUT-20093, pomogite").readable


@pytest.mark.parametrize(
    "text",
    [
        "I can not log in, it says wrong code.",
        "Please return my money to the card",
        "Guten Tag, ich möchte mein Konto löschen",
    ],
)
def test_other_languages_are_legible_as_they_stand(text: str) -> None:
    verdict = judge(text)
    assert (verdict.legible, verdict.script, verdict.readable) == (True, "english", text)


def test_a_number_alone_is_legible_and_of_no_language() -> None:
    assert (judge("6150, OUT-20093").legible, judge("6150, OUT-20093").script) == (True, "none")
