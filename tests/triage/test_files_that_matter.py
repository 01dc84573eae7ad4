"""Files are held against earlier ones where that may change something: the conversation, or whether anything is new."""

from dataclasses import replace
from datetime import timedelta

from triage_letters import NOON, NUMBER, POLICY, earlier, letter, past

from mailtriage.mail.message import Attachment
from mailtriage.triage.known_files import files_matter

CLAIM = "Пополнение через терминал не зачислено, чек прилагаю. Верните деньги."
OTHER = "26-000124"


def with_scan(text, **changes):
    scan = Attachment("scan.jpg", "image/jpeg", 50_000, "new")
    reading = letter(text, **changes)
    return replace(reading, message=replace(reading.message, attachments=(scan,)))


def matters(reading, history):
    return files_matter(reading, ["old"], history, POLICY, NOON)


def test_in_a_letter_that_says_nothing_new_it_matters_whether_its_file_is():
    history = past(earlier(CLAIM, attachment_digests=("old",)))
    assert matters(with_scan(CLAIM), history)
    assert not matters(with_scan(f"{CLAIM} И скажите, где взять справку для налоговой?"), history)


def test_a_file_that_came_in_two_conversations_may_prove_the_other_one():
    news = f"{CLAIM} И скажите, где взять справку для налоговой?"
    history = past(
        earlier(CLAIM, attachment_digests=("old",)),
        earlier("Смените номер телефона в профиле.", at=2, conversation=OTHER, attachment_digests=("old",)),
    )
    first = history.candidates[0]
    second = replace(first, number=OTHER, subject="Профиль", last_message_at=first.last_message_at + timedelta(hours=1))
    assert first.number == NUMBER
    assert matters(with_scan(news), replace(history, candidates=(first, second)))
    assert not matters(with_scan(news), replace(history, candidates=(first,)))
