"""What a person did when a file is no YAML: the parser tells where it gave up, a lead must be told what to mend.

The trap is the parser's own point of view: it stumbles over the line after the mistake, or at the end of the file, and
speaks of "block mappings". So the lines around that place are looked at for what people do: no space after a colon, a
tab, a quotation mark that is not closed, a line that stands too far to the right.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from mailtriage.errors import Told

_KEY: Final = r"[^\W\d][\w|.-]*"
_GLUED: Final = re.compile(rf"(?:^\s*(?:-\s+)?|[{{,]\s*)({_KEY}):(?=[^\s:/,}}\]])")
_DASH: Final = re.compile(r"^\s*(-)(?=[\w\"'{\[])")
_FOREIGN_DASH: Final = re.compile(r"^\s*([\u2010-\u2015\u2212])\s")
_TAB: Final = re.compile(r"^ *(\t)")
_HARD_SPACE: Final = re.compile(r"^[ \t]*([\u00a0\u2000-\u200b\u202f\u3000\ufeff])")
_PAIR: Final = re.compile(rf"^\s*(?:-\s+)?{_KEY}:\s+(?=\S)")
_NO_COLON: Final = re.compile(rf"^\s*(?:-\s+)?({_KEY})\s*(?:=\s*\S.*|\s[^:]*)?$")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_AFTER_QUOTE: Final = re.compile(r"[:,\[{-]\s*(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*(?=[^\s,:\]}#])")
_OPEN_QUOTE: Final = re.compile(r"(?:[:,\[{-]\s+|[\[{])([\"'])")
_SIGNS: Final = frozenset("*&!%@`|>?")


@dataclass(frozen=True, slots=True)
class Slip:
    """What was done, and where; line and column count from 1."""

    line: int
    column: int
    text: Told


@dataclass(frozen=True, slots=True)
class _Stumble:
    """Where the parser gave up; lines and columns count from 0."""

    lines: list[str]
    problem: str
    context: str
    line: int
    column: int
    begun: int
    """The line on which it began to read what it could not finish."""
    begun_column: int

    def near(self, back: int = 2) -> Iterator[tuple[int, str]]:
        """The lines that may hold the mistake, the likeliest first."""
        for number in range(min(self.line, len(self.lines) - 1), max(self.line - back, 0) - 1, -1):
            yield number, self.lines[number]

    def text_of(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""


def slip(text: str, error: yaml.MarkedYAMLError) -> Slip:
    """The likeliest mistake behind a parser's error; without one, the place where it gave up."""
    mark = error.problem_mark or error.context_mark
    begun = error.context_mark or mark
    stumble = _Stumble(
        text.splitlines(),
        str(error.problem or ""),
        str(error.context or ""),
        mark.line if mark else 0,
        mark.column if mark else 0,
        begun.line if begun else 0,
        begun.column if begun else 0,
    )
    for look in _LOOKS:
        if found := look(stumble):
            return found
    return _at(
        stumble.line, stumble.column,
        f"{stumble.problem or stumble.context}",
        "эту строку не удаётся прочитать; проверьте в ней и в строке выше отступы, кавычки и пробел после двоеточия",
    )  # fmt: skip


def _at(line: int, column: int, en: str, ru: str) -> Slip:
    return Slip(line + 1, column + 1, Told(en, ru))


def _space(at: _Stumble) -> Slip | None:
    for number, line in at.near():
        if tab := _TAB.search(line):
            return _at(
                number,
                tab.start(1),
                "a tab stands here: indent with spaces",
                "здесь табуляция: отступ ставят пробелами",
            )
        if hard := _HARD_SPACE.search(line):
            return _at(
                number, hard.start(1), "a no-break space stands here: indent with plain spaces",
                "здесь неразрывный или другой особый пробел: сотрите его и поставьте обычные",
            )  # fmt: skip
    if "\\t" in at.problem or "tab character" in at.problem:
        return _at(at.line, at.column, "a tab stands here: use spaces", "здесь табуляция: поставьте пробелы")
    return None


def _quote(at: _Stumble) -> Slip | None:
    if "quoted scalar" in at.context and "end of stream" in at.problem:
        return _unclosed(at.begun, at.begun_column)
    if "unknown escape" in at.problem:
        return _at(
            at.line, at.column, 'a backslash means something else inside "...": put the text in single quotes',
            "обратная черта внутри двойных кавычек значит другое: возьмите текст в одинарные кавычки '...'",
        )  # fmt: skip
    for number, line in at.near():
        rest = _QUOTED.sub(lambda found: "·" * len(found[0]), line)
        if opened := _OPEN_QUOTE.search(rest):
            return _unclosed(number, opened.start(1))
        if "flow" not in at.context and (closed := _AFTER_QUOTE.search(line)):
            return _at(
                number, closed.end(),
                "text goes on after the closing quotation mark: put all of it in quotation marks, «...» inside",
                "после закрывающей кавычки текст продолжается: возьмите в кавычки всю фразу, а внутри ставьте «ёлочки»",
            )  # fmt: skip
    return None


