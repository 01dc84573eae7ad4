"""What the styles of an HTML mail hide from a person: display, size, colour on its like, opacity, Outlook's mso-hide.

The trap: marketing mail sets font-size 0 on a frame and a real size inside it, and a dark theme writes white on black;
so size and colour are inherited, as in CSS, and text is hidden only where nothing nearer makes it visible again.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_NUMBER = re.compile(r"^(\d{0,6}(?:\.\d{1,6})?)(px|pt|em|rem|%|ex|vw|cm|mm|in)?$")
_HEX = re.compile(r"^#([0-9a-f]{3}|[0-9a-f]{6})$")
_RGB = re.compile(r"^rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,([\d.]{1,6}%?))?\)$")
_SELECTOR = re.compile(r"^[a-z0-9]*([.#][\w-]+)$")
_NAMES = {"white": "ffffff", "black": "000000", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff"}
_PALE = 0xF0
"""From here on a part of a colour is white to the eye."""
_MAX_STYLE = 3_000
_MAX_SHEET = 200_000
_MAX_RULES = 2_000
_UNKNOWN = "?"
_HIDING = frozenset(
    {"display", "visibility", "mso-hide", "opacity", "overflow", "overflow-y", "position", "text-indent"}
)

_KNOWN = _HIDING | {
    *("max-height", "height", "max-width", "width", "left", "top", "right", "background", "background-color"),
    *("background-image", "color", "font", "font-size", "white-space", "margin", "margin-bottom", "border"),
    *("border-left", "border-left-style"),
}
"""The properties that are looked at; a hostile sheet may hold any number of others."""

Style = dict[str, str]
Sheet = dict[str, Style]


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element looks, as far as it is inherited."""

    gone: bool = False
    """Neither the element nor anything inside is shown."""
    tiny: bool = False
    colour: str = ""
    """Six hex digits, "transparent", "?" for what cannot be told, "" where nothing was said."""
    background: str = ""
    preformatted: bool = False

    @property
    def invisible(self) -> bool:
        """Whether text set here cannot be seen: too small, or of the colour of its ground."""
        return self.tiny or self.colour == "transparent" or _same(self.colour, self.background or "ffffff")


def declarations(style: str) -> Style:
    """A style attribute as properties, lower-case and without spaces; of two the last counts. Not to be changed."""
    return _declarations(style[:_MAX_STYLE]) if style else {}


@lru_cache(maxsize=1024)
def _declarations(style: str) -> Style:
    # A table repeats the same few styles in a thousand cells.
    found = {}
    for part in style.lower().replace(" ", "").replace("!important", "").split(";"):
        name, colon, value = part.partition(":")
        if colon and value and name.strip() in _KNOWN:
            found[name.strip()] = value.strip()
    return found


def sheet_of(css: str) -> Sheet:
    """The rules for single classes and ids of a style sheet; @media is left out, for it speaks of other screens."""
    rules: Sheet = {}
    for block in _outside_media(css[:_MAX_SHEET]).split("}")[:_MAX_RULES]:
        selectors, brace, style = block.partition("{")
        if not brace:
            continue
        for selector in selectors[-500:].split(","):
            match = _SELECTOR.match(selector.strip().lower())
            if match:
                rules.setdefault(match[1], {}).update(declarations(style))
    return rules


def _outside_media(css: str) -> str:
    """The sheet without its at-rules, braces counted."""
    kept, depth, skipping = list[str](), 0, False
    for piece in re.split(r"([{}@])", css):
        if piece == "@" and not depth:
            skipping = True
        elif piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(0, depth - 1)
        if not skipping:
            kept.append(piece)
        elif (piece == "}" and not depth) or (not depth and ";" in piece):
            skipping = False
    return "".join(kept)


def style_of(attributes: dict[str, str | None], sheet: Sheet) -> Style:
    """What the sheet and the element's own attribute say of it."""
    own = declarations(attributes.get("style") or "")
    if not sheet:
        return own
    merged: Style = {}
    for name in (attributes.get("class") or "").lower().split()[:20]:
        merged.update(sheet.get(f".{name}", {}))
    merged.update(sheet.get(f"#{(attributes.get('id') or '').lower()}", {}))
    merged.update(own)
    return merged


