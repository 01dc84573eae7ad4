"""How Russian a text looks, as one number: what every guess about a charset is ranked by.

The trap: any octets decode in any single-byte charset, so "it decodes" says nothing. What tells koi8-r from
windows-1251 is which letters follow one another and where capitals stand. The table is quantised from the word forms
of the OpenCorpora dictionary (one digit a pair, space stands for the edge of a word); it holds no text.
"""

import re

_LETTERS = " абвгдежзийклмнопрстуфхцчшщъыьэюя"
_ROWS = (
    "088878668748788898888766675020756",
    "847977878677889478886676766000487",
    "374545744705756737647143445474244",
    "793445836806757856766234594284226",
    "472435612704646927436100440022231",
    "674655865706657857657245553464345",
    "957887777688899679885665776000475",
    "573236742704346534425212210103221",
    "586766654705667736426022340464235",
    "866967868677888768885687865000357",
    "933355313205456434761334453010112",
    "783632714805756927677135250032322",
    "685455844806646842557341422068277",
    "985333833805666864758443433073325",
    "784566845807338934777546634287357",
    "858988777688888688886666775000575",
    "381101800704715958566223432064225",
    "696566965806567955778555654075357",
    "675655742709767875797555654467349",
    "785755843806657868757444553377356",
    "857767766567776377773464766000384",
    "360021601702534716455410110033022",
    "872522502603656736755011240112200",
    "562421702705222522325012010051110",
    "570300820806437413356020120004001",
    "372510901806645553366120100006130",
    "360200800800004203006000000001000",
    "000000500000000000000000000000034",
    "715855755276685066663183564000003",
    "824455624506157332760434545000356",
    "202434112035645245461321030000001",
    "825344344235445235760244548000130",
    "914755656255566155663165536000063",
)
_PAIRS = {first + second: int(_ROWS[i][j]) for i, first in enumerate(_LETTERS) for j, second in enumerate(_LETTERS)}
_EXPECTED = 6.2
"""Between the mean level of running Russian (about 7.5) and that of a wrong guess (about 5)."""
_CAPITAL_INSIDE = 24.0
"""One is enough to tell mac-cyrillic, whose "я" is a "Я" of windows-1251."""
_GARBAGE = 8.0
_FOREIGN = 1.5
_SHOUTED = 0.15
_RUN = re.compile(r"[^\x00-\x7f]+|[^\W\d_]+")
_TYPOGRAPHY = frozenset("«»—–…№“”„‘’•°€₽§\u00a0\u200b\u200d\ufe0f\u2011\u2212")
_RARE = frozenset("‡†™®©£±×÷·¹²³½‰‹›¤¦¬µ¶")
_CYRILLIC_TO_FOLD = str.maketrans("ё", "е")


def russianness(text: str) -> float:
    """The mean plausibility of the non-ASCII characters: above 0.5 it is Russian, below -0.5 it is not.

    0.0 for a text without such characters.
    """
    total, count = 0.0, 0
    for match in _RUN.finditer(text):
        run = match[0]
        if run.isascii():
            continue
        score, size = _run(run, _neighbour(text, match.start() - 1), _neighbour(text, match.end()))
        total += score
        count += size
    return total / count if count else 0.0


def _neighbour(text: str, index: int) -> str:
    return text[index] if 0 <= index < len(text) else " "


def _run(run: str, before: str, after: str) -> tuple[float, int]:
    score, previous, last = 0.0, " ", before
    # A Latin letter that touches a Cyrillic one is a sign of a wrong guess; a digit or a sign is not.
    if before.isalpha() or after.isalpha():
        score -= _FOREIGN
    folded = run.lower().translate(_CYRILLIC_TO_FOLD)
    if len(folded) != len(run):
        folded = run
    for char, low in zip(run, folded, strict=True):
        if low in _LETTERS and low != " ":
            score += _PAIRS[previous + low] - _EXPECTED - (_SHOUTED if char.isupper() else 0)
            if last in _KNOWN_LOWER and char.isupper():
                score -= _CAPITAL_INSIDE
            previous = low
        else:
            score += _sign(char)
            if previous != " ":
                score += _PAIRS[previous + " "] - _EXPECTED if not char.isalpha() else -_FOREIGN
            previous = " "
        last = char
    if previous != " " and not after.isalpha():
        score += (_PAIRS[previous + " "] - _EXPECTED) / 2
    return score, len(run)


_KNOWN_LOWER = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")


def _sign(char: str) -> float:  # noqa: PLR0911 - one return a class of characters
    """The plausibility of a character that is no Russian letter."""
    code = ord(char)
    if char in _TYPOGRAPHY:
        return 0.0
    if char in _RARE:
        return -_FOREIGN * 3
    if 0x80 <= code < 0xA0 or char == "\ufffd" or 0x2500 <= code < 0x2600 or 0xE000 <= code < 0xF900:  # noqa: PLR2004 - C1, box drawing, private use
        return -_GARBAGE
    if 0xA0 <= code < 0xC0:  # noqa: PLR2004 - Latin-1 signs stand where a wrong guess put them
        return -_FOREIGN * 2
    if code < 0x250:  # noqa: PLR2004 - Latin letters with accents
        return -_FOREIGN
    if 0x400 <= code < 0x530:  # noqa: PLR2004 - other Cyrillic: Ukrainian is common, the rest is rare
        return -0.5 if low_is_ukrainian(char) else -_FOREIGN * 2
    if not char.isprintable():
        return -_GARBAGE / 2
    return 0.0


def low_is_ukrainian(char: str) -> bool:
    """Whether a letter is one that Ukrainian or Belarusian adds to the Russian ones."""
    return char in "іїєґўІЇЄҐЎ"
