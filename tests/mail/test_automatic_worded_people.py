"""People who write in the words of robots about their own matters (worded_people.yaml)."""

from pathlib import Path

import pytest
import yaml

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
PEOPLE = yaml.safe_load(Path(__file__).with_name("worded_people.yaml").read_text(encoding="utf-8"))


def read(subject: str, text: str, head: str, sender: str) -> Automatic:
    lines = [f"From: {sender}", "To: help@centre.example", f"Subject: {subject}", *filter(None, [head])]
    return parse(("\n".join(lines) + "\n\n" + text).encode(), OPTIONS).automatic


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["subject"])
def test_people_in_the_same_words_are_people(person: dict[str, str]) -> None:
    found = read(person["subject"], person["text"], person.get("header", ""), person["from"])
    assert found.kind is None, found.because
