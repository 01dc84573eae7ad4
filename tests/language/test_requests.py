"""Two requests are two pieces of work, not two question marks."""

import pytest

from mailtriage.language.requests import find_requests


@pytest.mark.parametrize(
    "text",
    [
        "Почему заблокировали кошелёк? Разблокируйте, пожалуйста.",
        "Верните деньги и извинитесь.",
        "Когда придут деньги? Сколько можно ждать?",
        "1. Зашёл в кабинет. 2. Нажал вывести. 3. Деньги не пришли. Что делать?",
        "Не могу войти в кабинет. Пароль не подходит. Как восстановить доступ?",
        "25.08. оплатил 1000. 26.08. не пришло. Разберитесь",
        "Удалите мой аккаунт и все мои данные.",
        "Заблокировали счёт с деньгами. Откройте его и верните остаток.",
        "верните 700 р",
    ],
)
def test_one_matter_is_one_request(text: str) -> None:
    assert len(find_requests(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1) Как поменять телефон? 2) Верните комиссию 50 рублей.",
        "а) чем отличаются тарифы, б) куда звонить при утере телефона?",
        "Разблокируйте кошелёк. Ещё вопрос: как привязать карту?",
        "Верните платёж. А заодно пришлите справку об операциях.",
        "Прошу вернуть 500 рублей. Также прошу отключить смс-рассылку.",
        "Как пополнить через СБП? Можно ли отключить уведомления?",
        "I need to replace the e-mail and to switch the language",
    ],
)
def test_separate_matters_are_separate_requests(text: str) -> None:
    assert len(find_requests(text)) == 2


def test_a_request_is_told_in_the_writers_words_and_shortened() -> None:
    (request,) = find_requests("Верните   платёж " + "очень " * 100)
    assert request.text.startswith("Верните платёж очень")
    assert len(request.text) == 200


def test_nothing_asks_for_nothing() -> None:
    assert find_requests("!!! 123") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Имею два скромных предложения. (а) Писать в смс имя получателя. (б) Убрать звук при входе.",
        "Было бы хорошо:\n- тёмный фон;\n- чтоб история шла по суммам",
        "Беда первая: перевод не дошёл. Беда вторая: сменить почту нечем",
        "История первая, моя. Доступ закрыт. История вторая, брата: как ему получать письма?",
        "Please return the fee. There is another, older thing: the receipt never came.",
    ],
)
def test_what_is_counted_out_or_listed_as_wishes_is_several(text: str) -> None:
    assert len(find_requests(text)) > 1


def test_an_alternative_that_ends_with_the_second_is_one_request() -> None:
    assert len(find_requests("Либо надпись уберите, либо деньги назад. Я за второе. Кошелёк 9000004471")) == 1
