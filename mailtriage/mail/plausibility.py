"""How Russian a text looks, as one number: what every guess about a charset is ranked by.

The trap: any octets decode in any single-byte charset, so "it decodes" says nothing. What tells koi8-r from
windows-1251 is which letters follow one another and where capitals stand. The table is quantised from the word forms
of the OpenCorpora dictionary (one digit a pair, space stands for the edge of a word); it holds no text.
"""

import re
from functools import lru_cache

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
_CAPITAL_INSIDE = 16.0
"""One is enough to tell mac-cyrillic, whose "я" is a "Я" of windows-1251."""
_GARBAGE = 8.0
_FOREIGN = 1.5
_BALKAN = 5.0
"""For the letters that every Cyrillic charset spends its first rows on, and no Russian writes."""
_SHOUTED = 0.1
_DRAWN = 0.5
"""For a doubled letter: "эээ" and "ааа" are drawn out alike."""
_RARE_YO = 1.5
"""Most writers leave the dots off, and few words begin with the letter."""
_SIGN_INSIDE = 6.0
"""For a sign between two letters, where a wrong guess puts it in place of one."""
_SIGN_AS_CAPITAL = 4.0
"""For a sign in the place of a sentence's capital: "†алоба"."""
_UNPAIRED = 3.0
_LONGEST_WORD = 40
_RUN = re.compile(r"(?<=(.))([^\x00-\x7f]+|(?<![A-Za-z])[A-Za-z]++[^\x00-\x7f\W\d_][^\W\d_]*+)(?=(.))", re.DOTALL)
"""What is not ASCII, and words that begin in it and do not stay there; with the characters before and after."""
_TYPOGRAPHY = frozenset("«»—–…№“”„‘’•°€₽§\u00a0\u200b\u200d\ufe0f\u2011\u2212")
_RARE = frozenset("‡†™®©£±×÷·¹²³½‰‹›¤¦¬µ¶√∞∂∆≈≠≤≥ƒ¢¥")
_JOINS = frozenset("’\u00ad\u2011—–…\u200b\u200d«»/")
"""Signs that stand between letters without surprise."""
_OPENS = frozenset("«„“\u200b\u200d")
_KNOWN_LOWER = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
_UKRAINIAN = frozenset("іїєґІЇЄҐ")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_CAPS_LOCK = re.compile(r"\b[а-яё][А-ЯЁ]{2,}\b")
# Each begins with one set: only of such patterns the places where none of it stands are passed over at once.
_ODD = re.compile(r"[^\x00-\x7fа-яА-ЯёЁ«»—–…№“”„‘’•°€₽§\u00a0]")
_CAPITAL_AMID = re.compile(r"[А-ЯЁ](?<=[а-яё].)")
_SHOUTS = re.compile(r"[А-ЯЁ][А-ЯЁ][А-ЯЁ]")
_SIGN = re.compile(r"[^\x00-\x7fа-яА-ЯёЁ]")
_CASED = re.compile(r"[А-ЯЁ][а-яё]")
_PROOF = 800
"""Characters that are looked at for a proof."""
_ENOUGH = 60
"""Cyrillic letters and signs that prove a charset, in whatever case."""
_PLAINLY = 0.6
_CYRILLIC_TO_FOLD = str.maketrans("ё", "е")


def plainly_russian(text: str) -> bool:
    """Whether a text is nothing but Russian and ASCII, cased as people case it: by no wrong guess does it come out so.

    A cheap answer for the many; False says nothing. A few words must have a capital of their own: koi8-r and
    windows-1251 hold capitals in each other's places, so that a wrong guess has them where nobody puts them.
    """
    if _ODD.search(text) or _CAPITAL_AMID.search(text):
        return False
    few = len(text) < _ENOUGH
    if few and (not _CASED.search(text) or _SHOUTS.search(text) or _SIGN.search(text)):
        return False
    total, count = evidence(text[:_PROOF])
    return (few or count >= _ENOUGH) and total >= _PLAINLY * count


