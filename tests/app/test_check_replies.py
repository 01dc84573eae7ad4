"""`check --replies`: a lead who edited a template sees what customers will read now."""

import shutil

import pytest
from app.program import configuration, mailtriage

from mailtriage.configuration import shipped


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Templates of one's own, as they were shipped."""
    monkeypatch.setenv("MAILTRIAGE_LANGUAGE", "en")
    shutil.copytree(shipped() / "config" / "replies", tmp_path / "config" / "replies")
    return tmp_path


def check(folder, *options):
    return mailtriage(
        "check", "--config", configuration(folder, replies="config/replies"), "--replies", *options
    ).out.splitlines()


def edit(folder, name, old, new):
    file = folder / "config" / "replies" / f"{name}.j2"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edit_is_shown_once_as_letters_that_differ(own):
    edit(own, "_contacts.ru", "чат на сайте", "чат в приложении")
    edit(own, "ack.en", "Subject: Your message to support", "Subject: Your letter")
    shown = check(own)
    assert [line for line in shown if line.startswith(("-", "+"))] == [
        "-Subject: Your message to support",
        "+Subject: Your letter",
        "-— чат на сайте: ответим в течение получаса;",
        "+— чат в приложении: ответим в течение получаса;",
    ]
    (sharing,) = [line for line in shown if "ack-claim.ru" in line]
    assert "reject-repeat.ru" in sharing
    assert shown[-1].startswith("fine: ")


def test_what_only_a_few_customers_read_is_shown_with_the_facts_that_bring_it_out(own):
    edit(own, "_due.ru", "просим за это прощения", "очень просим прощения")
    shown = check(own)
    assert any(line.startswith("=== ack.ru,") and line.endswith("the date has passed") for line in shown)
    assert any("очень просим прощения" in line for line in shown)


def test_letters_that_were_added_are_named_and_unchanged_ones_are_said_to_be_so(own, tmp_path):
    assert any(line.startswith("every letter reads as in ") for line in check(own))
    for language in ("ru", "en"):
        shutil.copy(own / f"config/replies/ack.{language}.j2", own / f"config/replies/gifts.{language}.j2")
    assert {"new letter: gifts.ru", "new letter: gifts.en"} <= set(check(own))
    before = tmp_path / "before"
    shutil.copytree(own / "config" / "replies", before)
    assert f"every letter reads as in {before}" in check(own, "--against", before)


def test_held_against_themselves_all_letters_are_shown_filled_in(own):
    shown = check(own, "--against", own / "config" / "replies")
    assert "=== ack-claim.ru — usual" in shown
    assert "=== extension.en — nothing is known" in shown
    assert not any("{" in line for line in shown)
