"""Each foreseeable error is one line that names its place, ends with the contract's code, and changes nothing."""

import os
import subprocess
import sys

import pytest
from app.program import configuration, contents, mailtriage

from mailtriage.commands import terminal
from mailtriage.store.database import Database


@pytest.fixture(autouse=True)
def _desk(tmp_path, monkeypatch):
    """A configuration in the working folder; its store was never made."""
    configuration(tmp_path)
    (tmp_path / "one.eml").write_bytes(b"Subject: x\n\nx\n")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["explain", "nothing.eml"], "nothing.eml: "),
        (["explain", "folder"], "folder: "),
        (["explain", "26-000001"], "/store/mailtriage.db: "),
        (["ingest", "nothing.eml"], "nothing.eml: "),
        (["ingest", "one.eml", "folder"], "folder: "),
        (["ingest", "one.eml", "--now", "yesterday"], '--now: "yesterday"'),
        (["ingest", "one.eml", "--store", "nonsense"], "sqlite:///file"),
        (["ingest", "one.eml", "--store", "sqlite://"], "sqlite:///file"),
        (["conversation", "list"], "/store/mailtriage.db: "),
        (["conversation", "decide", "26-000001"], "/store/mailtriage.db: "),
        (["outbox", "retry", "1"], "/store/mailtriage.db: "),
        (["once", "--config", "none.yaml"], "none.yaml: "),
        (["ingest", "one.eml", "--config", "folder"], "folder: "),
    ],
)
def test_a_wrong_path_store_or_number_is_one_line_with_code_2_and_leaves_nothing_behind(tmp_path, command, named):
    before = contents(tmp_path)
    done = mailtriage(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert named in done.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("command", [["explain"], ["bogus"], ["outbox", "retry", "first"], ["demo", "--port", "70000"]])
def test_wrong_usage_ends_with_code_2_and_the_usage(command):
    done = mailtriage(*command)
    assert done.code == 2
    assert done.err.startswith("Usage: mailtriage")


def test_wrong_rules_are_told_before_a_store_is_made_for_them(tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "10-mine.yaml").write_text(
        "- rule: mine\n  title: Моё\n  when: {legible: maybe}\n  then: {accept: true}\n"
    )
    configuration(tmp_path, rules="rules")
    done = mailtriage("ingest", "one.eml")
    assert done.code == 2
    assert f"{rules}/10-mine.yaml:3:" in done.err
    assert not (tmp_path / "store").exists()


def test_what_is_not_recorded_is_the_commands_own_no():
    assert mailtriage("db", "upgrade").code == 0
    for command in (["explain", "26-999999"], ["conversation", "close", "26-1"], ["outbox", "drop", "7"]):
        done = mailtriage(*command)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert mailtriage("conversation", "list").out.count("\n") == 1


def test_a_store_that_another_process_holds_is_said_with_its_holder(tmp_path):
    url = f"sqlite:///{tmp_path}/store/mailtriage.db"
    with Database(url).lock():
        done = mailtriage("ingest", "one.eml", "--store", url)
    assert done.code == 2
    assert f"process {os.getpid()}" in done.err


def test_a_damaged_store_is_one_line(tmp_path):
    (tmp_path / "damaged.db").write_text("this is no database" * 100)
    done = mailtriage("conversation", "list", "--store", f"sqlite:///{tmp_path}/damaged.db")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "damaged.db" in done.err


def test_a_reader_of_the_output_that_has_left_ends_in_no_traceback():
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        command = [sys.executable, "-m", "mailtriage.cli", "--help"]
        done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    finally:
        os.close(theirs)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_json_is_utf_8_and_one_line_whatever_the_locale_and_the_text(monkeypatch, capfdbinary):
    with open(os.dup(1), "w", encoding="ascii") as ascii_out:  # noqa: PTH123 - a descriptor has no path
        monkeypatch.setattr(sys, "stdout", ascii_out)
        terminal.say_json({"text": "я\u2028\x85\udcff"})
    assert capfdbinary.readouterr().out == '{"text": "я\\u2028\\u0085\\udcff"}\n'.encode()


def test_a_table_in_a_pipe_has_whole_cells_and_nothing_that_moves_a_cursor(capsys):
    terminal.say_table(("id", "last error"), [(1, "550 \x1b[2Jno\tsuch\nuser " + "x" * 300)])
    assert capsys.readouterr().out == "id\tlast error\n1\t550 [2Jno such user " + "x" * 300 + "\n"
