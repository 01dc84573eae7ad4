"""Words as people type them: stretched, mistyped, apart; and what must not be taken for them."""

import pytest
from condition_rules import holds, problem

from mailtriage.triage.spelling import distance, unstretched


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("{text|words: [заблокировать]}", "вы заблокиииировали меня"),
        ("{text|words: ['блокир*']}", "БЛОООКИРУЕТЕ"),
        ("{text|words: [деньги]}", "где мои деееньгиии"),
        ("{text|words: [длинный]}", "длиннннный перечень"),
        ("{text|words: [комиссия]}", "ваша коммиссия"),
        ("{text|words: [урааа]}", "ура"),
        ("{text|phrase: верните деньги}", "вернииите мои деньги"),
    ],
)
def test_letters_held_down_are_let_go(when, text):
    assert holds(when, text)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("{text|words: [длиный]}", "длинный"),
        ("{text|words: [god]}", "good"),
        ("{text|words: [ааа]}", "а потом"),
        ("{text|words: [бал]}", "балл"),
        ("{text|words: [пин-код]}", "код"),
    ],
)
def test_a_word_with_doubles_of_its_own_keeps_them(when, text):
    assert not holds(when, text)


def test_a_stretched_word_is_shown_as_it_was_written():
    assert unstretched("длинный") == frozenset()
    assert unstretched("блокиииировали") == {"блокировали"}


@pytest.mark.parametrize(
    "text",
    ["заблокировали", "вы заблакировали", "забокировали кошелек", "азблокировали", "заблокирвоали", "заблакированно"],
)
def test_similar_forgives_slips_in_any_form(text):
    assert holds("{text|similar: [заблокировать]}", text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("карта", "карма"),  # another word
        ("счет", "счит"),  # too short
        ("перевод", "привод"),
        ("вывод", "выпад"),
        ("кошелек", "кошачий"),
        ("комиссия", "коммунизм"),
        ("заблокировать", "разблокировать"),
    ],
)
def test_similar_takes_no_other_word_and_no_short_word(word, text):
    assert not holds(f"{{text|similar: [{word}]}}", text)


def test_the_slip_is_the_evidence_and_a_star_does_not_go_with_it():
    told = problem("{text|similar: ['блокир*']}")
    assert "whole words" in told.told("en")
    assert "целиком" in told.told("ru")


def test_the_gap_of_a_phrase_is_chosen_by_its_author():
    text = "деньги с моего второго счёта к вам не дошли"
    assert not holds("{text|phrase: деньги дойти}", text)
    assert holds("{text|phrase: {words: [деньги дойти], gap: 7}}", text)
    assert not holds("{text|phrase: {words: деньги дойти, gap: 0}}", "деньги не дошли")
    assert holds("{text|phrase: {words: деньги дойти, gap: 0}}", "деньги дошли")


@pytest.mark.parametrize(
    ("when", "english", "russian"),
    [
        ("{text|phrase: {words: [а б], gap: many}}", "gap expects a number", "gap — это число слов"),
        ("{text|phrase: {word: [а б], words: [а б]}}", 'did you mean "words"?', "может быть, «words»?"),
        ("{text|phrase: {gap: 3, words: ['!']}}", "there is no word", "нет ни одного слова"),
        ("{text|matches: '(а'}", "missing )", "не хватает закрывающей скобки"),
        ("{size|before: 2026-01-01}", '"before" does not fit "size"', "«before» не подходит к «size»: это число"),
        ("{txet: а}", 'there is no fact "txet"', "нет такого поля: «txet» (может быть, «text»?)"),
        ("{received_on|before: вчера}", "expects a day", "нужен день"),
        ("{received_on: 2026-02-30}", "a day such as", "день, например"),
        ("{text: true}", "true and false are yes and no here", "возьмите их в кавычки"),
    ],
)
def test_a_mistake_is_told_in_both_languages(when, english, russian):
    told = problem(when)
    assert english in told.told("en")
    assert russian in told.told("ru")


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("", "", 0), ("аб", "ба", 1), ("карта", "крата", 1), ("карта", "карт", 1), ("кот", "кит", 1), ("абв", "ваб", 2)],
)
def test_the_distance_counts_a_swap_once(one, other, edits):
    assert distance(one, other) == distance(other, one) == edits
