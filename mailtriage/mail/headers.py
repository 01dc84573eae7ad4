"""What the header of a message says: ids, addresses, dates, references (RFC 5322), read as clients really write them.

The trap: an address list is split before anything is decoded, for a decoded display name may hold commas, angle
brackets and whole false addresses (RFC 2047 5).
"""

import re
from contextlib import suppress

from mailtriage.mail.encoded_words import clean, decode_header
from mailtriage.mail.fields import Header
from mailtriage.mail.message import Address

_ID = re.compile(r"<([^<>]{1,900})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]{1,400}@[^\s<>,;\"()]{1,250}")
# Header octets are looked at as Latin-1, in which NEL and the no-break space are halves of Cyrillic letters: re.ASCII.
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,250}@[^\s<>,;:\"()]{1,250}", re.ASCII)
_QUOTED_LOCAL = re.compile(r'\s*("(?:[^"\\]|\\.){1,64}")\s*@\s*([^\s<>()"@]{1,250})', re.ASCII)
_TRAILING_COMMENT = re.compile(r"\([^()]*\)\s*$")
_MAX_ADDRESSES = 500
_MAX_IDS = 200
_SPACED = re.compile(
    r"([^\s<>,;:\"()@]{1,250})\s*@\s*([^\s<>,;:\"()@.]{1,63}(?:\s*\.\s*[^\s<>,;:\"()@.]{1,63}){1,10})", re.ASCII
)
_COMMENT = re.compile(r"\([^()]*\)")


def message_ids(value: bytes | None) -> tuple[str, ...]:
    """Every Message-ID in a References, In-Reply-To or Message-ID field, in order, once, with angle brackets."""
    if not value:
        return ()
    text = value.decode("utf-8", "replace")
    found = ["".join(clean(inner).split()) for inner in _ID.findall(text) or _BARE_ID.findall(text)]
    return tuple(dict.fromkeys(f"<{inner}>" for inner in found if inner))[-_MAX_IDS:]


def addresses(value: bytes | None) -> tuple[Address, ...]:
    """The mailboxes of an address list (RFC 5322 3.4): groups are opened, comments become names."""
    if not value:
        return ()
    found: list[Address] = []
    pending = ""
    for piece in _split(value.decode("latin-1"))[:_MAX_ADDRESSES]:
        address = _mailbox(f"{pending}, {piece}" if pending else piece)
        if address.address or not piece.strip():
            found += [address] if address.address else []
            pending = ""
        else:
            # A comma in an unquoted display name: the rest of it follows.
            pending = f"{pending}, {piece}" if pending else piece
    if pending:
        found.append(_mailbox(pending))
    if not any(one.address for one in found) and b"=?" in value:
        # Some senders encode the whole field, address included.
        decoded = decode_header(value)
        if "@" in decoded:
            return addresses(decoded.encode("utf-8"))
    return tuple(one for one in found if one.address or one.name)


def _split(text: str) -> list[str]:  # noqa: C901 - a scanner; apart, its states would be harder to follow
    """Cut at commas and semicolons outside quotes, comments and angle brackets; `Group:` is dropped."""
    pieces, start, depth, quoted, angle = [], 0, 0, False, False
    skip = False
    for index, char in enumerate(text):
        if skip:
            skip = False
        elif char == "\\" and (quoted or depth):
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted and '"' in text[index + 1 :]
        elif quoted:
            continue
        elif char == "(":
            depth += 1 if ")" in text[index + 1 :] else 0
        elif char == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif char == "<":
            angle = ">" in text[index + 1 : index + 600]
        elif char == ">":
            angle = False
        elif char in ",;" and not angle:
            pieces.append(text[start:index])
            start = index + 1
        elif char == ":" and not angle and "@" not in text[start:index]:
            start = index + 1
    pieces.append(text[start:])
    return pieces


def _mailbox(piece: str) -> Address:
    """One mailbox out of `Name <address>`, `address (Name)`, or a bare address."""
    said = _TRAILING_COMMENT.search(piece)
    # An address inside a comment is nobody's.
    left, bracket, rest = (piece[: said.start()] if said else piece).rpartition("<")
    if bracket:
        inner, _, after = rest.partition(">")
        name, comment = left, after + (said[0] if said else "")
    else:
        match = _QUOTED_LOCAL.match(piece) or _ADDRESS.search(piece)
        if not match and "@" in piece:
            # A comment or blanks inside the address (RFC 5322 4.4).
            piece = _COMMENT.sub("", piece)
            match = _ADDRESS.search(piece) or _SPACED.search(piece)
        inner = match[0] if match else ""
        name, comment = (piece[: match.start()], piece[match.end() :]) if match else (piece, "")
    if bracket and "@" not in inner and (match := _ADDRESS.search(inner + comment)):
        inner = match[0]
    address = _address(inner)
    display = _name(name) or _name(comment.strip(" \t").strip("()"))
    return Address("" if display.casefold() == address.casefold() else display, address)


def mailbox(name: str, address: str) -> Address:
    """A mailbox out of decoded parts, in the form that every Address has; one without a domain has no address."""
    local, at, domain = clean(address).rpartition("@")
    canonical = _canonical(local, domain) if at else ""
    display = _unquoted(clean(name))
    return Address("" if display.casefold() == canonical.casefold() else display, canonical)


def _address(inner: str) -> str:
    raw = inner.encode("latin-1", "replace")
    text = decode_header(raw) if b"=?" in raw or not raw.isascii() else inner
    if quoted := _QUOTED_LOCAL.match(clean(text)):
        return mailbox("", f"{quoted[1]}@{quoted[2]}").address
    text = re.sub(r"\([^()]*\)|\s", "", clean(text)).strip("<>'\"").removeprefix("mailto:")
    if ":" in text and text.startswith("@"):
        # An obsolete route (RFC 5322 4.4).
        text = text.rpartition(":")[2]
    local, at, domain = text.rpartition("@")
    return _canonical(local, domain) if at else ""


def _canonical(local: str, domain: str) -> str:
    """The address in one spelling: an international domain as its A-label (RFC 5890 2.3.2.1).

    That form compares equal however the client wrote it, is fit for any SMTP server, and shows look-alikes for what
    they are. The local part stays as it is (RFC 6531).
    """
    domain = domain.lower().rstrip(".")
    if not domain.isascii():
        # What is no valid domain is shown as it was written.
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}" if local and domain else ""


def _name(raw: str) -> str:
    raw = raw.strip(" \t,<>")
    if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
        raw = re.sub(r"\\(.)", r"\1", raw[1:-1])
    return _unquoted(decode_header(raw.encode("latin-1", "replace")))


def _unquoted(text: str) -> str:
    """A display name without the quotes that clients put around it, or leave in it."""
    return text.strip("\"' ").replace('"', "") if text.count('"') != 1 else text.replace('"', "").strip()


def return_path(header: Header) -> str | None:
    """The envelope sender that the delivering server wrote; "" is the null sender, None means there is no field."""
    value = header.first("return-path")
    if value is None:
        return None
    inner = value.decode("latin-1").strip(" \t")
    if inner in {"", "<>"}:
        return ""
    return _address(inner.strip("<>")) or clean(inner).strip("<> ")[:200]


def own_headers(header: Header) -> dict[str, str]:
    """Our own X-Mailtriage-... fields, lower-case names, the topmost of each."""
    own: dict[str, str] = {}
    for field in header.fields:
        if field.name.startswith("x-mailtriage-"):
            own.setdefault(field.name, decode_header(field.value)[:500])
    return own
