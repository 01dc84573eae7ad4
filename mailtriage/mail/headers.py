"""What the header of a message says: ids, addresses, dates, references (RFC 5322), read as clients really write them.

The trap: an address list is split before anything is decoded, for a decoded display name may hold commas, angle
brackets and whole false addresses (RFC 2047 5).
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from mailtriage.mail.encoded_words import clean, decode_header
from mailtriage.mail.fields import Header
from mailtriage.mail.message import Address

_ID = re.compile(r"<([^<>]{1,900})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]{1,400}@[^\s<>,;\"()]{1,250}")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,250}@[^\s<>,;:\"()]{1,250}")
_MAX_ADDRESSES = 500
_MAX_IDS = 200
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})\s*$")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d)(?::(\d\d))?")
_LOCAL_DATE = re.compile(
    r"(\d{1,2})[. ]+(\d{1,2}|[а-я]{3,8})[. ,]+(\d{4})[^\d]+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.IGNORECASE
)
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def message_ids(value: bytes | None) -> tuple[str, ...]:
    """Every Message-ID in a References, In-Reply-To or Message-ID field, in order, once, with angle brackets."""
    if not value:
        return ()
    text = value.decode("utf-8", "replace")
    found = [re.sub(r"\s+", "", inner) for inner in _ID.findall(text)]
    if not found:
        found = _BARE_ID.findall(text)
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
    left, bracket, rest = piece.rpartition("<")
    if bracket:
        inner = rest.partition(">")[0]
        name, comment = left, rest.partition(">")[2]
    else:
        match = _ADDRESS.search(piece)
        inner = match[0] if match else ""
        name, comment = (piece[: match.start()], piece[match.end() :]) if match else (piece, "")
    if bracket and "@" not in inner and (match := _ADDRESS.search(inner + comment)):
        inner = match[0]
    address = _address(inner)
    display = _name(name) or _name(comment.strip().strip("()"))
    return Address("" if display.casefold() == address.casefold() else display, address)


def _address(inner: str) -> str:
    raw = inner.encode("latin-1", "replace")
    text = decode_header(raw) if b"=?" in raw or not raw.isascii() else inner
    text = re.sub(r"\([^()]*\)|\s", "", clean(text)).strip("<>'\"").removeprefix("mailto:")
    if ":" in text and text.startswith("@"):
        # An obsolete route (RFC 5322 4.4).
        text = text.rpartition(":")[2]
    local, at, domain = text.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}" if at and local and domain else ""


def _name(raw: str) -> str:
    raw = raw.strip().strip(",").strip()
    if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
        raw = re.sub(r"\\(.)", r"\1", raw[1:-1])
    text = decode_header(raw.encode("latin-1", "replace"))
    return text.strip("\"' ").replace('"', "") if text.count('"') != 1 else text.replace('"', "").strip()


def sent_at(value: bytes | None) -> datetime | None:
    """The Date field with its offset; also as a Russian or ISO date, and None where nothing can be read."""
    if not value:
        return None
    text = decode_header(value)[:200]
    parsed = None
    try:
        parsed = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        parsed = None
    if parsed:
        offset = parsed[9] or 0
        if 1970 <= parsed[0] <= 2200 and abs(offset) < 86_400:  # noqa: PLR2004 - anything else is no date
            return _datetime(parsed[:6], timezone(timedelta(seconds=offset)))
    zone = UTC
    if match := _OFFSET.search(text):
        minutes = int(match[2]) * 60 + int(match[3])
        zone = timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)) if minutes < 1440 else UTC  # noqa: PLR2004
    if match := _ISO_DATE.search(text):
        return _datetime(tuple(int(part or 0) for part in match.groups()), zone)
    if match := _LOCAL_DATE.search(text.lower()):
        day, month, year, *clock = match.groups()
        number = (
            int(month)
            if month.isdigit()
            else next((i for i, name in enumerate(_MONTHS, 1) if month.startswith(name)), 0)
        )
        return _datetime((int(year), number, int(day), *(int(part or 0) for part in clock)), zone)
    return None


def _datetime(parts: tuple[int, ...], zone: timezone) -> datetime | None:
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None


def return_path(header: Header) -> str | None:
    """The envelope sender that the delivering server wrote; "" is the null sender, None means there is no field."""
    value = header.first("return-path")
    if value is None:
        return None
    inner = value.decode("latin-1").strip()
    if inner in {"", "<>"}:
        return ""
    return _address(inner.strip("<>")) or ("" if inner.strip("<> ") == "" else inner.strip("<> ")[:200])


def own_headers(header: Header) -> dict[str, str]:
    """Our own X-Mailtriage-... fields, lower-case names, the topmost of each."""
    own: dict[str, str] = {}
    for field in header.fields:
        if field.name.startswith("x-mailtriage-"):
            own.setdefault(field.name, decode_header(field.value)[:500])
    return own
