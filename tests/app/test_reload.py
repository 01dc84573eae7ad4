"""A lead saves a file, and the daemon goes by it: no signal, no restart, and never by a file that is wrong."""

import asyncio
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from app.desk import Desk, letter, until
from prometheus_client import REGISTRY

from mailtriage import watching
from mailtriage.configuration import shipped
from mailtriage.edited import known_names
from mailtriage.rulebook import Rulebook
from mailtriage.watching import Watch, Watched

RULE = """- rule: mine
  title: Моё
  when: {said|words: [WORD]}
  then: {accept: true, queue: QUEUE}
  examples:
    - match: "Тут есть WORD"
    - miss: "Ничего такого"
- rule: rest
  title: Всё прочее
  when: {legible: true}
  then: {accept: true}
  examples:
    - match: "Ничего такого"
    - miss: {legible: false}
"""


def valid() -> float | None:
    return REGISTRY.get_sample_value("mailtriage_rules_valid")


@pytest.fixture
def edited(quick_desk: Desk) -> SimpleNamespace:
    """A desk with rules, templates and calendar of its own, and `save` as an editor does it: write beside, rename."""
    folder = quick_desk.folder
    rules, replies, calendar = folder / "rules", folder / "config" / "replies", folder / "config" / "calendar.yaml"
    (rules / "lists").mkdir(parents=True)
    shutil.copytree(shipped() / "config" / "replies", replies)
    calendar.write_text("working: []\n")

    def save(path: Path, text: str) -> None:
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(text, encoding="utf-8")
        beside.rename(path)

    save(rules / "10-mine.yaml", RULE.replace("WORD", "кошелёк").replace("QUEUE", "first"))
    quick_desk.write(rules=str(rules), replies=str(replies), calendar=str(calendar))
    return SimpleNamespace(desk=quick_desk, rules=rules, replies=replies, calendar=calendar, save=save)


def queues(desk: Desk) -> list[str]:
    return [queue for (queue,) in desk.rows("select queue from message order by id")]


def decided(desk: Desk, text: str) -> str:
    """The queue of a message that is sent now."""
    before = len(queues(desk))
    desk.put(letter(text))
    until(lambda: len(queues(desk)) > before)
    return queues(desk)[-1]


def test_the_next_message_is_decided_by_what_was_saved_and_a_slip_changes_nothing(edited):
    desk, file = edited.desk, edited.rules / "10-mine.yaml"
    with desk.serving():
        assert decided(desk, "Мой кошелёк. Пётр Ложкин") == "first"
        edited.save(file, RULE.replace("WORD", "кошелёк").replace("QUEUE", "second"))
        until(lambda: "rules_replaced" in desk.actions())
        assert decided(desk, "Другой кошелёк. Пётр Ложкин") == "second"
        edited.save(file, RULE.replace("WORD", "кошелёк").replace("QUEUE", "third").replace("title", "titel", 1))
        until(lambda: "rules_refused" in desk.actions())
        assert valid() == 0
        assert decided(desk, "Третий кошелёк. Пётр Ложкин") == "second"
        edited.save(file, RULE.replace("WORD", "кошелёк").replace("QUEUE", "third"))
        until(lambda: desk.actions().count("rules_replaced") == 2)
        assert valid() == 1
        assert decided(desk, "Четвёртый кошелёк. Пётр Ложкин") == "third"
    (refused,) = [event for event in desk.events() if event["action"] == "rules_refused"]
    assert any(f"{file}:2:3: " in problem and "title" in problem for problem in refused["problems"])
    versions = {version for (version,) in desk.rows("select version from ruleset_version")}
    assert versions == {version for (version,) in desk.rows("select distinct ruleset from message")}
    assert len(versions) == 3


def test_a_rule_and_the_template_that_it_names_come_into_use_together(edited):
    desk = edited.desk
    with desk.serving():
        rule = RULE.replace("WORD", "кошелёк").replace("queue: QUEUE", "reply: ack-wallet")
        edited.save(edited.rules / "10-mine.yaml", rule)
        until(lambda: "rules_refused" in desk.actions())
        edited.save(edited.replies / "ack-wallet.ru.j2", "Subject: О кошельке\n\nПишем вам о кошельке.\n")
        until(lambda: "rules_replaced" in desk.actions())
        desk.put(letter("Мой кошелёк. Пётр Ложкин"))
        until(lambda: desk.smtp.received)
        before = desk.actions().count("replies_replaced")
        edited.save(edited.replies / "ack-wallet.ru.j2", "Subject: О кошельке\n\nДругими словами.\n")
        until(lambda: desk.actions().count("replies_replaced") > before)
        desk.put(letter("Другой кошелёк. Пётр Ложкин", sender="Анна Вилкина <vilkina@mail.example>"))
        until(lambda: len(desk.smtp.received) > 1)
    letters = [(row[0]) for row in desk.rows("select record from message order by id")]
    assert "Пишем вам о кошельке" in letters[0]
    assert "Другими словами" in letters[1]


