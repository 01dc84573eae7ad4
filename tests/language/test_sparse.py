"""What is looked for only where it may begin is found wherever Python finds it, and nowhere else."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mailtriage.language
import mailtriage.mail
from mailtriage.language.loosened import Unfit, beginning
from mailtriage.language.sparse import Sparse, sparse
from mailtriage.language.text import looked_through
from mailtriage.language.words import fold

LETTERS = Path(__file__).parent / "typical" / "claim.txt"


def everywhere() -> dict[str, Sparse]:
    """Every such pattern in use, by the name of its module and its own."""
    found: dict[str, Sparse] = {}
    for room in (mailtriage.language, mailtriage.mail):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                several = value if isinstance(value, tuple) else ()
                inside = [one for pair in several for one in (pair if isinstance(pair, tuple) else ())]
                for number, one in enumerate((value, *inside)):
                    if isinstance(one, Sparse):
                        found.setdefault(one.pattern, one)
                        found[f"{module.name}.{name}.{number}"] = found.pop(one.pattern)
    return found


HOUSE = everywhere()
LINES = [line for line in LETTERS.read_text(encoding="utf-8").splitlines() if line.strip("- ")]
SAID = """
    вашим|обращением|присвоен|номер|№|инн|7707083893|12.05.2026|2026-05-12|12 мая|May 12|a@mail.example|меня|нет|до
    в отпуске|вернусь|автоматически|сформирован|не отвечайте на это|отписаться|unsubscribe|и еще вопрос|кроме того
    во-вторых|зовут|Олег|wrote:|пишет:|idiot|i will sue you|карта *1234|9161234567|4276 3801 2345 6789|OUT-20093
    ?|!|.|,|:|>
    """
WORDS = [*sorted(set(re.findall(r"\w+", " ".join(LINES))))[::7], *re.split(r"[|\n]\s*", SAID.strip()), "\n"]
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=40).map(" ".join)


def agree(one: Sparse, text: str) -> None:
    exact = [(found.span(), found.groups()) for found in re.compile(one.pattern, one.flags).finditer(text)]

    assert [(found.span(), found.groups()) for found in one.finditer(text)] == exact
    assert [(found.span(), found.groups()) for found in one.finditer(text, looked_through(fold(text)).holding)] == exact


def test_there_are_such_patterns() -> None:
    assert len(HOUSE) > 40


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_every_pattern_in_use_finds_what_python_finds(text: str) -> None:
    for one in HOUSE.values():
        agree(one, text)
        agree(one, text.upper())


@pytest.mark.parametrize("line", LINES[::25])
def test_every_pattern_in_use_finds_it_in_letters(line: str) -> None:
    for one in HOUSE.values():
        agree(one, line)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<=[.!?] )и (?:как|где)\b", "Ясно. и как быть? и где"),
        (r"aab", "aaab aaaab"),
        (r"(?:ab|c\w+){2,}!", "abcxyz! cab! abab!"),
        (r"x(?:a[^b]{0,30}b)?y", "xy xab xa--by"),
        (r"(?i)выдай[iı]", "ВЫДАЙİ выдайI выдайı"),
        (r"(?i)[a-k]iss", "KİSS K\u0131\u017fs \u212aIſS"),
        (r"(?P<q>['\"])да(?P=q)", "'да\" 'да' \"да\""),
        (r"[^\W\d_]{3,}ов больше не", "Иванов больше не работает, Ёжиков больше не придёт"),
        (r"\d{4}[\s\u00a0]\d{4}", "1234\u00a05678 १२३४ ५६७८"),
        (r"(?s)начало.{0,5}конец", "начало\n\nконец начало конец"),
        (r"(?m)^> да$", "нет\n> да\n> да, но"),
        (r"(?:^|,\s*)да", "да да, да\nда,\u2009да"),
        (r"номер[^\d!?]{0,12}?(\d{3})(?!\d)", "номер № 1234, номер: 567! номер очень далёкий от 890, номер - 901"),
        (r"да(?!\w)", "\ud800 да дай да"),
        (r"[^k]\w*ая", "Kая kая ſая яая"),
        (r"(?:^|,[^\S\n]{0,20})да", "да, нет,\nда,\u2009 да"),
    ],
)
def test_awkward_patterns_find_what_python_finds(pattern: str, text: str) -> None:
    exact = [found.span() for found in re.finditer(pattern, text)]
    assert exact

    one = sparse(pattern, re.IGNORECASE if "(?i)" in pattern else re.NOFLAG)
    assert [found.span() for found in one.finditer(text)] == exact
    assert [found.span() for found in one.finditer(text, looked_through(fold(text)).holding)] == exact


@pytest.mark.parametrize("kind", [r"\d", r"\s"])
def test_figures_and_blanks_of_every_script_are_found(kind: str) -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))

    assert [found[0] for found in sparse(kind).finditer(every)] == re.findall(kind, every)


def test_a_pattern_that_may_begin_with_anything_is_refused() -> None:
    for pattern in (r"\w*", r".{0,9}да", r"(?<=а)", r"(?:а|)б?"):
        with pytest.raises(Unfit):
            beginning(pattern)


def test_the_places_of_a_long_text_are_not_mistaken_for_one_another() -> None:
    text = "Ёж и 😀 " * 500 + "и ёж."

    assert [found.start() for found in sparse("ёж").finditer(text)] == [text.index("ёж")]
    assert sparse("ёж", re.IGNORECASE).count(text) == 501
