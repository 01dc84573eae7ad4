"""The daemon: it wakes, stops, comes back, and is alone. As a process of its own where only that shows it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.desk import letter, until
from prometheus_client import REGISTRY

from mailtriage import daemon
from mailtriage.demo.smtp import Script
from mailtriage.mailbox_loop import longest_wait
from mailtriage.one_pass import one_pass

QUESTION = "Как пополнить кошелёк? Пётр Ложкин"


def broken_off() -> float:
    return REGISTRY.get_sample_value("mailtriage_poll_failures_total", {"mailbox": "support"}) or 0.0


def test_new_mail_wakes_it_and_is_answered(any_desk):
    desk = any_desk
    desk.write(poll_seconds=600)
    with desk.serving():
        # Nothing tells from outside that a client idles, and pymap announces only what comes after that.
        time.sleep(0.5)
        started = time.monotonic()
        desk.put(letter(QUESTION))
        until(lambda: desk.smtp.received)
        # IDLE, not the poll of ten minutes: the bound is loose, only the order of magnitude counts.
        assert time.monotonic() - started < 20
        until(lambda: not desk.uids())


def test_it_comes_back_after_the_mail_server_was_away_and_says_so_once(any_desk):
    desk = any_desk
    with desk.serving():
        before = broken_off()
        desk.imap.kill()
        until(lambda: broken_off() >= before + 2)
        desk.imap.start()
        desk.put(letter(QUESTION))
        until(lambda: desk.smtp.received, 60)
    assert desk.actions().count("mailbox_away") == 1
    assert desk.actions().count("mailbox_back") == 1


def test_a_renumbered_folder_doubles_nothing_while_it_runs(any_desk):
    desk = any_desk
    desk.smtp.kill()
    with desk.serving():
        desk.put(letter(QUESTION))
        until(lambda: not desk.uids())
        desk.imap.renumber()
        desk.imap.kill()
        desk.imap.start()
        desk.put(letter("Как сменить пароль? Пётр Ложкин", subject="Другой вопрос"))
        until(lambda: desk.rows("select count(*) from message") == [(2,)], 60)
        until(lambda: not desk.uids(), 60)
    assert desk.rows("select count(*) from outbox where kind = 'reply'") == [(2,)]


def test_a_disk_that_is_full_is_said_once_and_waited_for(quick_desk):
    desk = quick_desk
    with desk.serving():
        before = broken_off()
        (desk.folder / "octets" / "incoming").rename(desk.folder / "elsewhere")
        desk.put(letter(QUESTION))
        until(lambda: broken_off() >= before + 2)
        (desk.folder / "elsewhere").rename(desk.folder / "octets" / "incoming")
        until(lambda: desk.smtp.received, 60)
    assert desk.actions().count("receiving_interrupted") == 1
    assert desk.actions().count("mailbox_back") == 1


def test_an_unforeseen_failure_is_told_by_its_lines_of_code_and_tried_again(quick_desk):
    desk = quick_desk
    with desk.serving() as running:
        receiver, before = running.parts.receiver, broken_off()
        put = receiver.octets.put
        receiver.octets.put = lambda _: {}["lozhkin@mail.example писал"]
        desk.put(letter(QUESTION))
        until(lambda: broken_off() > before)
        receiver.octets.put = put
        until(lambda: desk.smtp.received)
    (event,) = [event for event in desk.events() if event["action"] == "receiving_interrupted"]
    assert event["error"] == "KeyError"
    assert any(line.startswith("receive.py:") for line in event["trace"])
    assert "писал" not in desk.log()


def test_back_off_doubles_up_to_five_minutes():
    assert [longest_wait(failures) for failures in (1, 2, 3, 8, 9, 1000)] == [2, 4, 8, 256, 300, 300]


def test_a_silent_smtp_server_keeps_neither_moves_nor_the_end_waiting(quick_desk, monkeypatch):
    desk = quick_desk
    monkeypatch.setattr(daemon, "STOP_SECONDS", 1)
    desk.smtp.script["lozhkin@mail.example"] = Script(drop="silent")
    with desk.serving():
        desk.put(letter(QUESTION))
        until(lambda: desk.smtp.received)
        until(lambda: not desk.uids())
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 10
    assert desk.rows("select status from outbox where kind = 'reply'") == [("unconfirmed",)]


def test_it_stops_at_once_while_it_waits_for_a_server(quick_desk):
    desk = quick_desk
    with desk.serving():
        desk.imap.kill()
        until(lambda: "mailbox_away" in desk.log())
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 5


def test_an_imap_server_that_hangs_does_not_hold_up_the_end(quick_desk, monkeypatch):
    desk = quick_desk
    monkeypatch.setattr(daemon, "STOP_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        (here,) = [{"name": "support", "host": "127.0.0.1", "port": mute.getsockname()[1], "tls": "none",
                    "user": "u", "password": f"file:{desk.folder}/password", "timeout_seconds": 6}]  # fmt: skip
        desk.write(mailboxes=[here])
        before = set(threading.enumerate())
        with desk.serving(looked=False):
            stopped = time.monotonic()
        assert time.monotonic() - stopped < 5
        assert desk.actions()[-1] == "daemon_stopped"
    # Closing the listener ends the hanging connection; what was left behind then finds itself told to stop.
    until(lambda: not {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("mailbox")})


def test_wrong_rules_do_not_stop_a_running_one(quick_desk):
    desk = quick_desk
    rules = desk.folder / "rules"
    rules.mkdir()
    mine = (
        "- rule: mine\n  title: Моё\n  when: {subject: никогда}\n  then: {tag: mine}\n"
        "  examples: [{match: {subject: WORD}}]\n"
    )
    (rules / "10-mine.yaml").write_text(mine.replace("WORD", "никогда"))
    desk.write(rules=str(rules))
    with desk.daemon() as process:
        (rules / "10-mine.yaml").write_text(mine.replace("WORD", "всегда"))
        process.send_signal(signal.SIGHUP)
        until(lambda: "rules_refused" in desk.log())
        desk.put(letter(QUESTION))
        until(lambda: desk.smtp.received)
        (rules / "10-mine.yaml").write_text(mine.replace("WORD", "никогда").replace("tag: mine", "tag: other"))
        process.send_signal(signal.SIGHUP)
        until(lambda: "rules_replaced" in desk.log())


def test_the_log_holds_nothing_of_a_customer(quick_desk):
    desk = quick_desk
    desk.smtp.script["lozhkin@mail.example"] = Script(rcpt="421 4.7.0 lozhkin@mail.example: try again later")
    with desk.serving():
        desk.put(letter("Мой тайный номер 5557773. Пётр Ложкин", subject="Тайная тема"))
        until(lambda: "reply_deferred" in desk.log() and not desk.uids())
    for secret in ("lozhkin", "Ложкин", "5557773", "Тайная", "тайный", desk.imap.password + '"'):
        assert secret not in desk.log()


def test_sigterm_ends_it_within_seconds_and_with_success(quick_desk):
    desk = quick_desk
    with desk.daemon() as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert desk.actions()[-1] == "daemon_stopped"


def test_a_second_daemon_says_who_holds_the_store_and_the_lock_dies_with_the_first(quick_desk):
    desk = quick_desk
    with desk.daemon() as process:
        second = desk.run("run", check=False)
        assert second.returncode == 2
        assert str(process.pid) in second.stderr
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        assert children
        process.kill()
        process.wait()
        until(lambda: not any(Path("/proc", child).exists() for child in children))
    desk.put(letter(QUESTION))
    desk.once()
    assert len(desk.smtp.received) == 1


def test_a_second_daemon_on_one_postgresql_stands_by_and_reads_on_when_the_first_dies(large_desk):
    desk = large_desk
    with desk.daemon() as first, desk.serving(looked=False):
        until(lambda: "mailbox_read_elsewhere" in desk.log())
        assert f"process {first.pid} on" in desk.log()
        desk.put(letter(QUESTION))
        # What dies between the final dot and its note is unconfirmed, and rightly so.
        until(lambda: desk.rows("select count(*) from outbox where kind = 'reply' and status = 'done'") == [(1,)], 60)
        first.kill()
        first.wait()
        desk.put(letter("Как сменить пароль? Пётр Ложкин", subject="Другой вопрос"))
        until(lambda: "mailbox_taken_over" in desk.log(), 60)
        until(lambda: len(desk.smtp.received) == 2, 60)
        until(lambda: not desk.uids(), 60)
    assert desk.rows("select count(*) from outbox where kind = 'reply' and status = 'done'") == [(2,)]


def test_a_pass_leaves_a_mailbox_to_the_daemon_that_reads_it(large_desk):
    desk = large_desk
    with desk.serving(), desk.parts() as parts:
        (told,) = one_pass(parts)
    assert told.startswith(f"mailbox support: is read by mailtriage, process {os.getpid()} on ")


def test_wrong_rules_keep_it_from_starting_with_file_line_and_column(quick_desk):
    desk = quick_desk
    rules = desk.folder / "rules"
    rules.mkdir()
    (rules / "10-mine.yaml").write_text(
        "- rule: mine\n  title: Моё\n  whem: {legible: false}\n  then: {accept: true}\n"
    )
    desk.write(rules=str(rules))
    done = desk.run("run", check=False)
    assert done.returncode == 2
    assert f"{rules}/10-mine.yaml:3:3: " in done.stderr
    assert "when" in done.stderr


def test_systemd_hears_that_it_is_ready_and_ctrl_c_ends_it(quick_desk):
    desk = quick_desk
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = str(desk.folder / "notify")
        manager.bind(address)
        manager.settimeout(30)
        command = [sys.executable, "-m", "mailtriage.cli", "run", "--config", str(desk.config)]
        process = subprocess.Popen(
            command, env={**os.environ, "NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000000"}, stderr=subprocess.DEVNULL
        )
        try:
            assert manager.recv(100) == b"READY=1"
            assert manager.recv(100) == b"WATCHDOG=1"
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