def odd(line: str) -> bool:
    """Whether a line has anything that plain Russian has not: other letters, signs of no text, capitals inside."""
    return bool(_ODD.search(line) or _CAPITAL_AMID.search(line) or _SHOUTS.search(line))


def typed(text: str) -> str:
    """The text as it would stand without Caps Lock: "пРИВЕТ" is a slip of the hand, not of a charset."""
    return _CAPS_LOCK.sub(lambda word: word[0].lower(), text)


def russianness(text: str) -> float:
    """The mean plausibility of the non-ASCII characters: above 0.5 it is Russian, below -0.5 it is not.

    0.0 for a text without such characters.
    """
    total, count = evidence(text)
    return total / count if count else 0.0


def evidence(text: str) -> tuple[float, int]:
    """The plausibility of all non-ASCII characters together, and how many they are.

    The sum is what two readings of the same octets are compared by: what they agree in cancels out, so that the three
    capitals in which they differ weigh the same in a short text and in a long one.
    """
    total, count = 0.0, 0
    for before, run, after in _RUN.findall(f" {text} "):
        score, size = (_word if len(run) <= _LONGEST_WORD else _run)(run, before, after)
        total += score
        count += size
    total -= _UNPAIRED * min(3, abs(text.count("«") - text.count("»")))
    total -= _UNPAIRED * (sum(map(text.count, "“”„")) % 2)
    return total, count


@lru_cache(maxsize=50_000)
def _word(run: str, before: str, after: str) -> tuple[float, int]:
    """The same for a run as short as a word: the same ones come again in every letter, under every guess."""
    return _run(run, before, after)


def _run(run: str, before: str, after: str) -> tuple[float, int]:
    score, previous, last = 0.0, " ", before
    # A Latin letter that touches a Cyrillic one is a sign of a wrong guess; a digit or a sign is not.
    if before.isalpha() or after.isalpha():
        score -= _FOREIGN
    latin = not _CYRILLIC.search(run)
    folded = run.lower().translate(_CYRILLIC_TO_FOLD)
    if len(folded) != len(run):
        folded = run
    for index, (char, low) in enumerate(zip(run, folded, strict=True)):
        if low in _LETTERS and low != " ":
            pair = -_DRAWN if low == previous else _PAIRS[previous + low] - _EXPECTED
            score += pair - (_SHOUTED if char.isupper() else 0)
            if last in _KNOWN_LOWER and char.isupper():
                score -= _CAPITAL_INSIDE
            if char in "ёЁ":
                score -= _RARE_YO
            previous = low
        else:
            # "Prüfung" is one foreign letter, "Prьfung" is seven.
            score += 0.0 if latin and char.isascii() else _sign(char)
            if not char.isalpha():
                score -= _misplaced(char, last, run[index + 1] if index + 1 < len(run) else after)
            if previous != " ":
                score += _PAIRS[previous + " "] - _EXPECTED if not char.isalpha() else -_FOREIGN
            previous = " "
        last = char
    if previous != " " and not after.isalpha():
        score += (_PAIRS[previous + " "] - _EXPECTED) / 2
    return score, len(run)


def _misplaced(char: str, last: str, following: str) -> float:
    """How much a sign looks like a letter that was decoded wrongly: between letters, or in a capital's place."""
    if following not in _KNOWN_LOWER:
        return 0.0
    if last.isalpha():
        return 0.0 if char in _JOINS else _SIGN_INSIDE
    return _SIGN_AS_CAPITAL if last == " " and char not in _OPENS else 0.0


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
    if 0x400 <= code < 0x530:  # noqa: PLR2004 - other Cyrillic: Ukrainian is common, the Balkans are far
        return -0.5 if char in _UKRAINIAN else -_BALKAN if code < 0x460 else -_FOREIGN * 2  # noqa: PLR2004
    if not char.isprintable():
        return -_GARBAGE / 2
    # Ideographs are what utf-16 makes of any octets.
    return -_FOREIGN if 0x2E80 <= code < 0xD7B0 else 0.0  # noqa: PLR2004
