"""The tree of parts of a message (RFC 2046 5.1), walked over the octets themselves, and its skeleton for mail-parser.

Two traps. mail-parser and the standard library copy every attachment several times and follow nesting of any depth,
so they are given a skeleton without the files, whose size and depth are bounded. And closing boundaries are often
missing, or stand inside another part: a line is a boundary only of the multiparts that are open around it.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from mailtriage.mail.fields import Header, Parameters, parameters, split_header
from mailtriage.mail.options import ReadOptions

_BOUNDARY_LINE = re.compile(rb"(?:^|(?<=\n)|(?<=\r))--([^\r\n]{1,200}?)[ \t]*(?:\r\n|\n|\r|$)")
_LINE_END = re.compile(rb"[\r\n]")
_MEDIA_TYPE = re.compile(r"[^\s/]+/[^\s/]+")
_MAX_MARKS = 100_000
"""Places that are looked at for one boundary: a text that is made of nearly-boundaries costs no more."""
UNREAD = "x-unread/rest"
"""The media type given to what lies beyond the limits."""
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True)
class Part:
    """A node of the tree; a leaf has no children. `start:end` is its body in the octets of the whole message."""

    header: Header
    content_type: Parameters
    media_type: str
    start: int
    end: int
    children: tuple["Part", ...] = ()
    parent: str = ""
    """Media type of what holds it, "" for the message itself."""

    @cached_property
    def disposition(self) -> Parameters:
        """Content-Disposition taken apart; an empty token where there is none."""
        return parameters(self.header.first("content-disposition") or b"")

    @cached_property
    def encoding(self) -> str:
        """Content-Transfer-Encoding as written."""
        return self.header.text("content-transfer-encoding").partition(";")[0].strip()


@dataclass(slots=True)
class _Walk:
    """The state of one walk: what is left of the limits, and what had to be forgiven."""

    octets: bytes
    options: ReadOptions
    parts: int = 0
    defects: list[str] = field(default_factory=list)

    def part(self, start: int, end: int, parent: str, depth: int) -> Part:
        header = split_header(self.octets, start, end)
        self.parts += 1
        self.defects += [defect for defect in header.defects if defect not in self.defects]
        content_type = header.content_type
        media_type = _media_type(content_type.token, parent)
        begin = header.body_start
        children: tuple[Part, ...] = ()
        if media_type.startswith("multipart/"):
            children = self._multipart(begin, end, content_type, media_type, depth)
        elif media_type in _MESSAGE_TYPES and not header.text("content-transfer-encoding").lower().startswith(
            ("base64", "quoted")
        ):
            if depth < self.options.max_depth:
                children = (self.part(begin, end, media_type, depth + 1),)
            else:
                self._say(f"nested deeper than {self.options.max_depth} levels")
        return Part(header, content_type, media_type, begin, end, children, parent)

    def _multipart(
        self, start: int, end: int, content_type: Parameters, media_type: str, depth: int
    ) -> tuple[Part, ...]:
        if depth >= self.options.max_depth:
            self._say(f"nested deeper than {self.options.max_depth} levels")
            return ()
        boundary = content_type.values.get("boundary", (b"", None))[0].rstrip()
        spans = _spans(self.octets, start, end, boundary)
        if not spans:
            boundary = _guess(self.octets, start, end)
            spans = _spans(self.octets, start, end, boundary)
            self._say("the boundary is not the declared one" if spans else "a multipart without parts")
        found = []
        for first, last in spans:
            if self.parts >= self.options.max_parts:
                self._say(f"more than {self.options.max_parts} parts")
                found.append(Part(Header((), first), Parameters("", {}), UNREAD, first, end, (), media_type))
                break
            found.append(self.part(first, last, media_type, depth + 1))
        return tuple(found)

    def _say(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def _media_type(token: str, parent: str) -> str:
    if _MEDIA_TYPE.fullmatch(token):
        return token
    # RFC 2046 5.1.5: inside a digest the default is a message.
    return {"text": "text/plain", "html": "text/html"}.get(
        token, "message/rfc822" if parent == "multipart/digest" else "text/plain"
    )


def _spans(octets: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Where the parts between the boundary lines lie; a missing last boundary is forgiven."""
    if not boundary:
        return []
    mark = b"--" + boundary
    spans, opened, position = list[tuple[int, int]](), -1, start
    for _ in range(_MAX_MARKS):
        found = octets.find(mark, position, end)
        if found < 0:
            break
        position = found + len(mark)
        # Asked first: the rest of a line is looked at only once, however often the boundary stands in it.
        if found > start and octets[found - 1 : found] not in {b"\n", b"\r"}:
            continue
        stop = _LINE_END.search(octets, position, end)
        line_end = stop.start() if stop else end
        tail = octets[position:line_end].strip()
        if tail not in {b"", b"--"}:
            continue
        if opened >= 0:
            spans.append((opened, _before_break(octets, opened, found)))
        position = line_end + (2 if octets[line_end : line_end + 2] == b"\r\n" else 1)
        opened = position
        if tail == b"--":
            opened = -1
            break
    if 0 <= opened < end:
        spans.append((opened, end))
    return spans