def look(parent: Look, style: Style, attributes: dict[str, str | None]) -> Look:
    """How text inside an element looks, given what its parent handed down."""
    if not attributes:
        return parent
    if "hidden" in attributes or _is_gone(style):
        return replace(parent, gone=True)
    ground = style.get("background-color") or style.get("background") or (attributes.get("bgcolor") or "").lower()
    if attributes.get("background") or "background-image" in style:
        ground = _UNKNOWN
    colour = style.get("color") or (attributes.get("color") or "").lower()
    if not colour and "href" in attributes:
        # A link has a colour of its own, whatever surrounds it.
        colour = "#0000ee"
    white_space = style.get("white-space", "")
    if not (ground or colour or white_space or "font-size" in style or "font" in style):
        return parent
    return Look(
        tiny=_tiny(style, inherited=parent.tiny),
        colour=_colour(colour, parent.colour),
        background=_background(ground, parent.background),
        preformatted=white_space.startswith(("pre", "break-spaces")) if white_space else parent.preformatted,
    )


def _is_gone(style: Style) -> bool:
    if _HIDING.isdisjoint(style):
        return False
    clipped = style.get("overflow", "") == "hidden" or style.get("overflow-y", "") == "hidden"
    none = any(_is_zero(style.get(name, "")) for name in ("max-height", "height", "max-width", "width"))
    away = style.get("position") in {"absolute", "fixed"} and any(
        re.match(r"-\d{3,}", style.get(name, "")) for name in ("left", "top", "right")
    )
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide") == "all"
        or (_is_zero(style.get("opacity", "")) or style.get("opacity", "").startswith("0.0"))
        or (clipped and none)
        or away
        or bool(re.match(r"-\d{3,}", style.get("text-indent", "")))
    )


def _is_zero(value: str) -> bool:
    match = _NUMBER.match(value)
    return bool(match and match[1] not in {"", "."} and float(match[1]) == 0)


def _tiny(style: Style, *, inherited: bool) -> bool:
    size = style.get("font-size") or ("0" if style.get("font", "").startswith(("0/", "0px/")) else "")
    if not size:
        return inherited
    match = _NUMBER.match(size)
    if not match or match[1] in {"", "."}:
        return inherited if size in {"inherit", "smaller", "larger"} else False
    number, unit = float(match[1]), match[2]
    if unit in {"px", "pt", None}:
        return number <= 1
    return number == 0 or (inherited and unit in {"em", "%", "ex"})


def _colour(value: str, otherwise: str) -> str:
    """Six hex digits for what can be told, "?" for other colours, `otherwise` where nothing is said."""
    if not value or value in {"inherit", "initial", "unset", "currentcolor", "windowtext"}:
        return otherwise
    if value == "transparent":
        return value
    match = _HEX.match(value) or _HEX.match(f"#{value}")
    if match:
        return match[1] if len(match[1]) == 6 else "".join(char * 2 for char in match[1])  # noqa: PLR2004 - rrggbb
    rgb = _RGB.match(value)
    if rgb:
        if rgb[4] and _is_zero(rgb[4]):
            return "transparent"
        return "".join(f"{min(int(part), 255):02x}" for part in rgb.groups()[:3])
    return _NAMES.get(value, _UNKNOWN)


def _background(value: str, otherwise: str) -> str:
    found = _colour(value, otherwise)
    if value in {"none", "transparent"} or found == "transparent":
        return otherwise
    return found


def _same(colour: str, ground: str) -> bool:
    if not colour or _UNKNOWN in {colour, ground}:
        return False
    return colour == ground or (_pale(colour) and _pale(ground))


def _pale(colour: str) -> bool:
    return all(int(colour[at : at + 2], 16) >= _PALE for at in (0, 2, 4)) if len(colour) == 6 else False  # noqa: PLR2004 - rrggbb
