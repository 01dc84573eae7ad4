"""YAML that remembers where each value stands, so that every complaint names file, line and column.

Two traps are guarded here. YAML 1.1 turns `no` into false and `12:30` into 750 (the "Norway problem"): only true and
false are booleans here, and numbers are decimal. And a key written twice silently loses its first value: here it is a
problem. Anchors and aliases are refused, for they make "billion laughs" possible and no lead needs them.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.slips import slip

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MAX_DEPTH = 40
_NO_YAML = Told("not valid YAML: ", "файл не читается: ")
_LATIN = str.maketrans("асеорхуіАВСЕНКМОРТХ", "aceopxyiABCEHKMOPTX")
"""Cyrillic letters that look like these: the eye does not see the slip, the program does."""


@dataclass(frozen=True)
class Located:
    """A parsed document: plain `value` (dict, list, str, int, float, bool, None) and the place of each path in it.

    A path is a tuple of keys and indices, `()` is the whole. `keys` holds the places of mapping keys themselves.
    """

    file: str
    value: Any
    places: dict[tuple[str | int, ...], Place] = field(repr=False)
    keys: dict[tuple[str | int, ...], Place] = field(repr=False)

    def place(self, path: Iterable[str | int]) -> Place:
        """The place of `path`, or of its nearest ancestor that stands in the file."""
        wanted = tuple(path)
        while wanted and wanted not in self.places:
            wanted = wanted[:-1]
        return self.places.get(wanted, Place(self.file))

    def key_place(self, path: Iterable[str | int]) -> Place:
        """The place of the key that `path` ends with."""
        wanted = tuple(path)
        return self.keys.get(wanted) or self.place(wanted)


def load(text: str, file: str) -> Located:
    """Parse one YAML document.

    Raises:
        Problems: the text is no YAML, holds a key twice, or uses anchors, tags or more than one document.
    """
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        found = slip(text, error)
        raise Problems([Problem(Place(file, found.line, found.column), _NO_YAML + found.text)]) from None
    except yaml.YAMLError as error:
        raise Problems([_strange_character(text, file, error)]) from None
    walk = _Walk(file, "&" in text or "*" in text)
    value = walk.value(node, (), 0) if node is not None else None
    if walk.problems:
        raise Problems(walk.problems)
    return Located(file, value, walk.places, walk.keys)


def nearest(word: str, known: Iterable[str]) -> Told:
    """A hint ` (did you mean "..."?)` for a mistyped word, or nothing."""
    names = list(known)
    if (glued := word.partition(":")[0]) in names and glued != word:
        return Told(" (a space belongs after the colon)", " (после двоеточия нужен пробел)")
    if (latin := word.translate(_LATIN)) in names and latin != word:
        return Told(f' (write "{latin}" in Latin letters)', f" (напишите «{latin}» латинскими буквами)")
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return Told(f' (did you mean "{close[0]}"?)', f" (может быть, «{close[0]}»?)") if close else Told("", "")


def _strange_character(text: str, file: str, error: yaml.YAMLError) -> Problem:
    """A character that no YAML may hold, such as those that programs put into copied texts."""
    at = getattr(error, "position", None)
    before = text[:at] if isinstance(at, int) else ""
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n")) if before else Place(file)
    return Problem(
        place, _NO_YAML + Told("an invisible control character stands here", "здесь невидимый символ: сотрите его")
    )


class _Walk:
    """Turns nodes into plain values and notes where each stood."""

    def __init__(self, file: str, may_alias: bool) -> None:  # noqa: FBT001 - private, called once
        self.file = file
        self.may_alias = may_alias
        self.seen: set[int] = set()
        self.places: dict[tuple[str | int, ...], Place] = {}
        self.keys: dict[tuple[str | int, ...], Place] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: tuple[str | int, ...], depth: int) -> Any:
        place = self._place(node)
        self.places[path] = place
        if self.may_alias and id(node) in self.seen:
            self._wrong(
                place,
                "anchors and aliases (& and *) are not used here: write the value out",
                "ссылок через & и * здесь нет: напишите значение ещё раз",
            )
            return None
        self.seen.add(id(node))
        if depth > _MAX_DEPTH:
            self._wrong(place, f"nested deeper than {_MAX_DEPTH} levels", f"вложено глубже {_MAX_DEPTH} уровней")
            return None
        if node.tag not in _TAGS:
            self._wrong(
                place,
                f"tags such as {node.tag} are not used here",
                "с восклицательного знака текст здесь не начинают: возьмите его в кавычки",
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index), depth + 1) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...], depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong(place, "a key must be a plain word", "слева от двоеточия должно стоять простое слово")
                continue
            key = str(key_node.value)
            if key in result:
                first = self.keys[(*path, key)]
                self._wrong(
                    place,
                    f'"{key}" stands here twice, first on line {first.line}',
                    f"«{key}» стоит здесь дважды, впервые в строке {first.line}",
                )
                continue
            self.keys[(*path, key)] = place
            result[key] = self.value(value_node, (*path, key), depth + 1)
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        if not isinstance(node, yaml.ScalarNode) or node.style:  # quoted, or a block: always a string
            return text
        if text in {"", "~", "null"}:
            return None
        if text in {"true", "false"}:
            return text == "true"
        if match := _NUMBER.fullmatch(text):
            return float(text) if match[2] else int(text)
        return text

    def _wrong(self, place: Place, en: str, ru: str) -> None:
        self.problems.append(Problem(place, Told(en, ru)))

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)


_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in (
    "str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq",
))  # fmt: skip
