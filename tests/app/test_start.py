"""A start does what it must and no more: proven examples are not run again, and nothing is loaded for later."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from mailtriage.edited import known_names
from mailtriage.errors import Problems
from mailtriage.proof import proof_of
from mailtriage.rulebook import Rulebook
from mailtriage.store.database import Database
from mailtriage.store.proofs import is_proven, keep_proof

RULE = """- rule: mine
  title: Моё
  when: {said|words: [кошелёк]}
  then: {accept: true}
  examples:
    - match: "EXAMPLE"
    - miss: "Ничего такого"
"""
NOW = datetime(2026, 3, 1, tzinfo=UTC)
KNOWN = known_names(frozenset())


def written(folder, example, *, rule=RULE):
    (folder / "10-mine.yaml").write_text(rule.replace("EXAMPLE", example))
    return folder


def test_examples_that_were_seen_to_hold_are_not_run_again(tmp_path):
    asked = []
    book = Rulebook(written(tmp_path, "не о том"), KNOWN, lambda name: asked.append(name) or True)
    assert [rule.name for rule in book.current.rules] == ["mine"]
    assert asked == [book.proof]
    with pytest.raises(Problems, match="should match"):
        Rulebook(tmp_path, KNOWN, lambda _: False)


def test_a_proof_spares_nothing_but_the_examples(tmp_path):
    with pytest.raises(Problems):
        Rulebook(written(tmp_path, "кошелёк", rule=RULE.replace("words", "wrods")), KNOWN, lambda _: True)


def test_a_changed_file_is_tried_whatever_is_proven(tmp_path):
    book = Rulebook(written(tmp_path, "мой кошелёк"), KNOWN, lambda _: True)
    before = book.current
    written(tmp_path, "не о том")
    assert not book.reload()
    assert book.current is before


def test_the_name_of_a_proof_changes_with_rules_lists_and_program(tmp_path):
    rules = {"10.yaml": "a"}
    others = ({"10.yaml": "b"}, {"11.yaml": "a"}, rules | {"lists/x.yaml": "y"})
    names = [proof_of(files, tmp_path) for files in (rules, *others)]
    (tmp_path / "words.py").write_text("another program")
    names.append(proof_of(rules, tmp_path))
    (tmp_path / "lexicon.txt").write_text("another list")
    names.append(proof_of(rules, tmp_path))
    os.utime(tmp_path / "words.py", (1, 1))
    names.append(proof_of(rules, tmp_path))
    assert len(set(names)) == len(names) == 7
    assert proof_of(rules, tmp_path) == names[-1]


def test_the_store_remembers_the_last_proof(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/mailtriage.db")) as database:
        assert not is_proven(database, "one")
        database.upgrade()
        assert not is_proven(database, "one")
        keep_proof(database, "one", NOW)
        assert is_proven(database, "one")
        keep_proof(database, "two", NOW)
        assert [is_proven(database, name) for name in ("one", "two")] == [False, True]


@pytest.mark.parametrize(("root", "besides"), [("daemon", ""), ("one_pass", " apscheduler.schedulers.asyncio")])
def test_nothing_is_loaded_for_later(root, besides):
    rare = "rich pygments pypdf holidays tesserocr dkim obstore procrastinate boto3 mailtriage.demo mailtriage.console "
    rare += "PIL pi_heif pypdfium2 mailparser lxml alembic psycopg sqlalchemy.dialects.postgresql" + besides
    told = f"import sys, mailtriage.cli, mailtriage.{root}; print(*{set(rare.split())!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_proven_rules_need_no_dictionary(tmp_path):
    told = f"""
from pathlib import Path
from mailtriage.edited import known_names
from mailtriage.language import words
from mailtriage.rulebook import Rulebook
from mailtriage.triage.decision import holds
from mailtriage.triage.facts import Facts
words.morphology, real = None, words.morphology
rule = Rulebook(Path({str(written(tmp_path, "кошелёк"))!r}), known_names(frozenset()), lambda _: True).current.rules[0]
words.morphology = real
print(holds(rule, Facts(said="Деньги в кошельке"))[0], holds(rule, Facts(said="Деньги на карте"))[0])
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
