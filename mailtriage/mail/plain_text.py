"""Makes lines of the texts of a mail: soft breaks undone (RFC 3676), odd characters and line ends made plain.

The trap: "-- " ends in a space and yet flows nowhere, a quote flows only into a line of its own depth, and DelSp says
whether the space at a soft break is a word's or the break's (Chinese, and some clients for all).
"""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_SPACES = re.compile("[\u00a0\u2007\u202f\u2009]")
_BREAKS = re.compile("[\r\u2028\u2029\u0085]")
"""Besides CRLF. Patterns that begin with one character, or one set, are looked for many times as fast as others."""
_BLANKS = re.compile(r"\n\n\n\n+")
_PARAMETER = re.compile(r"<param>[^<]{0,200}</param>", re.IGNORECASE)
_NEWLINES = re.compile(r"\n+")


def tidy(text: str) -> str:
    """Text with LF line ends, plain spaces and nothing invisible; only "-- " keeps the space at its end."""
    text = _INVISIBLE.sub("", _SPACES.sub(" ", _with_breaks(text)))
    lines = (line if line == "-- " else line.rstrip() for line in text.split("\n"))
    return _BLANKS.sub("\n\n\n", "\n".join(lines)).strip("\n")


def _with_breaks(text: str) -> str:
    """Text whose every line ends in LF."""
    return _BREAKS.sub("\n", text.replace("\r\n", "\n"))


def unflowed(text: str, *, delete_space: bool) -> str:
    """Soft line breaks undone, in quotes too (RFC 3676 4.1 to 4.5)."""
    paragraphs: list[tuple[int, list[str]]] = []
    flowing = False
    for line in _with_breaks(text).split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        signature = content == "-- "
        if not (flowing and not signature and paragraphs[-1][0] == depth):
            paragraphs.append((depth, []))
        flowing = content.endswith(" ") and not signature
        paragraphs[-1][1].append(content[:-1] if flowing and delete_space else content)
    return "\n".join(f"{'>' * depth} {''.join(parts)}" if depth else "".join(parts) for depth, parts in paragraphs)


def enriched_to_html(text: str) -> str:
    """text/enriched as HTML (RFC 1896): its parameters left out, of n line ends n-1 shown."""
    text = _PARAMETER.sub("", _with_breaks(text).replace("<<", "&lt;"))
    return _NEWLINES.sub(lambda found: "<br>" * (len(found[0]) - 1) or " ", text)
