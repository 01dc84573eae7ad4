"""What a person sees of an HTML body, as plain text whose quotes are marked with "> " like those of plain mail.

The trap: hidden preheaders, white or tiny text and tracking are written to be read by machines, not by people, and
nesting tens of thousands deep is written to break them; so hidden parts go first and the walk does not recurse.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_DROPPED = (
    "head",
    "style",
    "script",
    "template",
    "noscript",
    "object",
    "iframe",
    "svg",
    "title",
    "meta",
    "select",
    "textarea",
)
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|font-size:[01](?:px|pt|em|%)?(?:;|$|!)|(?:max-height|max-width):0|opacity:0(?:;"
    r"|$|\.0)|mso-hide:all"
    r"|(?:^|;)(?:height|width):0(?:px)?;.*overflow:hidden|text-indent:-\d{3,}"
)
_WHITE = re.compile(r"(?:^|;)color:(?:#fff(?:fff)?|white|rgba?\(255,255,255[^)]*\)|transparent)(?:;|$|!)")
_BACKGROUND = re.compile(r"background")
_INDENT = re.compile(r"border:none|border-left:none|border:0")
_QUOTE_BORDER = re.compile(r"border-left:(?!none|0|medium none)[^;]*(?:solid|\dp[xt])")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACED = frozenset(["h1", "h2", "h3", "h4", "p", "ul", "ol", "table"])
_WHITESPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_MAX_NODES = 60_000
_MAX_HTML = 2_000_000
_MAX_DEPTH = 3_000
_NESTING = re.compile(
    r"<(/?)(?:div|span|table|tbody|tr|td|blockquote|font|b|i|u|ul|ol|section|center|a|em|strong|p)\b", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def meta_charset(octets: bytes) -> str | None:
    """The charset that the document claims for itself."""
    match = _META_CHARSET.search(octets[:4096])
    return match[1].decode("ascii") if match else None


def html_to_text(html: str) -> str:
    """The visible text: blocks on lines of their own, quotes behind "> ". Never raises on any input text."""
    html = html[:_MAX_HTML].replace("\x00", "")
    if _too_deep(html):
        return _ANY_TAG.sub(" ", html)
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    return _Lines().walk(root) if root is not None else ""


def _too_deep(html: str) -> bool:
    """Whether tags pile up unclosed beyond what people's mail ever does: the parser's time grows with their square."""
    depth = 0
    for match in _NESTING.finditer(html):
        depth += -1 if match[1] else 1
        if depth > _MAX_DEPTH:
            return True
    return False


class _Lines:
    """Collects lines with their quote depth while the tree is walked, without recursion."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.depth = 0
        self.preformatted = 0

    def walk(self, root: LexborNode) -> str:
        node, count = root, 0
        self._enter(root)
        while count < _MAX_NODES:
            count += 1
            child = node.child if node is root or self._open(node) else None
            if child is not None:
                node = child
                self._enter(node)
                continue
            while True:
                if node is root or node.mem_id == root.mem_id:
                    self._break()
                    return "\n".join(self.lines)
                self._leave(node)
                if node.next is not None:
                    node = node.next
                    self._enter(node)
                    break
                parent = node.parent
                if parent is None:
                    self._break()
                    return "\n".join(self.lines)
                node = parent
        self._break()
        return "\n".join(self.lines)

    def _open(self, node: LexborNode) -> bool:
        return node.tag not in _DROPPED and not (node.tag or "").startswith(("-", "_")) and not _hidden(node)

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
        elif not self._open(node):
            return
        elif tag == "br":
            self._break(empty=True)
        elif tag in {"td", "th"} and self.current:
            self.current.append(" ")
        elif tag in _BLOCKS:
            self._break()
            if tag == "li":
                self.current.append("- ")
            self.preformatted += tag == "pre"
        self.depth += self._quotes(node)

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag
        if not tag or not self._open(node):
            return
        if tag in _BLOCKS:
            self._break()
            self.preformatted -= tag == "pre"
            if (
                tag in _SPACED
                and "MsoNormal" not in (node.attributes.get("class") or "")
                and self.lines
                and self.lines[-1].strip("> ")
            ):
                self.lines.append(self._prefix().rstrip())
        self.depth -= self._quotes(node)

    def _quotes(self, node: LexborNode) -> int:
        """1 for an element that holds somebody else's text; a blockquote that merely indents is none."""
        if node.tag not in {"blockquote", "div"} or not self._open(node):
            return 0
        style = _style(node)
        classes = node.attributes.get("class") or ""
        if node.tag == "blockquote":
            return 0 if _INDENT.search(style) or "indent" in classes else 1
        return 1 if _QUOTE_BORDER.search(style) else 0

    def _text(self, text: str) -> None:
        if self.preformatted:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._break(empty=True)
                self.current.append(line)
            return
        text = _WHITESPACE.sub(" ", text)
        if text.startswith(" ") and (not self.current or self.current[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.current.append(text)

    def _break(self, *, empty: bool = False) -> None:
        line = "".join(self.current).rstrip()
        self.current = []
        if line.strip() or empty:
            self.lines.append(self._prefix() + line if line else self._prefix().rstrip())

    def _prefix(self) -> str:
        return ">" * min(self.depth, 8) + " " if self.depth else ""


def _style(node: LexborNode) -> str:
    return (node.attributes.get("style") or "").lower().replace(" ", "")[:2000]


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    style = _style(node)
    if not style:
        return False
    return bool(_HIDDEN.search(style) or (_WHITE.search(style) and not _BACKGROUND.search(style)))
