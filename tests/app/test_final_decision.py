"""A matter from its registration to the final decision and beyond, through the program and over weeks."""

import re
import sqlite3
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from app.program import OWN, Done, configuration, mailtriage

SOMOVA = "Инна Сомова <somova@mail.example>"
STRANGER = "Павел Дроздов <drozdov@mail.example>"
CLAIM = (
    "Пополнила кошелёк картой на 990 рублей, операция 6650914427. Деньги списали, а на кошелёк они не пришли. Верните!"
)
FINAL = "Здравствуйте! Мы проверили операцию: перевод вернул банк. В возврате отказано. Это итоговое решение."
RECEIPT = b"%PDF-1.4\n% no receipt that anybody could read\n"


class Desk:
    """A store that grows from letter to letter."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.config = configuration(folder, **settings)
        self._count = 0

    def take(self, *letters: bytes) -> list[dict[str, Any]]:
        """What is made of them, each at the time of its Date."""
        self._count += 1
        mails = self.folder / f"mails-{self._count}"
        mails.mkdir()
        for at, octets in enumerate(letters):
            (mails / f"{at:02}.eml").write_bytes(octets)
        done = mailtriage("ingest", mails, "--config", self.config, "--now", "message", "--json")
        assert done.code == 0, done.err
        return done.lines

    def run(self, *arguments: object) -> Done:
        """A command on conversations."""
        return mailtriage("conversation", *arguments, "--config", self.config)

    def queue(self, number: str) -> tuple[str, str]:
        """Status and queue of a conversation."""
        with sqlite3.connect(self.folder / "store" / "mailtriage.db") as connection:
            row = connection.execute("SELECT status, queue FROM conversation WHERE number = ?", (number,)).fetchone()
        return str(row[0]), str(row[1])


def mail(day: str, text: str, *, sender: str = SOMOVA, to: str = OWN, subject: str = "Деньги", **more: Any) -> bytes:
    """A letter of that day and time, "11-02 10:00"."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = datetime.strptime(f"2026-{day}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    message["Message-ID"] = more.get("message_id") or f"<{day.replace(' ', '-').replace(':', '-')}@mail.example>"
    for name, value in more.get("headers", {}).items():
        message[name] = value
    message.set_content(text)
    if attached := more.get("attached"):
        message.add_attachment(attached, maintype="application", subtype="pdf", filename="chek.pdf")
    return message.as_bytes()


def support(day: str, text: str, *, to: str = SOMOVA, **more: Any) -> bytes:
    """An answer of support's mail client."""
    return mail(day, text, sender=f"Поддержка <{OWN}>", to=to, subject="Re: Деньги", **more)


