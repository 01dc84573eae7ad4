"""Explaining a rule: the part that mattered, and where its words stand."""

from condition_rules import ruleset

from mailtriage.triage.decision import trace
from mailtriage.triage.facts import Facts
from mailtriage.triage.match import Found


def step(when, facts, **keys):
    (only,) = trace(facts, ruleset(when, **keys))
    return only


def test_each_piece_has_its_place_in_its_fact():
    text = "Ёлки, ДЕНЬГИ мне не дошли! И деньги за март тоже"
    facts = Facts(text=text, said="Срочно\n" + text, attachment_names=("чек.pdf", "фото.JPG"), size=7)
    found = step(
        "{all: [{said|phrase: деньги не дойти}, {text|words: [деньги]}, {text|contains: март}, {size|gt: 1},"
        " {attachment_names|ends: .jpg}, {text|matches: 'м[а-я]+т'}]}",
        facts,
    ).found
    for piece in found:
        value = getattr(facts, piece.field)
        whole = value if piece.item is None else value[piece.item]
        assert piece.field == "size" or whole[piece.start : piece.end] == piece.text
    assert [(piece.field, piece.text) for piece in found] == [
        ("said", "ДЕНЬГИ мне не дошли"),
        ("text", "ДЕНЬГИ"),
        ("text", "деньги"),
        ("text", "март"),
        ("size", "size: 7"),
        ("attachment_names", ".JPG"),
    ]
    assert found[-1] == Found("attachment_names", 4, 8, ".JPG", item=1)


def test_the_part_that_held_or_failed_is_told_as_it_was_written():
    either = "[{text|words: [кошелек]}, {all: [{text|words: [карта]}, {attachments|gt: 0}]}]"
    assert step(either, Facts(text="карта", attachments=1)).condition == "text|words: карта & attachments|gt: 0"
    assert step(either, Facts(text="карта")).condition == "text|words: кошелек | attachments|gt: 0"
    assert step("{not: {text|words: [карта]}}", Facts(text="карта")).condition == "not: text|words: карта"


def test_of_an_exception_that_held_its_own_words_are_shown():
    missed = step("{text|words: [карта]}", Facts(text="Карта, спасибо"), unless="{text|contains: спасибо}")
    assert (missed.held, missed.condition, missed.failed) == (
        False,
        "unless: text|contains: спасибо",
        "unless: спасибо",
    )
    assert missed.found == (Found("text", 7, 14, "спасибо"),)
