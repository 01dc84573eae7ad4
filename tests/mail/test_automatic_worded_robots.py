"""Robots without any header that says so: their words must do (worded_robots.yaml)."""

from pathlib import Path

import pytest
import yaml

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
ROBOTS = yaml.safe_load(Path(__file__).with_name("worded_robots.yaml").read_text(encoding="utf-8"))


def read(subject: str, text: str, head: str, sender: str) -> Automatic:
    lines = [f"From: {sender}", "To: help@centre.example", f"Subject: {subject}", *filter(None, [head])]
    return parse(("\n".join(lines) + "\n\n" + text).encode(), OPTIONS).automatic


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot["subject"])
def test_a_robot_is_known_by_its_words(robot: dict[str, str]) -> None:
    assert read(robot["subject"], robot["text"], robot.get("header", ""), robot["from"]).kind == robot["kind"]
