"""A lead tries changed rules on recorded mail: sees what would change, is warned in time, and changes nothing."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from app.desk import letter
from app.program import configuration, mailtriage

from mailtriage.commands import backtest_workers
from mailtriage.commands.backtest import since_of
from mailtriage.errors import Problems
from mailtriage.store.database import Database
from mailtriage.triage.decision import Decision

THREAD = b"In-Reply-To: <q@mail.example>\nReferences: <q@mail.example>\n"
LATER = letter("Как пополнить кошелёк?\n\nАнна Сойкина", sender="soykina@mail.example", subject="Кошелёк \x1b[2J")
MAILS = (
    letter("Деньги не дошли, верните 990 рублей.\n\nПётр Ложкин", message_id="<q@mail.example>"),
    THREAD + letter("ну что?", subject="Re: Вопрос"),
    THREAD
    + b"X-Mailtriage-Decision: final\n"
    + letter("Это итоговое решение.", sender="support@1cupis.ru", subject="Re: Вопрос").replace(
        b"To: support@1cupis.ru", b"To: lozhkin@mail.example"
    ),
    THREAD + letter("ну что?!", subject="Re: Вопрос"),
    LATER,
)
RULES = """
- rule: decided
  title: Уже решено
  when: {decided: true}
  unless: {new|exists: true}
  then: {reject: decided}
- rule: repeat
  title: Уже писали
  when: {adds_nothing: true, acknowledged: true}
  then: {reject: repeat}
- rule: money
  title: Не дошли деньги
  when: {said|words: [деньги]}
  then: {category: claim}
"""
LAST = """
- rule: accept
  title: Всё остальное
  when: {always: true}
  then: {accept: true}
"""
BROAD = """
- rule: broad
  title: Слишком широко
  when: {said|words: [кошелёк]}
  then: {reject: repeat}
  examples:
    - match: Где мой кошелёк
    - miss: Где мои деньги
"""

OWN_WORDS = """
- rule: own
  title: О кошельке
  when: {said|words: [кошелёк]}
  then: {topic: top_up, documents: amount, priority: high, tag: wallet, say: Ответим завтра.}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A store with a question, a reminder, our final decision, a further reminder and another question; its rules."""
    folder = tmp_path_factory.mktemp("backtest")
    (folder / "rules").mkdir()
    (folder / "rules" / "50-most.yaml").write_text(RULES, encoding="utf-8")
    (folder / "rules" / "90-accept.yaml").write_text(LAST, encoding="utf-8")
    config = configuration(folder, rules=str(folder / "rules"))
    (folder / "mails").mkdir()
    for number, octets in enumerate(MAILS):
        (folder / "mails" / f"{number}.eml").write_bytes(octets)
    done = mailtriage("ingest", folder / "mails", "--config", config, "--now", "2026-11-02T10:00+03:00", "--json")
    decided = [(line["decision"]["verdict"], line["decision"]["reason"]) for line in done.lines]
    assert decided == [("accept", None), ("reject", "repeat"), (None, None), ("reject", "decided"), ("accept", None)]
    return folder, config


@pytest.fixture
def broad(desk, tmp_path):
    """Today's rules with one that rejects too much."""
    shutil.copytree(desk[0] / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "05-broad.yaml").write_text(BROAD, encoding="utf-8")
    return tmp_path / "rules"


def test_a_rule_that_is_too_broad_is_named_with_its_customer_and_the_store_stays_as_it_is(desk, broad):
    folder, config = desk
    before = hashlib.sha256((folder / "store" / "mailtriage.db").read_bytes()).digest()
    database = Database(f"sqlite:///{folder}/store/mailtriage.db")
    with database.lock():  # the daemon runs
        done = mailtriage("backtest", broad, "--config", config, "--json")
    database.close()
    (told,) = done.lines
    assert done.code == 0
    assert hashlib.sha256((folder / "store" / "mailtriage.db").read_bytes()).digest() == before
    assert (told["messages"], told["changed"], told["without_rules"], told["against"]) == (5, 1, 1, "today")
    assert {"from": "accept", "to": "reject:repeat", "count": 1} in told["verdicts"]
    (customer,) = told["new_rejects"]
    assert (customer["number"], customer["address"]) == ("26-000002", "soykina@mail.example")
    assert (customer["to"]["rule"], customer["to"]["evidence"]) == ("broad", ["кошелёк", "Кошелёк"][::-1])
    assert told["samples"] == [customer]
    assert next(rule for rule in told["rules"] if rule["rule"] == "broad")["decisions_gained"] == 1


def test_everything_that_a_rule_changes_is_told_in_words_for_leads(desk, broad):
    (broad / "05-broad.yaml").write_text(OWN_WORDS, encoding="utf-8")
    done = mailtriage("backtest", broad, "--config", desk[1])
    assert done.code == 0, done.err
    told = {line.strip() for line in done.out.splitlines()}
    assert told >= {
        "темы: — → пополнение кошелька",
        "просим прислать: — → сумму операции",
        "срочность: — → высокая",
        "пометки: — → wallet",
        "свои слова в ответе: — → «Ответим завтра.»",
    }
    names = {field.name for field in fields(Decision)} - {"queue"}
    assert not [line for line in told if line.partition(":")[0] in names]
    assert "Phrase" not in done.out