def _before_break(octets: bytes, start: int, at: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if octets[at - 2 : at] == b"\r\n":
        return max(start, at - 2)
    return max(start, at - 1) if octets[at - 1 : at] in {b"\n", b"\r"} else at


def _guess(octets: bytes, start: int, end: int) -> bytes:
    """The first line that looks like a boundary, for multiparts that declare none or a wrong one."""
    match = _BOUNDARY_LINE.search(octets, start, min(end, start + 20_000))
    return match[1].removesuffix(b"--") if match and b" " not in match[1].strip() else b""


def walk(octets: bytes, options: ReadOptions) -> tuple[Part, tuple[str, ...]]:
    """The tree of parts with the defects met on the way. Bounded by `max_parts` and `max_depth`; never raises."""
    state = _Walk(octets, options)
    return state.part(0, len(octets), "", 0), tuple(state.defects)


def leaves(part: Part) -> tuple[Part, ...]:
    """Every part without children, in order; messages inside messages included."""
    if not part.children:
        return (part,)
    return tuple(leaf for child in part.children for leaf in leaves(child))


_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})


def regular(octets: bytes, part: Part) -> bool:
    """Whether nothing about the structure had to be forgiven, so that any reader sees these very parts."""
    if part.header.defects or part.media_type == UNREAD:
        return False
    if not part.media_type.startswith("multipart/"):
        return not part.children
    boundary = part.content_type.values.get("boundary", (b"", None))[0]
    return (
        bool(part.children)
        and octets.find(b"--" + boundary + b"--", part.children[-1].end, part.end) >= 0
        and part.encoding.lower() in _IDENTITY
        and all(regular(octets, child) for child in part.children)
    )


KEPT_LEAF = 32_768
MAX_LINE = 4_096
"""Octets of a line that stay in a skeleton."""
MAX_SKELETON = 1_048_576
_LONG_LINE = re.compile(rb"([^\r\n]{%d})[^\r\n]+" % MAX_LINE)
# Anchored and possessive: a long line is looked at once, not once from each of its octets.
_FOLDED_FIELD = re.compile(rb"(?:\A|(?<=[\r\n]))[^\r\n]++(?:(?:\r\n|\n|\r)[ \t][^\r\n]*+)++")
_FOLD = re.compile(rb"(?:\r\n|\n|\r)(?=[ \t])")


def skeleton(octets: bytes, root: Part) -> bytes:
    """The message without its files: headers and boundaries stand, every file and every very long text is cut out.

    The fields of its own header are unfolded (RFC 5322 2.2.3): the standard library, which mail-parser stands on,
    loses the space between an encoded word and plain text where a line was folded there.
    """
    position = root.header.body_start
    out = bytearray(_FOLDED_FIELD.sub(_unfolded, octets[:position]))
    for leaf in leaves(root):
        if (
            leaf.media_type.startswith("text/")
            and leaf.end - leaf.start <= KEPT_LEAF
            and leaf.disposition.token != "attachment"  # noqa: S105 - no secret, a media token
        ):
            continue
        if leaf.start >= position:
            out += octets[position : leaf.start]
            position = leaf.end
    out += octets[position:]
    # mail-parser's time grows with the square of a line full of broken encoded words.
    return _LONG_LINE.sub(rb"\1", bytes(out[:MAX_SKELETON]))


def _unfolded(field: re.Match[bytes]) -> bytes:
    # A field that would be cut as one line stays whole as many.
    return field[0] if len(field[0]) > MAX_LINE else _FOLD.sub(b"", field[0])