def test_a_new_day_off_moves_the_next_promise(edited):
    desk = edited.desk
    with desk.serving():
        desk.put(letter("Мой кошелёк. Пётр Ложкин"))
        until(lambda: desk.rows("select due from conversation"))
        ((promised,),) = desk.rows("select due from conversation")
        edited.save(edited.calendar, f"off: ['{promised}']\n")
        until(lambda: "calendar_replaced" in desk.actions())
        desk.put(letter("Мой кошелёк. Анна Вилкина", sender="vilkina@mail.example"))
        until(lambda: len(desk.rows("select due from conversation")) == 2)
    (_, (later,)) = desk.rows("select due from conversation order by id")
    assert later > promised


def test_what_lint_doubts_is_told_and_what_it_knows_to_be_wrong_is_refused(edited):
    desk, file = edited.desk, edited.rules / "10-mine.yaml"
    good = RULE.replace("WORD", "кошелёк").replace("QUEUE", "second")
    bare = "- rule: bare\n  title: Без примеров\n  when: {subject: никогда}\n  then: {tag: bare}\n"
    never = "- rule: never\n  title: Невозможно\n  when: {attachments|gt: 3, attachments|lt: 2}\n  then: {tag: never}\n"
    with desk.serving():
        edited.save(file, good + bare)
        until(lambda: "rules_replaced" in desk.actions())
        edited.save(file, good + never)
        until(lambda: "rules_refused" in desk.actions())
        edited.save(file, good + bare)
        until(lambda: "rules_mended" in desk.actions())
    doubted = [event["warnings"] for event in desk.events() if event["action"] == "rules_doubted"]
    assert any(f"{file}:15:" in warning and "bare" in warning for warnings in doubted for warning in warnings)
    (refused,) = [event for event in desk.events() if event["action"] == "rules_refused"]
    assert any(f"{file}:1" in problem and "never" in problem for problem in refused["problems"])
    assert desk.actions().count("rules_replaced") == 1


def test_it_starts_with_rules_that_only_lint_refuses_says_so_and_again_on_sighup(edited):
    desk = edited.desk
    never = "- rule: never\n  title: Невозможно\n  when: {attachments|gt: 3, attachments|lt: 2}\n  then: {tag: never}\n"
    edited.save(edited.rules / "20-never.yaml", never)
    with desk.daemon() as process:
        until(lambda: desk.actions().count("rules_refused") == 1)
        process.send_signal(signal.SIGHUP)
        until(lambda: desk.actions().count("rules_refused") == 2)
        assert decided(desk, "Мой кошелёк. Пётр Ложкин") == "first"


@contextmanager
def watched(folder: Path, files: tuple[Path, ...] = ()) -> Iterator[list[None]]:
    """A watch on a thread; what it gives grows by one with each change."""
    told: list[None] = []

    async def changed() -> None:
        told.append(None)

    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        stop = asyncio.Event()
        watch = Watch(Watched((folder, folder / "lists"), (".yaml",), files), changed)
        loops.append((asyncio.get_running_loop(), stop))
        await watch.run(stop)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    until(lambda: loops)
    try:
        yield told
    finally:
        loops[0][0].call_soon_threadsafe(loops[0][1].set)
        thread.join(20)
        assert not thread.is_alive()


def test_files_saved_within_a_moment_are_one_change_and_others_are_none(tmp_path):
    (tmp_path / "lists").mkdir()
    with watched(tmp_path) as told:
        (tmp_path / "notes.txt").write_text("ничего")
        for name in ("10-a.yaml", "20-b.yaml", "lists/c.yaml"):
            (tmp_path / name).write_text("[]")
        until(lambda: told)
    assert len(told) == 1


def test_a_folder_that_is_moved_away_and_put_back_is_still_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    folder, elsewhere = tmp_path / "rules", tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "10-a.yaml").write_text("[]")
    with watched(folder) as told:
        folder.rename(elsewhere)
        until(lambda: len(told) == 1)
        shutil.copytree(elsewhere, folder)
        until(lambda: len(told) == 2)
        (folder / "10-a.yaml").write_text("[1]")
        until(lambda: len(told) == 3)


def test_where_the_kernel_cannot_watch_the_files_are_looked_at_and_that_is_said(tmp_path, monkeypatch, capsys):
    def no_watches(*_: object, **__: object) -> None:
        raise OSError(28, "OS file watch limit reached.")

    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(watching, "awatch", no_watches)
    with watched(tmp_path) as told:
        (tmp_path / "10-a.yaml").write_text("[]")
        until(lambda: told)
    assert capsys.readouterr().out.count("watch_lost") == 1


def test_a_reload_of_the_same_files_changes_nothing(tmp_path):
    (tmp_path / "10-mine.yaml").write_text(RULE.replace("WORD", "кошелёк").replace("QUEUE", "first"))
    book = Rulebook(tmp_path, known_names(frozenset()))
    before = book.current
    assert book.reload()
    assert book.current is before
