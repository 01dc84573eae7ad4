"""Names are found where they would be if every line were read."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtriage.language import introductions, names
from mailtriage.language.introductions import introduced
from mailtriage.language.name_places import NamePlaces, name_places
from mailtriage.language.names import find_names
from mailtriage.language.text import LINE_END, looked_through

NAMES = (
    "Вера",
    "оксана",
    "Рустик",
    "Панченко",
    "панченко",
    "Иванов",
    "Сергеевна",
    "Т.И.",
    "Wallet",
    "PIN",
    "ivan",
    "Ли",
)
OTHERS = ("Терминал", "карта", "3DS", "от", "№80065.", "и", "оператор", "—", ",", ".", "!", "(", "\n", "\n\n", "\u1c84")

announced = st.from_regex(names.INTRODUCES, fullmatch=True)
told = st.sampled_from(introductions.SAYS).flatmap(
    lambda way: st.from_regex(
        re.compile(way[0].pattern.replace(introductions.NAME, f"(?:{'|'.join(NAMES[:6])})"), way[0].flags),
        fullmatch=True,
    )
)
pieces = st.sampled_from(NAMES) | st.sampled_from(OTHERS) | announced | told
texts = st.lists(st.tuples(pieces, st.sampled_from((" ", " ", " ", "", "\n"))), max_size=12).map(
    lambda row: "".join(map("".join, row))
)


# Texts that a pattern matches are slow to make on a machine with other work.
@settings(max_examples=60, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(texts)
def test_nothing_is_lost_by_reading_only_where_a_name_may_stand(written: str) -> None:
    text, lines = looked_through(written), tuple(range(written.count(LINE_END) + 1))
    places, everywhere = name_places(text.pieces), NamePlaces(lines, told=True, low=lines)
    assert find_names(text, places) == find_names(text, everywhere)
    assert introduced(text, places) == introduced(text, everywhere)


def test_most_lines_are_not_read() -> None:
    letter = looked_through(
        "Васильев Андрей\nКарту Wallet зависло. Украли Safari, PIN?\nОтвет от банка\n\nС уважением,\nПавлов"
    )
    assert name_places(letter.pieces) == NamePlaces((0, 5), told=False, low=())
