"""A lead reads mistakes in the language of the terminal, and the linter's page is for people and for programs."""

import json

import pytest
from app.program import configuration, mailtriage

from mailtriage.commands import terminal

ACCEPT = "- rule: accept\n  title: Всё\n  when: {always: true}\n  then: {accept: true}\n  examples: [match: a]\n"
LATE = (
    "- rule: too-late\n  title: Поздно\n  when: {text: никогда}\n  then: {hold: late}\n"
    "  examples: [match: никогда, miss: всегда]\n"
)


@pytest.fixture
def own(tmp_path):
    """Two rules, the second of which comes too late."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "90-accept.yaml").write_text(ACCEPT)
    (tmp_path / "rules" / "95-mine.yaml").write_text(LATE)
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ru_RU.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "ru"),
        ({"MAILTRIAGE_LANGUAGE": "ru", "LC_ALL": "C"}, "ru"),
        ({"MAILTRIAGE_LANGUAGE": "en", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"MAILTRIAGE_LANGUAGE": "tlh", "LANG": "ru_RU.UTF-8"}, "ru"),
    ],
)
def test_the_language_is_the_variables_or_the_locales(environment, language):
    assert terminal.language(environment) == language


def test_mistakes_are_told_in_russian_where_russian_is_read(own, monkeypatch):
    monkeypatch.setenv("MAILTRIAGE_LANGUAGE", "ru")
    (own / "rules" / "96-mine.yaml").write_text("- rule: b\n  title:Имя\n  when: {always: true}\n")
    file = configuration(own, rules="rules", poll_secnds=5)
    done = mailtriage("check", "--config", file)
    assert done.code == 1
    assert "96-mine.yaml:2:8: файл не читается: после двоеточия нужен пробел: «title: …»" in done.err
    assert "ключа «poll_secnds» здесь нет (может быть, «poll_seconds»?)" in done.err
    started = mailtriage("once", "--config", file)
    assert started.code == 2
    assert "ключа «poll_secnds» здесь нет" in started.err


def test_the_language_variable_is_no_setting(own, monkeypatch):
    monkeypatch.setenv("MAILTRIAGE_LANGUAGE", "ru")
    (own / "rules" / "95-mine.yaml").unlink()
    done = mailtriage("check", "--config", configuration(own, rules="rules"))
    assert done.code == 0, done.err
    assert done.out.startswith("всё верно: правил ")


def test_lint_tells_what_never_decides_and_ends_with_a_no(own, monkeypatch):
    monkeypatch.setenv("MAILTRIAGE_LANGUAGE", "ru")
    done = mailtriage("rules", "lint", "--config", configuration(own, rules="rules"))
    assert done.code == 1
    assert (
        "95-mine.yaml:1:9: правило «too-late» ничего не решает: на всех его письмах раньше решает «accept»" in done.out
    )


def test_lint_for_programs_is_one_object(own):
    done = mailtriage("rules", "lint", "--json", "--config", configuration(own, rules="rules"))
    found = json.loads(done.out)
    assert (done.code, found["errors"]) == (1, 1)
    (shadowed,) = [each for each in found["findings"] if each["severity"] == "error"]
    assert (shadowed["kind"], shadowed["rule"], shadowed["line"], shadowed["column"]) == ("shadowed", "too-late", 1, 9)
    assert shadowed["file"] == f"{own}/rules/95-mine.yaml"


def test_lint_of_rules_that_only_raise_doubts_is_no_failure(own):
    (own / "rules" / "95-mine.yaml").write_text("- rule: idle\n  title: t\n  when: {text: a}\n  then: {tag: t}\n")
    done = mailtriage("rules", "lint", "--json", "--config", configuration(own, rules="rules"))
    assert done.code == 0
    assert "examples" in [each["kind"] for each in json.loads(done.out)["findings"]]


def test_rules_that_do_not_load_are_told_and_not_linted(own):
    (own / "rules" / "95-mine.yaml").write_text("- rule: [\n")
    assert mailtriage("rules", "lint", "--config", configuration(own, rules="rules")).code == 2


def test_schema_and_reference_are_printed():
    assert json.loads(mailtriage("rules", "schema").out)["items"] == {"$ref": "#/$defs/rule"}
    assert json.loads(mailtriage("rules", "schema", "--lists").out)["minItems"] == 1
    assert mailtriage("rules", "reference").out.startswith("# Язык правил")
