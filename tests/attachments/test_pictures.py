"""The words of a picture reach the decision where it depends on them, and each distinct file is read once."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from rendering import blurred, need_tesseract, page, receipt, saved

from mailtriage.attachments import ocr, trained
from mailtriage.mail.files import file_octets
from mailtriage.mail.message import RawMessage
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reader import read_message_with_pictures
from mailtriage.mail.reading import Reading, read
from mailtriage.pictures import READER_VERSION, Pictures
from mailtriage.store.database import Database
from mailtriage.store.file_texts import FileTexts
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.readers import Pool, ReaderFailed, Readers
from mailtriage.triage.unread import unread_pictures

OPTIONS = ReadOptions()
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SCAN = ["Заявление", "Прошу вернуть 4 350,00 руб.", "Смирнова Ольга Павловна"]


def letter(text: str, file: bytes, name: str = "scan.png", sender: str = "qwerty77@mail.example") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "support@desk.example", "вопрос"
    message.set_content(text)
    message.add_attachment(file, maintype="image", subtype="png", filename=name)
    return message.as_bytes()


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[FileTexts]:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    yield FileTexts(database, READER_VERSION)
    database.close()


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(1, OPTIONS) as pool:
        yield pool


def test_pictures_are_asked_for_only_where_words_are_missing() -> None:
    picture = saved(page(20))
    asked = unread_pictures(read(letter("\n", picture), OPTIONS))
    assert asked is not None
    assert len(asked.digests) == 1
    told = "Здравствуйте, платёж 6650914427 на 640 рублей не дошёл до кошелька, проверьте, пожалуйста, когда он придёт."
    assert unread_pictures(read(letter(told, picture), OPTIONS)) is None
    nameless = "Здравствуйте, деньги не дошли до кошелька, проверьте, пожалуйста, когда же они наконец придут."
    assert unread_pictures(read(letter(nameless, picture), OPTIONS)) == asked


def test_a_robot_and_an_icon_are_not_read() -> None:
    robot = letter("\n", saved(page(20))).replace(b"To:", b"Auto-Submitted: auto-replied\nTo:", 1)
    assert unread_pictures(read(robot, OPTIONS)) is None
    assert unread_pictures(read(letter("\n", saved(page(20, 60, 60))), OPTIONS)) is None


def test_the_octets_of_a_file_are_found_by_its_digest() -> None:
    picture = saved(page(20))
    octets = letter("\n", picture)
    digest = read(octets, OPTIONS).message.attachments[0].digest
    assert file_octets(octets, OPTIONS, [digest, "0" * 64]) == {digest: picture}


def test_a_scan_alone_says_who_writes_and_is_read_once(readers: Readers, texts: FileTexts) -> None:
    need_tesseract()
    octets = letter("\n", saved(receipt(SCAN)))
    raw = RawMessage(octets, NOW)
    full = Pictures(readers, texts).read(raw, read(octets, OPTIONS))
    assert "Смирнова Ольга Павловна" in full.identities.names
    digest = full.message.attachments[0].digest
    assert texts.known([digest]) == {digest: full.message.attachments[0].text}


def test_a_scan_that_a_busy_machine_does_not_finish_is_read_when_it_comes_again(
    texts: FileTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_tesseract()
    octets = letter("\n", saved(receipt(SCAN)))
    raw, reading = RawMessage(octets, NOW), read(octets, OPTIONS)
    [digest] = (file.digest for file in reading.message.attachments)
    pictures = Pictures(HereReaders(), texts)
    with monkeypatch.context() as busy:
        busy.setattr(ocr, "_MILLISECONDS", 1)
        assert pictures.read(raw, reading).message.attachments[0].text is None
    assert texts.known([digest]) == {}
    assert "Смирнова Ольга Павловна" in pictures.read(raw, reading).identities.names


class HereReaders(Pool):
    """Readers in this process."""

    def ask(self, frame: Frame) -> Future[Reading]:
        """Answered at once."""
        done: Future[Reading] = Future()
        done.set_result(read_message_with_pictures(frame.payload, OPTIONS, **json.loads(frame.text)))
        return done


class CountingReaders(Pool):
    """Readers that recognise the same words in every picture, and know how often they were asked."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, frame: Frame) -> Future[Reading]:
        """Answered at once."""
        self.asked += 1
        done: Future[Reading] = Future()
        reading = read(frame.payload, OPTIONS)
        files = tuple(replace(file, text="Пишет Смирнова") for file in reading.message.attachments)
        done.set_result(replace(reading, message=replace(reading.message, attachments=files)))
        return done


def test_one_scan_in_two_messages_of_a_batch_is_looked_at_once(
    texts: FileTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained, "available", lambda: True)
    readers = CountingReaders()
    pictures = Pictures(readers, texts)
    raws = [RawMessage(letter(text, saved(page(20))), NOW) for text in ("\n", "Ау")]
    readings = [read(raw.octets, OPTIONS) for raw in raws]
    ahead = []
    for raw, reading in zip(raws, readings, strict=True):
        when_read: Future[Reading] = Future()
        ahead.append(pictures.ahead(raw, when_read))
        when_read.set_result(reading)
    assert readers.asked == 1
    full = [pictures.finish(*each, looked.result(), NOW) for *each, looked in zip(raws, readings, ahead, strict=True)]
    assert [one.message.attachments[0].text for one in full] == ["Пишет Смирнова"] * 2
    assert readers.asked == 2, "the second is told what is kept"


def test_a_message_that_broke_its_reader_has_no_pictures(texts: FileTexts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "available", lambda: True)
    broken: Future[Reading] = Future()
    looked = Pictures(CountingReaders(), texts).ahead(RawMessage(b"", NOW), broken)
    broken.set_exception(ReaderFailed("crashed"))
    assert looked.result(5) is None


def test_what_is_kept_is_not_read_again(readers: Readers, texts: FileTexts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "available", lambda: True)
    octets = letter("\n", saved(page(20)))
    reading = read(octets, OPTIONS)
    texts.keep({reading.message.attachments[0].digest: "Пишет Смирнова Ольга Павловна"})
    texts.keep({reading.message.attachments[0].digest: "другое"})
    full = Pictures(readers, texts).read(RawMessage(octets, NOW), reading)
    assert full.message.attachments[0].text == "Пишет Смирнова Ольга Павловна"
    assert "Смирнова Ольга Павловна" in full.identities.names


def test_without_the_extra_nothing_changes(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "available", lambda: False)
    octets = letter("\n", saved(blurred(page(20), 8)))
    reading = read(octets, OPTIONS)
    assert Pictures(readers, None).read(RawMessage(octets, NOW), reading) is reading
    assert reading.illegible_because == ("письмо: текста нет", "scan.png: изображение размыто")
