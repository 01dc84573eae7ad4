"""Surnames and villages that hold the letters of an obscene root: "Сукин Олег", "посёлок Сукко", "Дрочин В.П.".

The trap is that a name proves nothing by its capital alone: "Суки" begins a sentence, too. So a surname counts only
with a surname's ending beside a first name or initials, a place only after the word for a place, and what has a root
that nobody is called by counts in neither.
"""

import re
from collections.abc import Sequence

from mailtriage.language.personal_words import first_name, patronymic

_CAPITAL = re.compile("[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?")
_SURNAME = re.compile(
    r".+(?:[оеё]в|[иы]н|ск(?:ий|ой|ая|ого|ому|им)|енко|ич|юк|чук|ян|[оеё]в(?:а|ой|у|ым|ы)|[иы]н(?:а|ой|у|ым|ы))"
)
_PLACE = re.compile(
    r"(?:сел[оае]|селом|деревн\w+|дер|пос[её]л\w+|пос|пгт|станиц\w+|хутор\w*|аул\w*|улиц\w+|ул|город\w*|г|рек[аиуе]|озер\w+"
    r"|станци\w+|район\w*|фамили\w+)"
)
_INITIALS = re.compile(r"(?:[А-ЯЁ]\.){1,2}")
_NOBODY = re.compile(r"[А-Яа-яё]*(?:хуй|хуе|хуё|пизд|бляд|ебан|ебат|пидор)", re.IGNORECASE)
_EDGES = ",;:!?()[]{}«»\"'“”„…—–-/"


def is_name(chunks: Sequence[str], at: int) -> bool:
    """Whether the word at a place, of a text cut at its blanks, is somebody's surname or the name of a place."""
    word = chunks[at].strip(_EDGES + ".")
    if not _CAPITAL.fullmatch(word) or _NOBODY.match(word):
        return False
    before = chunks[at - 1].strip(_EDGES) if at else ""
    after = chunks[at + 1].strip(_EDGES) if at + 1 < len(chunks) else ""
    if _PLACE.fullmatch(before.rstrip(".").lower()):
        return True
    return bool(_SURNAME.fullmatch(word)) and (_personal(before) or _personal(after))


def _personal(chunk: str) -> bool:
    if _INITIALS.fullmatch(chunk):
        return True
    bare = chunk.rstrip(".")
    return bool(_CAPITAL.fullmatch(bare)) and (first_name(bare) or patronymic(bare))
