"""A subject above an empty letter is read where it says what is wanted, and not where it only announces a letter."""

import pytest

from mailtriage.language.headline import says_what_is_wanted


@pytest.mark.parametrize(
    "subject",
    [
        "Где посмотреть историю операций",
        "Сколько идёт вывод на Сбер?",
        "Разблокируйте кошелёк",
        "Деньги не пришли",
        "Не приходит смс",
        "Где деньги?",
        "Хочу закрыть счёт",
        "kak smenit pochtu",
        "How do I change my phone number?",
    ],
)
def test_a_subject_that_asks_orders_or_tells_says_what_is_wanted(subject: str) -> None:
    assert says_what_is_wanted(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Фото",
        "Вопрос по оплате",
        "Чек оплаты",
        "Прошу рассмотреть обращение",
        "Помогите срочно!!!",
        "Посмотрите фото",
        "Отправляю документы",
        "Срочно ответьте",
        "Ну что там?",
        "Добрый день, прошу помочь",
        "help me please",
        "fdsgfdsg",
        "?????",
        "Re: Сколько идёт вывод на Сбер?",
    ],
)
def test_a_subject_that_announces_a_letter_says_nothing(subject: str) -> None:
    assert not says_what_is_wanted(subject)
