"""What is known of a word is found out once, as long as there are not too many."""

from mailtriage.language.by_word import Kept, kept


def test_a_word_is_asked_for_once() -> None:
    asked = list[str]()

    @kept(100)
    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    assert [length(word) for word in ("один", "два", "один")] == [4, 3, 4]
    assert asked == ["один", "два"]


def test_no_more_words_are_kept_than_that() -> None:
    lengths = Kept(len, 3)

    for number in range(10):
        assert lengths["я" * number] == number
        assert len(lengths) <= 3


def test_a_word_may_be_found_out_by_its_parts() -> None:
    parts = Kept[str, tuple[str, ...]](lambda word: (*parts[word[1:]], word) if word else (), 2)

    assert parts["три"] == ("и", "ри", "три")
