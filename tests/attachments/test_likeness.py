"""A file with words is known again by all of them, and by nothing less; and by a picture of them, digit by digit."""

import pytest

from mailtriage.attachments.likeness import likeness
from mailtriage.attachments.recognised import says_the_same, tells_another

RECEIPT = (
    "Северный банк\nПеревод исполнен\nСумма 4 350,00 руб.\nДата 12.05.2026 14:33\nНомер операции 6650914427\n"
    "Счёт 40817810099910004312\nОтправитель Смирнова Ольга Павловна"
)


def test_typesetting_makes_no_other_document() -> None:
    assert likeness(RECEIPT) == likeness(RECEIPT.replace("\n", "  ").replace("ё", "е").upper())


@pytest.mark.parametrize(
    "news",
    [
        ("6650914427", "6650914428"),
        ("14:33", "14:3"),
        ("Перевод исполнен", "Перевод отклонён"),
        ("4 350", "-4 350"),
        ("Павловна", "Павловна 7"),
    ],
)
def test_one_digit_or_word_makes_another(news: tuple[str, str]) -> None:
    assert likeness(RECEIPT) != likeness(RECEIPT.replace(*news))


def test_other_pictures_beside_a_text_make_another() -> None:
    assert likeness(RECEIPT, figures="a") != likeness(RECEIPT, figures="b")


def test_what_says_too_little_or_too_much_is_known_by_nothing() -> None:
    assert likeness("Отсканировано приложением") is None
    assert likeness(RECEIPT * 2_000) is None


@pytest.mark.parametrize(
    "read",
    [
        RECEIPT,
        RECEIPT.replace("банк", "бапк").replace("Ольга", "Олыга"),
        RECEIPT.replace("Северный", "Северныи").replace("4 350,00", "4 350,00."),
    ],
)
def test_a_picture_of_a_text_is_known_through_misread_letters(read: str) -> None:
    assert says_the_same(RECEIPT, read)


@pytest.mark.parametrize(
    "read",
    [
        RECEIPT.replace("4 350", "4 850"),
        RECEIPT.replace("14:33", ""),
        RECEIPT.replace("исполнен", "отклонен"),
        RECEIPT.replace("исполнен", "не исполнен"),
        RECEIPT + "\nВОЗВРАТ",
        RECEIPT.replace("Отправитель", ""),
        "жыв рпа 12 щзх лдо 345 юбь тим 67 счя фыв 890 эжд",
        "",
    ],
)
def test_what_a_picture_shows_beside_a_text_is_news(read: str) -> None:
    assert not says_the_same(RECEIPT, read)


AGREEMENT = (
    "Общество обязуется возвратить денежные средства получателю платежа после проверки обращения и представленных "
    "документов, если перевод исполнен дважды либо реквизиты получателя указаны неверно; срок возврата составляет "
    "десять рабочих дней после подачи заявления, подписанного владельцем кошелька собственноручно."
)


def test_a_strip_of_another_text_is_told_by_the_order_of_its_words() -> None:
    words = AGREEMENT.split()
    assert tells_another(AGREEMENT, " ".join(words[::-1]))
    assert not tells_another(AGREEMENT, " ".join(words[5:]).replace("после", "поспе").replace("перевод", "лереводы"))


def test_a_narrow_strip_tells_another_text_only_when_nothing_in_it_is_known() -> None:
    words = AGREEMENT.split()
    assert tells_another(AGREEMENT, " ".join(words[14::-1]))
    assert not tells_another(AGREEMENT, " ".join((*words[14:1:-1], *words[:2])))


def test_a_strip_that_says_little_tells_nothing() -> None:
    assert not tells_another(AGREEMENT, "Совсем другие слова стоят здесь")
    assert not tells_another(AGREEMENT, "")
