"""An explanation tells a lead why, in the order in which it was decided, and leaves nothing behind."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from app.desk import letter
from app.program import configuration, contents, mailtriage

from mailtriage.commands.explain import explain_recorded
from mailtriage.configuration import load_configuration
from mailtriage.demo import samples
from mailtriage.parts import Parts

SUBJECT = "Пополнение \x1b[2J[red]"
QUESTION = letter("Как пополнить кошелёк?\n\nПётр Ложкин", subject=SUBJECT, message_id="<q@mail.example>")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a message, and a store that holds it, a reminder and an answer of support."""
    folder = tmp_path_factory.mktemp("explain")
    config = configuration(folder)
    (folder / "mails").mkdir()
    thread = b"In-Reply-To: <q@mail.example>\nReferences: <q@mail.example>\n"
    again = thread + letter("ну что?", subject=f"Re: {SUBJECT}")
    own = thread + letter("Пополнить можно картой.", sender="support@1cupis.ru", subject="Re: Пополнение")
    own = own.replace(b"To: support@1cupis.ru", b"To: lozhkin@mail.example")
    for name, octets in (("1.eml", QUESTION), ("2.eml", again), ("3.eml", own)):
        (folder / "mails" / name).write_bytes(octets)
    done = mailtriage("ingest", folder / "mails", "--config", config, "--now", "2026-11-23T10:00+03:00", "--json")
    return folder, config, done.lines


@pytest.fixture
def changed(desk, tmp_path):
    """A copy of the store, its first line, and a way to change what is stored behind the program's back."""
    folder, _, recorded = desk
    shutil.copytree(folder / "store", tmp_path / "store")
    config = configuration(tmp_path)

    def store(statement, *values):
        with closing(sqlite3.connect(tmp_path / "store" / "mailtriage.db")) as connection, connection:
            assert connection.execute(statement, values).rowcount == 1

    return config, recorded[0], store


def test_a_file_is_explained_in_the_order_in_which_a_lead_asks_and_nothing_is_left_behind(tmp_path):
    config, file = configuration(tmp_path), tmp_path / "q.eml"
    file.write_bytes(QUESTION)
    before = contents(tmp_path)
    done = mailtriage("explain", file, "--config", config)
    assert done.code == 0
    order = (
        "Тема:", "Решение: принято", "вид обращения: консультация", "ответ «ack-consultation» уходит на адрес",
        "Почему:", "решило правило accept", "консультация: ", "новое обращение", "Можно ли отвечать:", "адрес не наш",
        "Откуда срок ответа:", "норма для «консультация»", "Слова клиента", "    1  Как пополнить кошелёк?",
        "Что программа поняла", "Пётр Ложкин  [names]", "Правила подряд", "  · loop: ", "  » accept: ",
        "Текст ответа", "Здравствуйте",
    )  # fmt: skip
    place = 0
    for each in order:
        place = done.out.find(each, place)
        assert place >= 0, each
    assert contents(tmp_path) == before


def test_what_a_stranger_wrote_cannot_repaint_the_terminal(desk):
    shown = mailtriage("conversation", "show", "26-000001", "--config", desk[1]).out
    assert "\x1b" not in shown
    assert "[2J[red]" in shown
    assert "наше письмо" in shown


def test_stdin_is_explained_as_json_and_what_stands_in_a_file_is_the_same(desk):
    _, config, (recorded, *_) = desk
    (line,) = mailtriage("explain", "-", "--json", "--config", config, stdin=QUESTION).lines
    assert line["file"] is None
    assert line["digest"] == recorded["digest"]
    assert line["message"] == recorded["message"]
    assert line["decision"] == recorded["decision"]
    assert line["conversation"] == recorded["conversation"] | {"number": "00-000000"}
    assert line.keys() == recorded.keys() | {"rules"}


def contract(line):
    """Without what explain adds."""
    return {key: value for key, value in line.items() if key not in {"rules", "reproduced", "broken", "differences"}}


def test_a_conversation_is_explained_as_it_was_recorded_and_comes_out_again(desk):
    _, config, recorded = desk
    done = mailtriage("explain", "26-000001", "--json", "--config", config)
    assert done.code == 0
    assert [contract(line) for line in done.lines] == recorded
    assert [(line["reproduced"], line["broken"], line["differences"]) for line in done.lines] == [(True, [], [])] * 3
    (line,) = mailtriage("explain", recorded[0]["digest"], "--json", "--config", config).lines
    assert contract(line) == recorded[0]


