"""What is asked is told from what is only told."""

import pytest

from mailtriage.language.asking import asking


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Вчера пополнил кошелёк. Деньги дошли. Как сменить почту?", "Как сменить почту?"),
        ("Перевод задержался. Прошу вернуть комиссию. Спасибо.", "Прошу вернуть комиссию."),
        ("Пользуюсь давно. Было бы удобно видеть остаток.", "Было бы удобно видеть остаток."),
        ("У меня новый телефон. Смените номер. Жду.", "Смените номер."),
        ("Всё стоит. Ничего не работает.", "Ничего не работает."),
        ("Здравствуйте. Кошелёк пуст.", "Кошелёк пуст."),
        ("I paid. Please return it.", "Please return it."),
        ("", ""),
    ],
)
def test_only_sentences_that_ask_are_kept_and_the_last_where_none_does(text: str, asked: str) -> None:
    assert asking(text) == asked


def test_every_sentence_that_asks_stands_on_a_line_of_its_own() -> None:
    assert asking("Где чек? Я ждал. Верните деньги!").splitlines() == ["Где чек?", "Верните деньги!"]
