"""`check` finds everything at once: no mistake hides another."""

import shutil

import pytest
from app.program import configuration, mailtriage

from mailtriage.configuration import shipped
from mailtriage.edited import rule_files
from mailtriage.errors import Problems


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("MAILTRIAGE_LANGUAGE", "en")


@pytest.fixture
def own(tmp_path):
    """Files of one's own, all of them right."""
    shutil.copytree(shipped() / "rules", tmp_path / "rules")
    shutil.copytree(shipped() / "config" / "replies", tmp_path / "config" / "replies")
    shutil.copy(shipped() / "config" / "calendar.yaml", tmp_path / "config" / "calendar.yaml")
    return tmp_path


def write(folder, **changes):
    paths = {"rules": "rules", "replies": "config/replies", "calendar": "config/calendar.yaml"}
    return configuration(folder, **paths | changes)


def spoil(folder):
    """A rule with an unknown template, a template and a calendar that are wrong, a file that is no UTF-8."""
    (folder / "rules" / "95-mine.yaml").write_text(
        "- rule: mine\n  title: Моё\n  when: {subject: никогда}\n  then: {tag: mine, reply: ack-clam}\n"
    )
    (folder / "config" / "replies" / "ack.ru.j2").write_text("Subject: Ответ\n\n{{ nubmer }}\n")
    (folder / "config" / "replies" / "ack.en.j2").write_bytes(b"Subject: \xff\n\nText\n")
    (folder / "config" / "calendar.yaml").write_text("working: [2026-13-01]\n")
    return {
        f"{folder}/rules/95-mine.yaml:4:",
        f"{folder}/config/replies/ack.ru.j2:3:",
        f"{folder}/config/replies/ack.en.j2:1:",
        f"{folder}/config/calendar.yaml:1:",
    }


def test_the_shipped_files_are_fine_and_the_unset_authserv_id_is_a_warning(own):
    done = mailtriage("check", "--config", write(own))
    assert done.code == 0, done.err
    assert done.out.startswith("fine: ")
    assert "authserv_id is not set" in done.err
    assert all(line.endswith("(warning)") for line in done.err.splitlines())


def test_what_the_linter_is_sure_of_forbids_a_start_and_what_it_doubts_is_a_warning(own):
    (own / "rules" / "95-mine.yaml").write_text(
        "- rule: too-late\n  title: Поздно\n  when: {text: никогда}\n  then: {hold: late}\n"
    )
    done = mailtriage("check", "--config", write(own))
    assert done.code == 1
    late = f"{own}/rules/95-mine.yaml:1:9: "
    assert f'{late}the rule "too-late" never decides: wherever it holds, "accept" ' in done.err
    assert f'{late}the rule "too-late" has no examples, so nothing proves that it works (warning)' in done.err


MISNAMED = ("80-own.yml", "80-own.yaml.txt", "lists/cards.YAML", "outgoing/10-mine.yml")
PUT_ASIDE = ("80-own.yaml~", "80-own.yaml.bak", ".80-own.yaml.swp", "#80-own.yaml#", ".80.yml", "notes.txt", "own.json")


def test_a_file_of_rules_that_is_not_read_because_of_its_name_is_told(own):
    for name in (*MISNAMED, *PUT_ASIDE):
        (own / "rules" / name).write_text("- rule: [")
    (own / "rules" / ".#80-own.yaml").symlink_to("somebody@host.1")
    (own / "rules" / "95-mine.yaml").write_text("- rule: mine\n")
    done = mailtriage("check", "--config", write(own))
    assert done.code == 1
    told = [line for line in done.err.splitlines() if "must end in .yaml" in line]
    assert {line.partition(": the file ")[0] for line in told} == {f"{own}/rules/{name}" for name in MISNAMED}
    assert f"{own}/rules/95-mine.yaml:1:" in done.err
    with pytest.raises(Problems) as refused:
        rule_files(own / "rules")
    assert len(refused.value.problems) == len(MISNAMED)
    russian = refused.value.problems[0].told("ru")
    assert russian.endswith(": файл 80-own.yaml.txt не читается: имя должно кончаться на .yaml")


def test_mistakes_in_rules_templates_and_calendar_are_told_in_one_run(own):
    expected = spoil(own)
    done = mailtriage("check", "--config", write(own))
    assert done.code == 1
    assert {place for place in expected if place in done.err} == expected
    assert '"ack-claim"' in done.err


def test_a_wrong_configuration_hides_none_of_them(own):
    expected = spoil(own)
    file = write(own, poll_secnds=5, smtp={"host": "mail.example", "tls": "none", "from": "nobody"})
    done = mailtriage("check", "--config", file)
    assert done.code == 1
    assert "poll_seconds" in done.err
    assert {place for place in expected if place in done.err} == expected


def test_a_configuration_that_is_no_yaml_still_lets_the_usual_files_be_checked(own):
    expected = spoil(own)
    file = write(own)
    file.write_text("mailboxes: [\n")
    done = mailtriage("check", "--config", file)
    assert {place for place in expected if place in done.err} == expected
    assert f"{file}:2:1: " in done.err


def test_values_that_only_fail_later_are_found_with_their_place(own):
    folders = {"accept": "Triage/{categry}"}
    file = write(own, database="mysql://db", octets="ftp://there", folders=folders, calendar="config/calendar.yml")
    done = mailtriage("check", "--config", file)
    lines = file.read_text(encoding="utf-8").splitlines()
    line_of = {line.strip().partition(":")[0]: number for number, line in enumerate(lines, start=1)}
    assert done.code == 1
    for key in ("database", "octets", "accept", "calendar"):
        assert f"{file}:{line_of[key]}:" in done.err
    assert "{categry}" in done.err


def test_a_missing_template_and_a_missing_folder_are_told(own):
    (own / "config" / "replies" / "reject-repeat.en.j2").unlink()
    done = mailtriage("check", "--config", write(own))
    assert done.code == 1
    assert f"{own}/config/replies/reject-repeat.en.j2: this template is missing" in done.err
    shutil.rmtree(own / "rules")
    assert f"{own}/rules: expected rule files" in mailtriage("check", "--config", own / "config/mailtriage.yaml").err


def test_a_mistake_in_a_variable_names_the_variable(own, monkeypatch):
    monkeypatch.setenv("MAILTRIAGE_DATABASE", "mysql://db")
    done = mailtriage("check", "--config", write(own))
    assert done.err.startswith("environment variable MAILTRIAGE_DATABASE: ")
