"""Personal names in running text and in display names, Russian and Latin, common and rare.

Two traps. Half of the first names are words too ("Вера", "Лев", "Роман"), and bookmakers, clubs and banks are named
like people: so a word alone counts only where a person signs or introduces himself. And people sign with names that
are in no dictionary: there, position and the neighbour decide. A name that is greeted is the reader's, not the
writer's.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from mailtriage.language.by_word import kept
from mailtriage.language.demands import imperative
from mailtriage.language.name_places import NamePlaces, may_be_in
from mailtriage.language.name_words import SON_OR_DAUGHTER, Token, tokens_of
from mailtriage.language.once import once
from mailtriage.language.personal_words import surname, thing
from mailtriage.language.text import Text
from mailtriage.language.words import fold

_FRAGMENT = re.compile(r"[^\n,;:!?()«»\"<>/|]+")
_SENTENCE_END = re.compile(r"\.(?<=[^\W_]{2}\.)(?=\s|$)")
_GREETS = re.compile(
    r"(?:уважаем\w+|здравствуй\w*|привет\w*|дорог\w+|добр\w+ (?:день|утро|вечер)|господин\w*|госпож\w*|dear|hello|"
    r"hi)[\s,]*$"
)
_RESPECTS = re.compile(r"(?:уважаем\w+|дорог\w+|господин\w*|госпож\w*|dear)[\s,]*$")
_STAFF = re.compile(
    r"(?:оператор\w*|сотрудни\w+|менеджер\w*|специалист\w*|консультант\w*|агент\w*|следовател\w+|"
    r"улиц\w+|ул\.?|проспект\w*|площад\w+|кубк\w+|кубок|стадион\w*|переул\w+|бульвар\w*|набережн\w+)[\s,]*$"
)
INTRODUCES = re.compile(
    r"(?:\bменя зовут|\bф\.?\s?и\.?\s?о\.?|\bс уважением|\bпишет вам|\bвас беспокоит|\bэто|"
    r"\bменя звать|\bфамили[яюи]|\bзовут меня|\bс ув\.?|\bимя|"
    r"\bmy name is|\bregards|\bsincerely|\bmenya zovut|\bs uvazheniem|\bthis is|\bimya)[\s,:.–—-]*$"
)
_CALLS = re.compile(
    r"\b(?:клиент\w*|заявител\w+|владел\w+|отправител\w+|получател\w+|плательщик\w*|гражданин\w*|гражданк\w+|абонент\w*|"
    r"пользовател\w+|подпись|от)[\s:–—-]*$"
)
"""Before somebody's full name; one word after it may be anything ("клиент Сбербанка")."""
_SURNAMES = frozenset(("family", "shaped", "initials", "unknown"))
_CALL = re.compile(r"\s?(?:(!)[ \t]*\S|,[ \t]*([^\W\d_]+))")
_POLITE = re.compile(r"(?:здравствуй|добр(?:ый|ое|ого)|привет|доброго)")
_BEGINS = frozenset(("name", "surname", "patronymic", "unknown"))
"""What a name without capitals may begin with."""
_ALONE = frozenset(("name", "surely", "surname", "family", "unknown"))
"""What a name of one word is."""
_LONGEST_NAME = 4
_REACH = 40
"""Characters before a name in which it may be announced."""
_NEAR = 3
"""Words from where a name begins in which it shows that it is one."""
_SIGNING = 3
"""The last pieces of a letter, where it is signed."""
_WINDOW = 5
"""Words that are looked at for one name; a longer run of capitals is a heading."""


def find_names(text: Text, places: NamePlaces) -> tuple[str, ...]:
    """Personal names as written, in their order, that may be the writer's or somebody's whom he names in full."""
    sample, folded = text.written, text.folded
    fragments = _fragments(sample, places)
    found: list[str] = []
    for left, (line, start, fragment) in zip(reversed(range(len(fragments))), fragments, strict=True):
        signs = left < _SIGNING
        # Of the end of a letter only what is as short as a name signs it; its last two words may in any case.
        named = line in places.lines or (signs and len(fragment.split()) <= _LONGEST_NAME)
        # A piece with the mark behind it: so its last word stands between blanks.
        if not left or (named and may_be_in(sample[start : start + len(fragment) + 1])):
            tokens = tokens_of(fragment, start)
            found += _names_in(tokens, sample, _Before(folded, start), signs=signs, last=not left)
    return tuple(dict.fromkeys(found))


