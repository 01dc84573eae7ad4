"""Obscenity and hostility are found in the phrases made for them, and in no innocent one."""

from pathlib import Path

from mailtriage.language.obscenity import find_rudeness

_HERE = Path(__file__).parent
_RECALL = 0.97
_HOSTILE_RECALL = 0.9
"""Implied threats and scorn have no end of wordings; what is doubtful is let through."""


def _phrases(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_nearly_every_obscene_phrase_is_found() -> None:
    phrases = _phrases("obscene.txt")
    missed = [phrase for phrase in phrases if not find_rudeness(phrase).obscenities]
    assert len(phrases) >= 300
    assert len(missed) <= (1 - _RECALL) * len(phrases), missed


def test_most_insults_and_threats_without_a_keyword_are_found() -> None:
    phrases = _phrases("hostile.txt")
    missed = [phrase for phrase in phrases if not ((rude := find_rudeness(phrase)).insults or rude.threats)]
    assert len(phrases) >= 150
    assert len(missed) <= (1 - _HOSTILE_RECALL) * len(phrases), missed


def test_who_will_track_down_where_staff_live_threatens_them_and_who_was_tracked_down_himself_does_not() -> None:
    assert find_rudeness("Не вернёте — выслежу, где вы живёте").threats == ("выслежу, где вы живёте",)
    assert find_rudeness("Мошенник выследил, где я живу, и украл карту").threats == ()
    assert find_rudeness("Сам выслежу, где застрял перевод: сосед, где вы живёте, деньги уже получил").threats == ()


def test_no_innocent_phrase_is_taken_for_abuse() -> None:
    phrases = _phrases("innocent.txt")
    accused = {
        phrase: found
        for phrase in phrases
        if (rude := find_rudeness(phrase)) and (found := rude.obscenities + rude.insults + rude.threats)
    }
    assert len(phrases) >= 1_000
    assert accused == {}
