"""What is told only to say that it is no trouble counts for nothing; trouble that is half over stays."""

import pytest

from mailtriage.language.settled import undenied, unsettled
from mailtriage.language.text import looked_through


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Деньги не пропали. Где лежит чек?", " Где лежит чек?"),
        ("Ничего не списали, просто любопытно", " просто любопытно"),
        ("Претензий не имею, нужен тариф.", " нужен тариф."),
        ("Я не прошу вернуть деньги. Объясните тариф.", " Объясните тариф."),
        ("Не деньги прошу вернуть, а закрыть кошелёк.", " а закрыть кошелёк."),
        ("Весной меня заблокировали, через день разобрались. Сделайте шрифт крупнее.", " Сделайте шрифт крупнее."),
        ("Платёж завис, но деньги потом пришли.", "Платёж завис, но деньги потом пришли."),
        ("Платёж завис, деньги потом пришли, спасибо! Добавьте поиск.", " Добавьте поиск."),
        ("Блокировку вчера сняли, спасибо. Как сменить номер?", " Как сменить номер?"),
        ("Деньги на месте. Как их вывести?", " Как их вывести?"),
        ("Платёж, который застрял в среду, дошёл, спасибо. Какой лимит?", " Какой лимит?"),
        ("Деньги, которых я так ждал, дошли наконец. Какой лимит?", " Какой лимит?"),
        ("Nothing was lost. How do I log in?", " How do I log in?"),
    ],
)
def test_what_is_over_or_denied_is_left_out(text: str, left: str) -> None:
    assert unsettled(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Вернули через неделю, но не всё.",
        "Банк пишет, что деньги вернули через день.",
        "Деньги не пришли.",
        "Кошелёк не открывается.",
        "Пополнил, и ничего не пришло.",
        "Почему не хотите вернуть деньги?",
        "Когда уже вернули бы?",
        "Обещали, что через день деньги пришли бы.",
        "Блокировку сняли, а через день снова поставили.",
        "Контора отвечает, что претензий нет.",
        "Требую вернуть деньги.",
        "Деньги, которые застряли в среду, не дошли, спасибо вам за это.",
        "Деньги, которые обещали, так и не пришли.",
    ],
)
def test_trouble_that_is_not_over_stays(text: str) -> None:
    assert unsettled(text) == text


def test_nothing_is_left_out_where_nothing_else_is_said() -> None:
    assert unsettled("Деньги дошли, спасибо, вопрос закрыт.") == "Деньги дошли, спасибо, вопрос закрыт."
    assert unsettled("") == ""


def test_in_what_is_asked_peacefulness_counts() -> None:
    peaceful = "Не жалоба, подскажите тариф"
    assert undenied("", looked_through(peaceful).statements) == f"\n{peaceful}"
    assert undenied(peaceful, ()) == f"{peaceful}\n"
    assert unsettled(peaceful) == " подскажите тариф"
    assert undenied("", looked_through("Я не требую вернуть, как считаете?").statements) == "\n как считаете?"
