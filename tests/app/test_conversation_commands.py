"""What a lead does to conversations at a terminal, on a store that the program itself wrote."""

from pathlib import Path

import pytest
from app.desk import letter
from app.program import Done, configuration, mailtriage

LOZHKIN, SOMOVA = "Пётр Ложкин <lozhkin@mail.example>", "Инна Сомова <somova@mail.example>"
CLAIM = letter("Перевёл 990 рублей 15 ноября, операция 6650914427, деньги не пришли.\n\nПётр Ложкин", sender=LOZHKIN)
OTHER = letter("Как удалить кошелёк?\n\nИнна Сомова", sender=SOMOVA, subject="Удаление")
RUDE = letter("Вы суки и мрази, идите на хуй", sender="Лев <lev@mail.example>", subject="\x1b[2Jпривет")
MORNING = "2026-11-23T10:00+03:00"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a store with two open conversations and a rejected message."""
    file = configuration(tmp_path)
    (tmp_path / "mails").mkdir()
    for name, octets in (("1.eml", CLAIM), ("2.eml", OTHER), ("3.eml", RUDE)):
        (tmp_path / "mails" / name).write_bytes(octets)
    done = mailtriage("ingest", tmp_path / "mails", "--config", file, "--now", MORNING, "--json")
    assert [line["decision"]["verdict"] for line in done.lines] == ["accept", "accept", "reject"]
    return file


def run(config: Path, *arguments: object) -> Done:
    """A command on conversations."""
    return mailtriage("conversation", *arguments, "--config", config)


def test_rejected_messages_are_listed_with_what_restores_them(config: Path) -> None:
    listed = run(config, "list", "--rejected").out.splitlines()
    assert len(listed) == 2
    number, _, reason, sender, subject, conversation = listed[1].split("\t")
    assert (number, reason, sender, conversation) == ("3", "брань", "lev@mail.example", "")
    assert "\x1b" not in subject
    assert "привет" in subject


def test_a_restored_message_is_registered_acknowledged_once_and_shown_with_its_ruling(config: Path) -> None:
    restored = run(config, "restore", "3", "--category", "claim")
    assert restored.code == 0, restored.err
    assert restored.out.splitlines() == [
        "письмо 3 принято, зарегистрировано под № 26-000003",
        "клиенту уйдёт письмо с номером и сроком",
        "где письмо лежит в ящике, неизвестно: если нужно, переместите его сами",
    ]
    again = run(config, "restore", "3")
    assert again.out.startswith("письмо 3 уже принято, в обращении № 26-000003")
    events = [line.split("\t")[2:4] for line in mailtriage("outbox", "list", "--config", config).out.splitlines()]
    assert events.count(["restored", "due"]) == 1
    assert ["reject:abusive", "dropped"] in events, "the notice had not left yet"
    shown = run(config, "show", "26-000003").out
    for words in ("письмо 3", "принято, претензия", "по правилам: отклонено: брань", "командой: принято"):
        assert words in shown
    assert len(run(config, "list", "--rejected").out.splitlines()) == 1


def test_two_conversations_become_one_and_part_again(config: Path) -> None:
    merged = run(config, "merge", "26-000002", "26-000001")
    assert merged.out == "№ 26-000002: все письма теперь в обращении № 26-000001\n"
    shown = run(config, "show", "26-000002").out
    assert shown.startswith("№ 26-000001: ")
    assert "Сюда перенесены обращения: № 26-000002" in shown
    assert "сюда перенесены письма № 26-000002 (письма 2)" in shown
    parted = run(config, "split", "26-000001", "--from", "2")
    assert parted.out == "№ 26-000001: письма выделены в новое обращение № 26-000003\n"
    assert "выделено из № 26-000001" in run(config, "show", "26-000003").out
    assert {line.split("\t")[0] for line in run(config, "list").out.splitlines()[1:]} == {"26-000003", "26-000001"}


def test_what_is_pending_comes_by_the_date_that_was_promised_and_late_ones_are_marked(config: Path) -> None:
    late = letter(
        "Перевёл 500 рублей, операция 6650914999, деньги не пришли.\n\nПётр Сомов", sender="somov@mail.example"
    )
    (config.parents[1] / "late.eml").write_bytes(late)
    mailtriage("ingest", config.parents[1] / "late.eml", "--config", config, "--now", "2024-10-01T10:00+03:00")
    rows = [line.split("\t") for line in run(config, "list").out.splitlines()[1:]]
    assert [row[0] for row in rows] == ["24-000001", "26-000002", "26-000001"]
    assert rows[0][-1] == "просрочено"


@pytest.mark.parametrize(
    ("arguments", "english", "russian"),
    [
        (("show", "26-000099"), "no conversation 26-000099", "обращения № 26-000099 нет"),
        (("restore", "26-000099"), "no conversation 26-000099", "обращения № 26-000099 нет"),
        (("restore", "26-000001"), "no rejected message", "нет отклонённых писем"),
        (("restore", "99"), "no message or conversation 99", "нет ни обращения, ни письма 99"),
        (("split", "26-000001"), "after its first", "первое остаётся под своим номером"),
        (("merge", "26-000001", "26-000001"), "into itself", "с самим собой"),
    ],
)
def test_what_is_not_there_is_told_in_the_readers_language_and_changes_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], english: str, russian: str
) -> None:
    before = run(config, "list").out
    for language, words in (("en", english), ("ru", russian)):
        monkeypatch.setenv("MAILTRIAGE_LANGUAGE", language)
        done = run(config, *arguments)
        assert (done.code, done.out) == (1, "")
        assert words in done.err
    assert run(config, "list").out == before


def test_what_a_person_did_is_told_with_his_name(config: Path) -> None:
    run(config, "decide", "26-000001")
    run(config, "close", "26-000002")
    assert "записано итоговое решение" in run(config, "show", "26-000001").out
    assert "закрыто" in run(config, "show", "26-000002").out.splitlines()[-1]
