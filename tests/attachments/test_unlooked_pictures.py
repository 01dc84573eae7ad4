"""A picture under a letter that tells enough is not decoded; where its legibility decides, it is judged as ever."""

from email.message import EmailMessage

import pytest
from rendering import blurred, page, saved

from mailtriage.mail.message import Attachment
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading, read
from mailtriage.triage.ruleset import load_ruleset
from mailtriage.triage.unread import asks_about_pictures

OPTIONS = ReadOptions()
TOLD = "Здравствуйте, платёж 6650914427 на 640 рублей не дошёл до кошелька, проверьте, пожалуйста, когда он придёт."
NAMELESS = "Здравствуйте, деньги не дошли до кошелька, проверьте, пожалуйста, когда же они наконец придут."
RULE = "- {rule: fuzzy, title: Фото, when: {%s}, then: {hold: look}}\n"


def letter(text: str, sender: str = "qwerty77@mail.example") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "support@desk.example", "вопрос"
    message.set_content(text)
    message.add_attachment(saved(blurred(page(20), 8)), maintype="image", subtype="png", filename="scan.png")
    return message.as_bytes()


def file_of(reading: Reading) -> Attachment:
    (file,) = reading.message.attachments
    return file


def test_under_a_letter_that_tells_enough_it_is_left_alone() -> None:
    octets = letter(TOLD)
    brief, whole = read(octets, OPTIONS, pictures=False), read(octets, OPTIONS)
    assert (file_of(whole).problem, file_of(whole).judged) == ("blurred", True)
    assert (file_of(brief).problem, file_of(brief).judged) == (None, False)
    assert file_of(brief).digest == file_of(whole).digest
    assert (brief.legible, brief.identities, brief.readable_text) == (True, whole.identities, whole.readable_text)


@pytest.mark.parametrize("text", ["\n", "Смотрите вложение", NAMELESS, "?????? ??? ????????? ?? ?????? ???????? ????"])
def test_where_words_are_missing_it_is_judged_all_the_same(text: str) -> None:
    octets = letter(text)
    assert read(octets, OPTIONS, pictures=False) == read(octets, OPTIONS)
    assert file_of(read(octets, OPTIONS, pictures=False)).judged


@pytest.mark.parametrize(
    ("condition", "asked"), [("attachment_problems: [blurred]", True), ("subject|contains: вопрос", False)]
)
def test_a_rule_that_asks_has_every_picture_looked_at(condition: str, asked: bool) -> None:  # noqa: FBT001 - a table
    assert asks_about_pictures(load_ruleset({"10-a.yaml": RULE % condition})) is asked