def test_more_new_rejections_than_allowed_end_with_1_and_the_sentence_why(desk, broad):
    assert mailtriage("backtest", broad, "--config", desk[1], "--max-new-rejects", 1).code == 0
    done = mailtriage("backtest", broad, "--config", desk[1], "--max-new-rejects", 0)
    assert (done.code, done.err) == (1, "впервые отклонено писем: 1, а допустимо: 0\n")
    for part in ("принято → отклонено: повтор", "№ 26-000002", "soykina@mail.example", "broad", "«Кошелёк [2J»"):
        assert part in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize("reread", [(), ("--reread",)])
def test_a_later_answer_of_support_changes_no_earlier_decision(desk, reread):
    folder, config = desk
    (told,) = mailtriage("backtest", folder / "rules", "--config", config, "--json", *reread).lines
    assert (told["messages"], told["changed"], told["skipped"], told["against"]) == (5, 0, 0, "itself")
    assert told["recorded"]["today_differs"] == 0
    assert all(pair["from"] == pair["to"] for pair in told["recorded"]["verdicts"])


def test_one_changed_file_stands_in_for_its_namesake_and_is_what_errors_name(desk, tmp_path):
    config = desk[1]
    changed = tmp_path / "90-accept.yaml"
    changed.write_text(LAST.replace("{accept: true}", "{accept: true, tag: tried}"), encoding="utf-8")
    (told,) = mailtriage("backtest", changed, "--config", config, "--json").lines
    assert told["fields"] == {"tags": 4}
    changed.write_text(LAST.replace("then:", "thn:"), encoding="utf-8")
    broken = mailtriage("backtest", changed, "--config", config)
    assert (broken.code, broken.out) == (2, "")
    assert f"{changed}:" in broken.err


def test_a_candidate_whose_example_fails_is_refused_at_its_place(desk, broad):
    (broad / "05-broad.yaml").write_text(BROAD.replace("Где мои деньги", "Где кошелёк"), encoding="utf-8")
    done = mailtriage("backtest", broad, "--config", desk[1])
    assert (done.code, done.out) == (2, "")
    assert f"{broad}/05-broad.yaml:8:" in done.err


def test_rules_edited_where_they_are_in_use_are_set_against_those_that_decided_last(desk, tmp_path):
    config = configuration(tmp_path, rules=str(tmp_path / "rules"), database=f"sqlite:///{desk[0]}/store/mailtriage.db")
    shutil.copytree(desk[0] / "rules", tmp_path / "rules")
    edited = tmp_path / "rules" / "05-broad.yaml"
    edited.write_text(BROAD, encoding="utf-8")
    (told,) = mailtriage("backtest", edited, "--config", config, "--json").lines
    assert (told["against"], len(told["new_rejects"])) == ("last", 1)


@pytest.mark.parametrize("reread", [(), ("--reread",)])
def test_a_rejection_that_a_person_took_back_must_not_come_again(desk, tmp_path, reread):
    shutil.copytree(desk[0] / "store", tmp_path / "store")
    config = configuration(tmp_path, rules=str(desk[0] / "rules"))
    with closing(sqlite3.connect(tmp_path / "store" / "mailtriage.db")) as connection, connection:
        connection.execute(
            "INSERT INTO ruling (message_id, at, source, verdict, before)"
            """ VALUES (2, '2026-11-03', 'command', 'accept', '{"verdict": "reject", "reason": "repeat"}')"""
        )
    done = mailtriage("backtest", desk[0] / "rules", "--config", config, "--json", *reread)
    (again,) = done.lines[0]["restored_rejected"]
    assert (done.code, again["number"], again["to"]["rule"]) == (1, "26-000001", "repeat")
    assert "отказ по которым человек уже отменил: 1" in done.err


def test_only_what_was_recorded_since_then_is_decided_anew(desk):
    command = ("backtest", desk[0] / "rules", "--config", desk[1], "--json", "--since")
    assert mailtriage(*command, "2026-11-02").lines[0]["messages"] == len(MAILS)
    done = mailtriage("backtest", desk[0] / "rules", "--config", desk[1], "--since", "2026-11-03")
    assert done.out == "За это время не записано ни одного письма.\n"
    wrong = mailtriage(*command, "yesterday")
    assert (wrong.code, wrong.out) == (2, "")
    assert "--since" in wrong.err


def test_a_beginning_is_so_long_ago_or_a_day_of_the_desk():
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    found = {text: since_of(text, now, "Europe/Moscow") for text in ("30d", "12h", "2w", "2026-10-01")}
    assert list(found.values()) == [
        datetime(2026, 10, 24, 9, tzinfo=UTC),
        datetime(2026, 11, 22, 21, tzinfo=UTC),
        datetime(2026, 11, 9, 9, tzinfo=UTC),
        datetime(2026, 9, 30, 21, tzinfo=UTC),
    ]
    for wrong in ("999999d", "30", "d", "2026-13-01", ""):
        with pytest.raises(Problems, match="--since"):
            since_of(wrong, now, "Europe/Moscow")


def test_several_processes_find_what_one_finds(desk, broad, monkeypatch):
    monkeypatch.setattr(backtest_workers, "WORTH", 2)
    monkeypatch.setattr(backtest_workers, "SHARE", 2)
    alone, together = (mailtriage("backtest", broad, "--config", desk[1], "--json", "--jobs", n) for n in (1, 2))
    assert json.loads(alone.out)["changed"] == 1
    assert alone.out == together.out
