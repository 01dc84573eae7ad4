"""A file that came before under other octets adds nothing; one that only looks like it does."""

from triage_letters import earlier

from mailtriage.attachments.likeness import likeness
from mailtriage.mail.message import Attachment
from mailtriage.triage.documents import sent_before
from mailtriage.triage.history import EarlierFile

RECEIPT = (
    "Перевод исполнен сумма 4 350,00 дата 12.05.2026 номер операции 6650914427 "
    "счёт отправитель получатель банк комиссия"
)
CLAIM = "Платёж не дошёл."


def file(text: str, digest: str = "bb", **known: str) -> Attachment:
    return Attachment("renamed.pdf", "application/pdf", 100, digest, likeness=likeness(text), **known)


def sent(text: str, digest: str = "aa"):
    return earlier(CLAIM, attachment_digests=(digest,), files=(EarlierFile(digest, likeness(text)),))


def test_the_same_octets_are_the_same_file() -> None:
    assert sent_before(file("", "aa"), [sent("")]) == "тот же файл"


def test_the_same_words_under_other_octets_are_the_same_document() -> None:
    assert sent_before(file(RECEIPT), [sent(RECEIPT)]) == "тот же документ: те же слова и числа"


def test_another_number_is_another_document() -> None:
    assert sent_before(file(RECEIPT.replace("4427", "4428")), [sent(RECEIPT)]) is None


def test_what_was_compared_with_a_file_is_known_where_that_file_is() -> None:
    turned = file("", same_as="aa", same_because="изображение повёрнуто")
    assert sent_before(turned, [sent("")]) == "тот же документ: изображение повёрнуто"
    assert sent_before(turned, [sent("", "cc")]) is None
