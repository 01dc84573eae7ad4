"""The doctor asks real servers, says what to do, and changes nothing."""

import shutil

from app.program import configuration, contents, mailtriage

from mailtriage.configuration import shipped


def test_on_a_sound_desk_everything_is_ok_and_nothing_is_made(desk):
    before = contents(desk.folder)
    done = mailtriage("doctor", "--config", desk.config)
    assert [line for line in done.out.splitlines() if not line.startswith("ok  ")] == []
    assert done.code == 0
    assert "0 messages wait in INBOX" in done.out
    assert contents(desk.folder) == before


def test_each_failed_question_is_one_line_and_does_not_stop_the_next(tmp_path):
    rules = tmp_path / "rules"
    shutil.copytree(shipped() / "rules", rules)
    (rules / "95-broken.yaml").write_text("- rule: [\n")
    (tmp_path / "file").write_text("in the way")
    config = configuration(tmp_path, rules="rules", octets=f"file://{tmp_path}/file/octets")
    done = mailtriage("doctor", "--config", config)
    answers = {line[6:].partition(":")[0]: line for line in done.out.splitlines()}
    assert done.code == 1
    assert list(answers) == ["rules", "templates", "readers", "database", "octets", "imap support", "smtp"]
    failed = {question for question, line in answers.items() if line.startswith("FAIL")}
    assert failed == {"rules", "octets", "imap support", "smtp"}
    assert f"{rules}/95-broken.yaml:" in answers["rules"]
    assert "env:NOWHERE" in answers["imap support"]
    assert not (tmp_path / "store").exists()