def _fragments(text: str, places: NamePlaces) -> list[tuple[int, int, str]]:
    """Pieces of the lines where a name may stand and of the last ones; each with its line and where it starts."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    first, last = len(lines), list[tuple[int, int, str]]()
    while first and len(last) < _SIGNING:
        first -= 1
        last = [*((first, *piece) for piece in _pieces(lines[first], starts[first])), *last]
    return [(at, *piece) for at in places.lines if at < first for piece in _pieces(lines[at], starts[at])] + last


def _pieces(line: str, start: int) -> Iterator[tuple[int, str]]:
    """Pieces between marks and sentence ends; the full stop of an initial ends nothing."""
    for match in _FRAGMENT.finditer(line):
        piece, at = match[0], 0
        for end in _SENTENCE_END.finditer(piece) if "." in piece else ():
            yield start + match.start() + at, piece[at : end.start()]
            at = end.end()
        if (rest := piece[at:]) and not rest.isspace():
            yield start + match.start() + at, rest


class _Before:
    """What stands before a word, for whoever asks."""

    def __init__(self, folded: str, start: int) -> None:
        self._folded = folded
        self._words = folded[max(0, start - _REACH) : start]

    def at(self, start: int) -> "_Before":
        """What stands before another word of the text."""
        return _Before(self._folded, start)

    @once
    def introduces(self) -> bool:
        """Whether the writer tells who he is."""
        return bool(INTRODUCES.search(self._words))

    @once
    def calls(self) -> bool:
        """Whether somebody's full name is announced."""
        return bool(_CALLS.search(self._words))

    def is_others(self, tokens: Sequence[Token]) -> bool:
        """Whether it is the reader who is greeted or of whom it is told; none greets strangers by name and surname."""
        if _STAFF.search(self._words):
            return True
        in_full = len(tokens) > 1 and any(surname(token.text) for token in tokens)
        return bool((_RESPECTS if in_full else _GREETS).search(self._words))


def _names_in(tokens: list[Token], text: str, before: _Before, *, signs: bool, last: bool) -> Iterator[str]:
    at = 0
    for personal in [place for place, token in enumerate(tokens) if token.personal]:
        # What is nearer than that to nothing personal begins no name.
        at = max(at, personal - _NEAR + 1)
        while at <= personal:
            length = _length_here(tokens, at, text, before, signs=signs)
            if length > 0:
                yield _written(tokens[at : at + length])
            at += abs(length) or 1
    if last and len(tokens) > 2 and (tail := _low_signature(tokens)):  # noqa: PLR2004 - shorter ones were seen whole
        yield tail


def _length_here(tokens: list[Token], at: int, text: str, before: _Before, *, signs: bool) -> int:
    """How many tokens from here are a name; fewer than none where so many are somebody else's."""
    if not (tokens[at].capital or tokens[at].kinds & _BEGINS):
        return 0
    ahead = before.at(tokens[at].start) if at else before
    length = _name_length(tokens[at : at + _WINDOW], ahead, whole=len(tokens), at=at, signs=signs)
    if not length:
        return 0
    length = _with_father(tokens, at, length)
    name = tokens[at : at + length]
    return -length if _addresses(name, text) or ahead.is_others(name) else length


def _addresses(tokens: Sequence[Token], text: str) -> bool:
    """Whether a line begins with it as a call: "Анна Сергеевна! ...", "Мирон, подскажите ..."; never by surname."""
    start, end = tokens[0].start, tokens[-1].start + len(tokens[-1].text)
    called = _CALL.match(text, end)
    if called is None or text[:start].rpartition("\n")[2].strip() or any(token.kinds & _SURNAMES for token in tokens):
        return False
    return bool(called[1] or _POLITE.match(fold(called[2])) or imperative(fold(called[2])))


def _with_father(tokens: Sequence[Token], at: int, length: int) -> int:
    """The length with a father's name before "оглы" or "кызы" in it."""
    for more in (0, 1):
        end = at + length + more
        if length > 1 and end < len(tokens) and fold(tokens[end].text) in SON_OR_DAUGHTER:
            return length + more + 1
    return length