def verdict(line: dict[str, Any]) -> tuple[str | None, str | None]:
    """Verdict and reason."""
    return line["decision"]["verdict"], line["decision"]["reason"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Nothing has arrived yet."""
    return Desk(tmp_path)


def test_a_repeat_is_noticed_once_and_then_counted(desk: Desk) -> None:
    first, *repeats = desk.take(
        mail("11-02 09:00", CLAIM),
        mail("11-02 12:00", CLAIM),
        mail("11-02 15:00", "ну что?", subject="Re: Деньги"),
        mail("11-04 15:00", CLAIM),
    )
    number = first["conversation"]["number"]
    assert re.fullmatch(rf"Re: Деньги \[№ {number}-[A-Z2-7]{{4}}\]", first["reply"]["subject"])
    assert [verdict(line) for line in repeats] == [("reject", "repeat")] * 3
    assert [line["reply"]["suppressed"] for line in repeats] == [None, "told before", None]
    for words in (f"№ {number}", "2 ноября 2026", "Ответим не позднее"):
        assert words in repeats[0]["reply"]["text"].replace("\n", " ")
    assert "Повторов: 3" in desk.run("show", number).out


def test_after_a_final_decision_only_something_new_is_taken_up(desk: Desk) -> None:
    first, answer, *later = desk.take(
        mail("11-02 09:00", CLAIM, message_id="<first@mail.example>"),
        support("11-05 12:00", FINAL, headers={"In-Reply-To": "<first@mail.example>"}),
        mail("11-06 09:00", "Не согласна! Верните деньги!", subject="Re: Деньги"),
        mail("11-06 11:00", CLAIM, subject="Re: Деньги"),
        mail("11-07 09:00", "Вот выписка банка, возврата не было", subject="Re: Деньги", attached=RECEIPT),
    )
    number = first["conversation"]["number"]
    assert (verdict(answer), answer["final"], answer["conversation"]["number"]) == ((None, None), True, number)
    assert answer["final_because"][0] == "final-decision"
    assert [verdict(line) for line in later] == [("reject", "decided")] * 2 + [("accept", None)]
    assert [line["reply"]["suppressed"] for line in later] == [None, "told before", None]
    assert "пришлёте" in later[0]["reply"]["text"]
    assert {line["conversation"]["number"] for line in later} == {number}
    assert desk.queue(number)[0] == "open"


def test_a_decision_by_command_header_or_tag_is_one_as_well(desk: Desk) -> None:
    first, other, third = desk.take(
        mail("11-02 09:00", CLAIM),
        mail("11-02 10:00", CLAIM, sender=STRANGER),
        mail("11-02 11:00", CLAIM, sender="Олег Ким <kim@mail.example>"),
    )
    assert len({line["conversation"]["number"] for line in (first, other, third)}) == 3
    assert desk.run("decide", first["conversation"]["number"]).code == 0
    header, tag, *later = desk.take(
        support("11-03 09:00", "Ответ дан ранее.", to=STRANGER, headers={"X-Mailtriage-Decision": "final"}),
        support("11-03 10:00", "Банк вернул деньги. [Решение]", to="kim@mail.example"),
        mail("11-04 09:00", CLAIM),
        mail("11-04 10:00", CLAIM, sender=STRANGER),
        mail("11-04 11:00", CLAIM, sender="Олег Ким <kim@mail.example>"),
    )
    assert (header["final"], tag["final"]) == (True, False)
    assert [verdict(line)[1] for line in later] == ["decided", "decided", "repeat"]


def test_a_reminder_after_the_promised_date_admits_the_delay_and_goes_to_the_overdue(desk: Desk) -> None:
    first, early, late, fact = desk.take(
        mail("11-02 09:00", CLAIM),
        mail("11-03 09:00", "ну что?", subject="Re: Деньги"),
        mail("11-30 09:00", "ну что?", subject="Re: Деньги", message_id="<late@mail.example>"),
        mail("11-30 10:00", "Деньги вернулись не все, не хватает 120 рублей", subject="Re: Деньги"),
    )
    number = first["conversation"]["number"]
    assert verdict(early) == verdict(late) == ("reject", "repeat")
    assert "не успели" not in early["reply"]["text"]
    for told in (late, fact):
        assert "Мы не успели ответить в обещанный срок" in " ".join(told["reply"]["text"].split())
    assert verdict(fact) == ("accept", None)
    assert desk.queue(number) == ("open", "overdue")
    assert "overdue" in desk.run("list").out
    desk.take(support("12-01 09:00", "Мы ещё проверяем, пришлём ответ завтра."))
    assert desk.queue(number) == ("open", "claims")


def test_a_stolen_signed_number_shows_a_stranger_nothing(desk: Desk) -> None:
    (first,) = desk.take(mail("11-02 09:00", CLAIM))
    number, subject = first["conversation"]["number"], first["reply"]["subject"]
    stolen, own = desk.take(
        mail("11-03 09:00", CLAIM, sender=STRANGER, subject=subject),
        mail("11-03 10:00", "Прошу ответить по номеру 79990001122", subject=subject),
    )
    assert stolen["conversation"]["number"] != number
    assert stolen["conversation"]["possibly_related"] == [number]
    assert number not in stolen["reply"]["text"] + stolen["reply"]["subject"]
    told = own["conversation"]
    assert (told["number"], told["linked_by"], told["confidence"]) == (number, "number", 1.0)


def test_a_decision_under_our_name_that_nobody_proved_decides_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, authserv_id="mx.1cupis.ru")
    first, forged, after = desk.take(
        mail("11-02 09:00", CLAIM), support("11-03 09:00", FINAL), mail("11-04 09:00", CLAIM)
    )
    assert verdict(forged) == ("hold", "forged_own_address")
    assert forged["conversation"]["number"] != first["conversation"]["number"]
    assert verdict(after) == ("reject", "repeat")