def test_every_rule_is_told_with_its_condition_and_the_place_of_its_words(desk):
    _, config, (question, *_) = desk
    (line,) = mailtriage("explain", question["digest"], "--json", "--config", config).lines
    rules = {rule["rule"]: rule for rule in line["rules"]}
    assert [rule["rule"] for rule in line["rules"] if rule["held"]] == [hit["rule"] for hit in line["decision"]["hits"]]
    assert [rule["rule"] for rule in line["rules"] if rule["decided"]] == [line["decision"]["rule"]]
    assert not rules["loop"]["held"]
    assert rules["loop"]["condition"] == "automatic: loop"
    words = {(piece["part"], piece["line"], piece["column"], piece["text"])
             for rule in line["rules"] for piece in rule["found"] if piece["line"]}  # fmt: skip
    assert ("text", 1, 1, "Как пополнить") in words or ("text", 1, 5, "пополнить") in words


def test_a_recorded_message_shows_the_rules_of_its_own_facts(desk):
    _, config, (question, again, _) = desk
    shown = mailtriage("explain", "26-000001", "--config", config).out
    assert (question["decision"]["verdict"], again["decision"]["reason"]) == ("accept", "repeat")
    assert f"  » {question['decision']['rule']}: " in shown
    assert f"  » {again['decision']['rule']}: " in shown
    assert "Решение: отклонено: повтор" in shown
    assert "обращение № 26-000001, узнано по" in shown
    assert "решено без правил" in shown
    assert shown.count("выходит ровно то же") == 3


def test_reading_anew_gives_the_same_decision_and_the_very_same_letter(desk):
    _, config, recorded = desk
    lines = mailtriage("explain", "26-000001", "--reread", "--json", "--config", config).lines
    assert [contract(line) for line in lines] == recorded
    assert [line["differences"] for line in lines] == [[]] * 3
    assert (
        "От записанного ничем не отличается" in mailtriage("explain", "26-000001", "--reread", "--config", config).out
    )


def test_reading_anew_tells_each_value_that_was_another_then(changed):
    config, recorded, store = changed
    record = recorded | {"message": recorded["message"] | {"subject": "Прежняя тема"}}
    store("update message set record = ? where id = 1", json.dumps(record))
    (line,) = mailtriage("explain", recorded["digest"], "--reread", "--json", "--config", config).lines
    assert line["differences"] == [
        {"field": "message.subject", "stored": "Прежняя тема", "now": recorded["message"]["subject"]}
    ]
    shown = mailtriage("explain", recorded["digest"], "--reread", "--config", config).out
    assert "message.subject: Прежняя тема → Пополнение" in shown


def test_a_decision_that_its_record_does_not_give_is_told_value_by_value(changed):
    config, recorded, store = changed
    record = recorded | {"decision": recorded["decision"] | {"verdict": "reject", "reason": "abusive"}}
    store("update message set record = ? where id = 1", json.dumps(record))
    done = mailtriage("explain", recorded["digest"], "--json", "--config", config)
    assert done.code == 1
    assert done.lines[0]["reproduced"] is False
    assert done.lines[0]["broken"] == [
        {"field": "decision.verdict", "stored": "reject", "now": "accept"},
        {"field": "decision.reason", "stored": "abusive", "now": None},
    ]
    shown = mailtriage("explain", recorded["digest"], "--config", config)
    assert shown.code == 1
    assert "НЕ ВОСПРОИЗВЕДЕНО" in shown.out
    assert "decision.verdict: reject → accept" in shown.out


def test_rules_that_are_no_rules_any_more_are_said_to_be_and_the_recorded_hits_stay(changed):
    config, recorded, store = changed
    store("update ruleset_version set files = ?", json.dumps({"10-old.yaml": "- rule: old\n  wenn: {legible: true}\n"}))
    done = mailtriage("explain", recorded["digest"], "--config", config)
    assert done.code == 0
    assert "больше не понимает" in done.out
    assert "10-old.yaml:2:3: " in done.out
    assert f"» {recorded['decision']['rule']}: " in done.out
    (line,) = mailtriage("explain", recorded["digest"], "--json", "--config", config).lines
    assert contract(line) == recorded
    assert line["rules"] == []


def test_every_kind_of_letter_comes_out_again_from_its_record(tmp_path):
    config = configuration(tmp_path)
    done = mailtriage("ingest", Path(samples.__file__).parent / "samples", "--config", config, "--now", "message")
    assert done.code == 0, done.err
    with Parts(load_configuration(config)) as parts:
        told = [each for number in range(1, 41) for each in explain_recorded(parts, str(number))]
    assert {each.record["decision"]["verdict"] for each in told} == {"accept", "reject", "skip", "hold", None}
    assert [each.reproduced for each in told] == [True] * 40
    assert [each.differences for each in told] == [()] * 40
