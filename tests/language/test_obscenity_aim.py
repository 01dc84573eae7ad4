"""Insults and threats count when they are aimed at the reader or the staff, and never when somebody else is meant."""

import pytest

from mailtriage.language.obscenity import find_rudeness


@pytest.mark.parametrize(
    "text",
    [
        "Сборище дебилов и тупиц",
        "Вот уроды",
        "Урод конченый",
        "Ваша сотрудница тупая овца",
        "Верните деньги, мерзавцы",
        "Гореть вам в аду",
        "Чтоб у вас руки отсохли",
        "Идите на три буквы",
        "Чмо",
    ],
)
def test_insults_are_found_in_all_forms(text: str) -> None:
    assert find_rudeness(text).insults


@pytest.mark.parametrize(
    "text",
    [
        "Я вас найду",
        "Убью.",
        "Я бы вас придушил",
        "Расстрелял бы вас",
        "Вам не жить",
        "По роже бы вам",
        "Яйца оторву",
        "Из-под земли вас достану, ноги переломаю",
        "Размажу по стене",
    ],
)
def test_threats_are_found_in_all_forms(text: str) -> None:
    assert find_rudeness(text).threats


@pytest.mark.parametrize(
    "text",
    [
        "Мне звонил мошенник. Сволочь!",
        "Вот дурак, не сохранил чек",
        "Вот дурак!",
        "Где я вас найду на карте?",
        "Уничтожу вашу репутацию отзывами",
        "Дурака валяет ваш банк",
        "Я не убью вас критикой, но ответьте",
        "Соси леденцы от кашля, сказал врач",
    ],
)
def test_nobody_at_the_desk_is_meant(text: str) -> None:
    rudeness = find_rudeness(text)
    assert not rudeness.insults + rudeness.threats + rudeness.obscenities


@pytest.mark.parametrize(
    "text", ["cert.pem", "GPL", "Vint Cerf", "Xue Lin", "Khujand", "EBITDA", "ебитда", "Пидручный"]
)
def test_names_and_terms_are_no_obscenity_on_the_wrong_keyboard(text: str) -> None:
    assert not find_rudeness(f"В письме стоит {text} и дата").obscenities


@pytest.mark.parametrize("text", ["пошёл на х", "на х..", "бл… сколько ждать", "3,14здец", "бл я ть"])
def test_a_word_that_is_cut_off_or_torn_is_still_said(text: str) -> None:
    assert find_rudeness(text).obscenities


@pytest.mark.parametrize(
    "text",
    [
        "У меня есть ружьё.\nЗнаю, где ваш офис.",
        "Я вычислил, где вы сидите и когда\nрасходитесь по домам.",
        "Берегите свои семьи, больше ничего не скажу",
        "Приеду с друзьями, разговор будет короткий",
    ],
)
def test_two_hints_make_a_threat_though_a_line_is_broken_between(text: str) -> None:
    assert find_rudeness(text).threats


@pytest.mark.parametrize(
    "text",
    [
        "У меня есть ружьё.",
        "Знаю, где ваш офис.",
        "Знаю, где ваш офис, у меня есть нож, купленный в магазине, вот чек",
        "Берегите себя и свои семьи",
        "Приеду с друзьями, разговор будет короткий: у нас заявление",
        "Меня запугивают. Знаю, где ты живёшь, и у меня есть нож, вот что пишут",
    ],
)
def test_one_hint_alone_or_a_civil_purpose_is_no_threat(text: str) -> None:
    assert not find_rudeness(text).threats


@pytest.mark.parametrize(
    "text", ["Оператор Баран не перезвонил", "Спасибо менеджеру Козлу Петру", "Ваша Овца Анна права"]
)
def test_a_surname_is_no_beast(text: str) -> None:
    assert not find_rudeness(text).insults


def test_the_evidence_is_the_words_as_they_were_written() -> None:
    text = "Здравствуйте. Передайте Вашей Оксане, что она КОРОВА. ХОДИТЕ и\nоглядывайтесь."
    rudeness = find_rudeness(text)
    assert rudeness.insults == ("КОРОВА",)
    assert rudeness.threats == ("ХОДИТЕ и\nоглядывайтесь", "оглядывайтесь")
