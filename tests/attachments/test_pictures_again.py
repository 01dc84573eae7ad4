"""A scan that comes again in a letter without news is not read for it; where the letter has news, or no past, it is."""

import json
import sqlite3
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

from app.program import configuration, mailtriage
from likenesses import receipt
from rendering import need_tesseract, saved

CLAIM = (
    "Здравствуйте! Платёж 12.05.2026 на 4350 рублей не дошёл до кошелька, чек прилагаю. Верните деньги. "
    "Смирнова Ольга Павловна"
)
REPEATED, NEWS = "Здравствуйте, посмотрите чек.", "Ещё 990 рублей."
OLGA, PETR = "Смирнова Ольга <olga@mail.example>", "Петров Пётр <petr@mail.example>"


def letter(minute: int, sender: str, text: str, scan: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, "support@1cupis.ru"
    message["Subject"], message["Message-ID"] = "Платёж не дошёл", f"<{minute}@mail.example>"
    message["Date"] = f"Mon, 23 Nov 2026 10:{minute:02d}:00 +0300"
    message.set_content(text)
    message.add_attachment(scan, maintype="image", subtype="png", filename="чек.png")
    return message.as_bytes()


def received(folder: Path, *letters: tuple[str, str]) -> tuple[list[dict], int]:
    """The records of letters with one scan, each come when those before were recorded, and how many scans were read."""
    need_tesseract()
    config, scan = configuration(folder), saved(receipt(1))
    for minute, (sender, text) in enumerate(letters):
        mail = folder / f"{minute}.eml"
        mail.write_bytes(letter(minute, sender, text, scan))
        # Without --json, which has every picture looked at.
        done = mailtriage("ingest", mail, "--config", config, "--now", "message")
        assert done.code == 0, done.err
    [store] = folder.rglob("*.db")
    with closing(sqlite3.connect(store)) as connection:
        [count] = connection.execute("select count(*) from file_text").fetchone()
        records = [json.loads(row[0]) for row in connection.execute("select record from message order by id")]
    return records, count


def test_a_letter_that_only_brings_it_again_is_a_repeat_without_a_look(tmp_path: Path) -> None:
    (_, again), looked = received(tmp_path, (OLGA, CLAIM), (OLGA, REPEATED))
    assert (again["decision"]["verdict"], again["decision"]["reason"]) == ("reject", "repeat")
    assert looked == 0


def test_with_news_beside_it_it_is_read(tmp_path: Path) -> None:
    (_, again), looked = received(tmp_path, (OLGA, CLAIM), (OLGA, NEWS))
    assert (again["decision"]["verdict"], again["facts"]["new"]) == ("accept", ["сумма 990"])
    assert looked == 1


def test_of_somebody_else_it_is_read(tmp_path: Path) -> None:
    (first, other), looked = received(tmp_path, (OLGA, CLAIM), (PETR, REPEATED))
    assert other["decision"]["verdict"] == "accept"
    assert other["conversation"]["number"] != first["conversation"]["number"]
    assert looked == 1
