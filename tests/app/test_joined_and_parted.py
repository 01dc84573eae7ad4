"""After a merge and a split the mail that follows goes where people put its matter, on real servers."""

import re
from email import message_from_bytes, policy

from app.desk import Desk, letter
from app.program import mailtriage

LOZHKIN = "Пётр Ложкин <lozhkin@mail.example>"
SIGNED = "\n\nПётр Ложкин, +7 912 345-67-89"


def _subjects(desk: Desk) -> list[str]:
    return [str(message_from_bytes(one.octets, policy=policy.default)["Subject"]) for one in desk.smtp.received]


def _put(desk: Desk, text: str, subject: str, **headers: str) -> None:
    desk.put(letter(text + SIGNED, sender=LOZHKIN, subject=subject, **headers))
    assert desk.once() == ()


def _places(desk: Desk) -> list[tuple[int, str]]:
    joined = "select m.id, c.number from message m join conversation c on c.id = m.conversation_id"
    return [(row, number[-1]) for row, number in desk.rows(f"{joined} order by m.id")]


def test_what_is_said_next_goes_where_people_put_its_matter(desk: Desk) -> None:
    _put(desk, "Перевёл 990 рублей 15 ноября, операция 6650914427, деньги не пришли.", "Не пришли деньги")
    _put(desk, "Как сменить номер телефона в личном кабинете?", "Смена номера")
    assert [number for _, number in _places(desk)] == ["1", "2"]
    numbers = desk.rows("select number from conversation order by id")
    first, second = (number for (number,) in numbers)
    merged = mailtriage("conversation", "merge", second, first, "--config", desk.config)
    assert merged.code == 0
    acknowledged = next(subject for subject in _subjects(desk) if second in subject)
    _put(desk, "Новый номер такой: +7 912 345-67-90.", acknowledged)
    assert [number for _, number in _places(desk)] == ["1", "1", "1"], "its old number means the other one"
    assert re.search(first, _subjects(desk)[-1])
    parted = mailtriage("conversation", "split", first, "--from", "2", "--config", desk.config)
    assert parted.code == 0
    assert [number for _, number in _places(desk)] == ["1", "3", "3"]
    third = desk.rows("select number from conversation order by id")[2][0]
    _put(desk, "Есть ли новости о смене номера? Договор с оператором от 3 ноября готов прислать.", f"Re: [№ {third}]")
    _put(desk, "По платежу 6650914427: банк прислал чек, деньги ушли 16 ноября.", f"Re: [№ {first}]")
    assert [number for _, number in _places(desk)] == ["1", "3", "3", "3", "1"]
    assert "перенесены" in mailtriage("conversation", "show", first, "--config", desk.config).out
