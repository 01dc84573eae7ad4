"""What a person sees of an HTML body, as plain text whose quotes are marked with "> " like those of plain mail.

The trap: hidden preheaders, white or tiny text and tracking are written to be read by machines, not by people, and
nesting tens of thousands deep is written to break them; so hidden parts are left out, the walk does not recurse, and
what is too deep for the parser is stripped of its tags instead.
"""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailtriage.mail.html_lines import BLOCKS, DROPPED, Lines
from mailtriage.mail.visibility import Look, Sheet, look, sheet_of, style_of

_MAX_NODES = 400_000
_MAX_HTML = 2_000_000
_MAX_DEPTH = 2_000
_MAX_SHEETS = 20
_NESTING = re.compile(r"<(/?)([a-z][a-z0-9:-]{0,30})", re.IGNORECASE)
_NOT_NESTING = frozenset(
    """
    area base br col embed hr img input link meta param source track wbr p li dd dt td th tr option html head body
    tbody thead tfoot
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
"""Elements that are empty, or that the next of their kind closes: they never pile up."""
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9:-]{0,30})[^<>]{0,2000}>|[^<]+|<", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_NO_LOOK = Look()


def meta_charset(octets: bytes) -> str | None:
    """The charset that the document claims for itself."""
    match = _META_CHARSET.search(octets[:4096])
    return match[1].decode("ascii") if match else None


def html_to_text(html: str) -> str:
    """The visible text: blocks on lines of their own, quotes behind "> ". Never raises on any input text."""
    html = html[:_MAX_HTML].replace("\x00", "")
    if _too_deep(html):
        return _stripped(html)
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return ""
    sheet = sheet_of("\n".join(one.text() for one in tree.css("style")[:_MAX_SHEETS]))
    text = _walked(root, sheet, colours=True)
    # A dark theme may leave its white letters without their black ground: what is all hidden was not meant to be.
    if text is not None and not text.strip():
        text = _walked(root, sheet, colours=False)
    return _stripped(html) if text is None else text


def _too_deep(html: str) -> bool:
    """Whether tags pile up unclosed beyond what people's mail ever does: the parser's time grows with their square."""
    depth = 0
    for match in _NESTING.finditer(html):
        if match[2].lower() not in _NOT_NESTING:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > _MAX_DEPTH:
                return True
    return False


def _walked(root: LexborNode, sheet: Sheet, *, colours: bool) -> str | None:
    """The text of a tree, walked without recursion; None when there are too many nodes."""
    lines, parents, looks = Lines(), list[LexborNode](), [_NO_LOOK]
    node: LexborNode | None = root
    for _ in range(_MAX_NODES):
        if node is None:
            return lines.text()
        child = _entered(node, lines, looks, sheet, colours=colours)
        if child is not None:
            parents.append(node)
            node = child
            continue
        while node is not None and (node.next is None or not parents):
            if not parents:
                return lines.text()
            node = parents.pop()
            looks.pop()
            lines.leave()
        node = node.next if node is not None else None
    return None


def _entered(node: LexborNode, lines: Lines, looks: list[Look], sheet: Sheet, *, colours: bool) -> LexborNode | None:
    """Take a node in; its first child when there is more to see inside."""
    tag, above = node.tag or "", looks[-1]
    if tag == "-text":
        if not (above.tiny or (colours and above.invisible)):
            lines.write(node.text_content or "", preformatted=above.preformatted)
        return None
    if tag in DROPPED or tag.startswith(("-", "_", "!")):
        return None
    attributes = node.attributes
    style = style_of(attributes, sheet)
    seen = look(above, style, attributes)
    if seen.gone:
        return None
    lines.enter(tag, attributes, style)
    if node.child is None:
        lines.leave()
        return None
    looks.append(Look(preformatted=True) if tag == "pre" and not seen.preformatted else seen)
    return node.child


def _stripped(html: str) -> str:
    """Text between the tags, for what cannot be parsed in time: nothing is lost but what tags and styles say."""
    out, skipped = list[str](), ""
    for match in _TOKEN.finditer(_without_comments(html)):
        tag = (match[2] or "").lower()
        if not tag:
            if not skipped:
                out.append(match[0])
        elif skipped:
            skipped = "" if match[1] and tag == skipped else skipped
        elif tag in {"style", "script", "title"} and not match[1]:
            skipped = tag
        else:
            out.append("\n" if tag in BLOCKS or tag == "br" else "")
    lines = (" ".join(line.split()) for line in unescape("".join(out)).split("\n"))
    return "\n".join(filter(None, lines))


def _without_comments(html: str) -> str:
    out, position = list[str](), 0
    while (start := html.find("<!--", position)) >= 0:
        out.append(html[position:start])
        end = html.find("-->", start)
        if end < 0:
            return "".join(out)
        position = end + 3
    return "".join((*out, html[position:]))
