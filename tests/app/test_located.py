"""YAML as a lead means it: no surprises, and a place for every complaint."""

import pytest

from mailtriage.errors import Problems
from mailtriage.located import load


def complaint(text: str) -> str:
    with pytest.raises(Problems) as caught:
        load(text, "f.yaml")
    return str(caught.value)


def test_no_and_times_stay_the_words_they_are():
    assert load("a: no\nb: 12:30\nc: 010\nd: 3\ne: 1.5\nf: true\ng: 2026-05-09\nh:\n", "f").value == {
        "a": "no", "b": "12:30", "c": "010", "d": 3, "e": 1.5, "f": True, "g": "2026-05-09", "h": None,
    }  # fmt: skip


def test_every_value_and_key_has_its_place():
    located = load("rules:\n  - name: a\n    then: {accept: yes}\n", "f.yaml")
    assert str(located.place(("rules", 0, "then", "accept"))) == "f.yaml:3:20"
    assert str(located.key_place(("rules", 0, "then"))) == "f.yaml:3:5"


def test_an_unknown_path_has_the_place_of_its_nearest_ancestor():
    assert str(load("a: {b: 1}\n", "f.yaml").place(("a", "c", 0))) == "f.yaml:1:4"


def test_a_key_that_stands_twice_is_refused():
    assert complaint("a: 1\nb: 2\na: 3\n") == 'f.yaml:3:1: "a" stands here twice, first on line 1'


def test_the_billion_laughs_are_refused_where_they_begin():
    laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert "anchors and aliases" in complaint(laughs)


def test_tags_are_refused():
    assert "tags such as" in complaint("a: !!python/object:os.system x\n")


def test_broken_yaml_has_line_and_column():
    assert complaint("a: [1, 2\nb: 3\n").startswith("f.yaml:2:2: not valid YAML")


def test_a_ladder_of_brackets_ends_at_a_limit():
    assert "nested deeper than" in complaint("a: " + "[" * 60 + "]" * 60)
