"""The daemon as a process: it wakes, stops, comes back, and is alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.desk import letter, until

from mailtriage.settings import shipped


def test_new_mail_wakes_it_and_is_answered(desk):
    desk.write(poll_seconds=600)
    with desk.daemon():
        started = time.monotonic()
        desk.put(letter("Как пополнить кошелёк? Пётр Ложкин"))
        until(lambda: desk.smtp.received)
        # IDLE, not the poll of ten minutes: the bound is loose, only the order of magnitude counts.
        assert time.monotonic() - started < 30
        until(lambda: not desk.uids())


def test_sigterm_ends_it_within_seconds_and_with_success(desk):
    with desk.daemon() as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert desk.events()[-1]["event"] == "daemon_stopped"


def test_a_second_daemon_says_who_holds_the_store_and_stops(desk):
    with desk.daemon() as process:
        second = desk.run("run", check=False)
        assert second.returncode == 2
        assert str(process.pid) in second.stderr


def test_the_lock_and_the_readers_die_with_a_killed_daemon(desk):
    with desk.daemon() as process:
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        assert children
        process.kill()
        process.wait()
        until(lambda: not any(Path("/proc", child).exists() for child in children))
    desk.put(letter("Как пополнить кошелёк? Пётр Ложкин"))
    desk.run("once")
    assert len(desk.smtp.received) == 1


def test_it_comes_back_after_the_mail_server_was_away_and_says_so_once(desk):
    with desk.daemon():
        desk.imap.kill()
        until(lambda: "mailbox_away" in desk.log())
        time.sleep(3)
        desk.imap.start()
        desk.put(letter("Как пополнить кошелёк? Пётр Ложкин"))
        until(lambda: desk.smtp.received, 60)
    events = [event["event"] for event in desk.events()]
    assert events.count("mailbox_away") == 1
    assert events.count("mailbox_back") == 1


def test_wrong_rules_keep_it_from_starting_with_file_line_and_column(desk):
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


def test_wrong_rules_do_not_stop_a_running_one(desk):
    rules = desk.folder / "rules"
    subprocess.run(["cp", "-r", str(shipped() / "rules"), str(rules)], check=True)
    desk.write(rules=str(rules))
    with desk.daemon() as process:
        (rules / "95-broken.yaml").write_text("- rule: [\n")
        process.send_signal(signal.SIGHUP)
        until(lambda: "rules_refused" in desk.log())
        desk.put(letter("Как пополнить кошелёк? Пётр Ложкин"))
        until(lambda: desk.smtp.received)
        (rules / "95-broken.yaml").write_text(
            "- rule: mine\n  title: Моё\n  when: {subject: никогда}\n  then: {tag: mine}\n"
            "  examples: [{match: {subject: никогда}}]\n"
        )
        process.send_signal(signal.SIGHUP)
        until(lambda: "rules_replaced" in desk.log())


def test_systemd_hears_that_it_is_ready(desk):
    import socket  # noqa: PLC0415 - this test alone plays systemd

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
            process.terminate()
            process.wait(30)


def test_the_log_holds_nothing_of_a_customer(desk):
    with desk.daemon():
        desk.put(letter("Мой тайный номер 5557773. Пётр Ложкин", subject="Тайная тема"))
        until(lambda: desk.smtp.received and not desk.uids())
    for secret in ("lozhkin", "Ложкин", "5557773", "Тайная", "тайный", desk.imap.password + '"'):
        assert secret not in desk.log()
