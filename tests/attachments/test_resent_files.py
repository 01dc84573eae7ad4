"""The receipt that was sent before adds nothing, whatever became of the file; one that only looks like it is news."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from app.program import configuration, mailtriage
from likenesses import FATES, receipt
from rendering import CYRILLIC, saved

CLAIM = (
    "Здравствуйте! Платёж 12.05.2026 на 4350 рублей не дошёл до кошелька, чек прилагаю. Верните деньги. "
    "Смирнова Ольга Павловна"
)
TURNED, HALF = FATES["turned by 90"], FATES["half as large, recompressed"]
FILES = {
    "01-first.png": lambda: saved(receipt(1)),
    "02-turned.jpeg": lambda: saved(TURNED(receipt(1)), "JPEG", quality=60),
    "03-scan.pdf": lambda: saved(receipt(1), "PDF"),
    "04-another.png": lambda: saved(receipt(2)),
    "05-half.jpeg": lambda: saved(HALF(receipt(1)), "JPEG"),
    "06-digit.png": lambda: saved(receipt(1, number="40817810099910004318")),
}
"""By their names: all in one batch, from one customer, with the same words."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a desk."""
    folder = tmp_path_factory.mktemp("resent")
    return configuration(folder)


@pytest.fixture(scope="module")
def told(ran: Path) -> dict[str, dict]:
    if not CYRILLIC.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("fonts-dejavu-core is not installed, and in CI nothing may be skipped")
        pytest.skip("fonts-dejavu-core is not installed")
    folder = ran.parent / "mails"
    folder.mkdir()
    for minute, (name, file) in enumerate(FILES.items()):
        (folder / f"{name}.eml").write_bytes(letter(minute, name, file()))
    done = mailtriage("ingest", folder, "--config", ran, "--now", "message", "--json")
    assert done.code == 0, done.err
    return {line["file"][3:-4]: line for line in done.lines}


def letter(minute: int, name: str, file: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Смирнова Ольга <olga@mail.example>", "support@1cupis.ru"
    message["Subject"], message["Message-ID"] = "Платёж не дошёл", f"<{minute}@mail.example>"
    message["Date"] = f"Mon, 23 Nov 2026 10:{minute:02d}:00 +0300"
    message.set_content(CLAIM)
    kind = Path(name).suffix[1:]
    message.add_attachment(file, maintype="application" if kind == "pdf" else "image", subtype=kind, filename=name[3:])
    return message.as_bytes()


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("turned.jpeg", "изображение повёрнуто"),
        ("scan.pdf", "изображение повёрнуто"),
        ("half.jpeg", "то же изображение"),
    ],
)
def test_the_same_receipt_is_a_repeat_and_says_by_what(told, name: str, because: str) -> None:
    line, file = told[name], told[name]["message"]["attachments"][0]
    assert (line["decision"]["verdict"], line["decision"]["reason"]) == ("reject", "repeat")
    assert file["same_because"] == because
    assert file["same_as"] in {other["message"]["attachments"][0]["digest"] for other in told.values()}
    assert f"вложение {name}" in line["facts"]["known"]


@pytest.mark.parametrize("name", ["another.png", "digit.png"])
def test_another_receipt_is_news(told, name: str) -> None:
    line = told[name]
    assert line["decision"]["verdict"] == "accept"
    assert line["facts"]["new"] == [f"вложение {name}"]
    assert line["message"]["attachments"][0]["same_as"] is None
    assert line["conversation"]["number"] == told["first.png"]["conversation"]["number"]


def test_the_decision_is_reproduced_and_read_anew_as_it_was(told, ran) -> None:
    number = told["first.png"]["conversation"]["number"]
    for how in ([], ["--reread"]):
        done = mailtriage("explain", number, "--json", "--config", ran, *how)
        assert done.code == 0, done.err
        again = {line["file"][3:-4]: line["decision"]["verdict"] for line in done.lines}
        assert again == {name: line["decision"]["verdict"] for name, line in told.items()}