def _name_length(tokens: Sequence[Token], before: _Before, *, whole: int, at: int, signs: bool) -> int:
    """How many tokens from here are a name, 0 for none."""
    if _greets(tokens[0].text):
        return 0
    run = _capitals(tokens)
    alone = whole == len(run) and not at
    fathers = any("patronymic" in token.kinds for token in tokens[1:3])
    for length in range(min(3, len(tokens)), 1, -1) if fathers else ():
        if _full(tokens[:length]):
            return length
    trusting = (alone and signs and len(run) <= _LONGEST_NAME) or (len(run) > 1 and _called(run, before))
    if len(run) > 1 and _pair(run[0], run[1], trusting=trusting):
        longer = len(run) > 2 and run[2].kinds & {"patronymic", "initials", "surname"} and not run[2].kinds & {"brand"}  # noqa: PLR2004 - the third
        return 3 if longer else 2
    if whole in {2, 3} and not at and signs and not run and _low_pair(tokens):
        return whole
    if not run and len(tokens) > 1 and _low_pair(tokens[:2]) and before.introduces:
        return 2
    return int(
        not tokens[0].kinds.isdisjoint(_ALONE)
        and _single(tokens[0], introduced=before.introduces, signed=alone and signs and whole == 1)
    )


@kept(16_384)
def _greets(word: str) -> bool:
    return bool(_GREETS.search(fold(word)))


def _called(run: Sequence[Token], before: _Before) -> bool:
    return before.introduces or (any(one.kinds & {"surely", "initials"} for one in run[:2]) and before.calls)


def _single(token: Token, *, introduced: bool, signed: bool) -> bool:
    """Whether one word is a name: after "меня зовут", or alone where a letter is signed."""
    if introduced and token.capital:
        return bool(token.kinds & {"name", "surname", "unknown"})
    if introduced:
        return "surely" in token.kinds
    return signed and token.capital and bool(token.kinds & {"name", "family"}) and "place" not in token.kinds


def _capitals(tokens: Sequence[Token]) -> Sequence[Token]:
    length = 0
    while length < len(tokens) and tokens[length].capital and "other" not in tokens[length].kinds:
        length += 1
    return tokens[:length]


def _full(tokens: Sequence[Token]) -> bool:
    """A first name and a patronymic beside each other, in any case of letters, with or without the surname."""
    kinds = [token.kinds for token in tokens]
    for at, kind in enumerate(kinds[1:], 1):
        if "patronymic" in kind and (
            "name" in kinds[at - 1] or ("unknown" in kinds[at - 1] and tokens[at - 1].capital)
        ):
            others = [token for place, token in enumerate(tokens) if place not in {at - 1, at}]
            return all(
                token.kinds & {"surname", "unknown", "name", "shaped"}
                or (token.capital and at == len(kinds) - 1 and "brand" not in token.kinds)
                for token in others
            )
    return False


def _pair(one: Token, other: Token, *, trusting: bool) -> bool:
    kinds = (one.kinds, other.kinds)
    if any(kind & {"brand", "other"} for kind in kinds):
        return False
    for first, second in (kinds, kinds[::-1]):
        if "initials" in first and "initials" not in second:
            return bool(second & {"surname", "unknown", "name"}) or trusting
        if "surely" in first and "surely" in second:
            return True
        if "name" in first and (
            second & {"surname", "unknown", "patronymic"} or (trusting and "function" not in second)
        ):
            return trusting or "surely" in first or bool(second & {"surname"})
    if trusting and any(surname(a.text) and thing(b.text) for a, b in ((one, other), (other, one))):
        return True
    return trusting and all(kind & {"surname", "unknown"} for kind in kinds)


def _low_pair(tokens: Sequence[Token]) -> bool:
    """A name that was written without capitals, on its own."""
    sure = [token for token in tokens if "surely" in token.kinds]
    return bool(sure) and all(token.kinds & {"name", "surname", "unknown", "patronymic"} for token in tokens)


def _low_signature(tokens: Sequence[Token]) -> str | None:
    """A first name and a surname as the last two words of a text that knows neither capitals nor full stops."""
    tail = tokens[-2:]
    if any(token.capital for token in tail) or not _low_pair(tail):
        return None
    return _written(tail)


def _written(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
