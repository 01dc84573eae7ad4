"""Every pair of letters under pairs/: the new fact is found and named, and what tells nothing new is a repeat."""

from pathlib import Path

import pytest
from novelty_pairs import Pair, found, pairs

PAIRS = [pair for path in sorted((Path(__file__).parent / "pairs").glob("*.yaml")) for pair in pairs(path)]


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.new], ids=str)
def test_what_is_new_is_found_and_named(pair: Pair):
    new = [told.lower().replace("ё", "е") for told in found(pair).new]
    for wanted in pair.new:
        assert any(wanted.lower().replace("ё", "е") in told for told in new), new


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair.new], ids=str)
def test_what_holds_nothing_new_is_known_for_what_it_is(pair: Pair):
    novelty = found(pair)
    assert novelty.new == ()
    assert novelty.same_as
    assert novelty.kind == pair.kind or pair.kind is None


def test_the_table_is_long_enough_and_mostly_about_news():
    assert len(PAIRS) >= 180
    assert sum(bool(pair.new) for pair in PAIRS) >= 0.5 * len(PAIRS)