def _unclosed(line: int, column: int) -> Slip:
    return _at(line, column, "this quotation mark is not closed", "эта кавычка не закрыта")


def _glued(at: _Stumble) -> Slip | None:
    for number, line in at.near():
        bare = _QUOTED.sub(lambda found: "·" * len(found[0]), line)
        if found := _GLUED.search(bare):
            return _at(
                number, found.end(1), f'a space belongs after the colon: "{found[1]}: ..."',
                f"после двоеточия нужен пробел: «{found[1]}: …»",
            )  # fmt: skip
    return None


def _dash(at: _Stumble) -> Slip | None:
    for number, line in at.near(1):
        if found := _FOREIGN_DASH.search(line):
            return _at(
                number, found.start(1), "this is a long dash: write the hyphen-minus -",
                "здесь длинное тире: нужен обычный дефис «-»",
            )  # fmt: skip
        if found := _DASH.search(line):
            return _at(number, found.start(1), "a space belongs after the dash", "после дефиса нужен пробел: «- …»")
    return None


def _sign(at: _Stumble) -> Slip | None:
    line, column = (at.begun, at.begun_column) if at.context.startswith("while scanning") else (at.line, at.column)
    sign = at.text_of(line)[column : column + 1]
    if sign not in _SIGNS or "flow" in at.context:
        return None
    star = sign == "*"
    return _at(
        line, column,
        f"a text does not begin with {sign} here: put it in quotation marks" + ("; a star ends a stem" if star else ""),
        f"с «{sign}» текст здесь не начинают: возьмите его в кавычки"
        + ("; звёздочку ставят в конце начала слова: «блокир*»" if star else ""),
    )  # fmt: skip


def _bracket(at: _Stumble) -> Slip | None:
    if "flow" in at.context:
        opening = at.text_of(at.begun)[at.begun_column : at.begun_column + 1]
        where = f"{at.begun + 1}:{at.begun_column + 1}"
        return _at(
            at.line, at.column,
            f'the bracket "{opening}" of {where} is not closed, or a comma is missing before this place',
            f"скобка «{opening}» ({where}) не закрыта, или перед этим местом не хватает запятой",
        )  # fmt: skip
    if at.text_of(at.line)[at.column : at.column + 1] in {"]", "}"}:
        return _at(at.line, at.column, "this closing bracket is one too many", "лишняя закрывающая скобка")
    return None


def _colon(at: _Stumble) -> Slip | None:
    """A second colon in a phrase, a line too far to the right, or a key without its colon."""
    line, above = at.text_of(at.line), at.text_of(at.line - 1)
    if "simple key" in at.context or ("mapping values" in at.problem and not _PAIR.match(above)):
        for number in (at.begun, at.line, at.line - 1):
            found = _NO_COLON.match(at.text_of(number))
            if found and at.text_of(number).strip():
                en, ru = f'a colon is missing: "{found[1]}: ..."', f"не хватает двоеточия: «{found[1]}: …»"
                return _at(number, found.start(1), en, ru)
    if "mapping values" not in at.problem:
        return None
    pair = _PAIR.match(line)
    if pair and at.column >= pair.end():
        return _at(
            at.line, at.column, "a colon inside the phrase: put the whole phrase in quotation marks",
            "внутри фразы двоеточие: возьмите всю фразу в кавычки",
        )  # fmt: skip
    return _indent(at) if above.strip() else None


def _indent(at: _Stumble) -> Slip | None:
    line = at.text_of(at.line)
    own = len(line) - len(line.lstrip(" "))
    if not line.strip() or not any(word in at.context + at.problem for word in ("block", "mapping values", "document")):
        return None
    shown = f"{own} " + ("space" if own == 1 else "spaces")
    return _at(
        at.line, own,
        f"this line is indented differently from its neighbours ({shown}): the keys of a rule begin in one column",
        f"отступ этой строки ({own}) не такой, как у соседних: ключи одного правила начинаются в одном столбце",
    )  # fmt: skip


def _documents(at: _Stumble) -> Slip | None:
    if "another document" not in at.problem:
        return None
    return _at(at.line, at.column, "one document in a file: take `---` away", "строка `---` здесь не нужна: уберите её")


_LOOKS: Final[tuple[Callable[[_Stumble], Slip | None], ...]] = (
    _documents, _space, _sign, _dash, _glued, _quote, _bracket, _colon, _indent,
)  # fmt: skip
"""In this order: what is certain first."""
