"""Puts together all that one look at a message yields: the parsed mail, and what its words say.

The trap: most mail says more than its body; a name in a scan or a number in a PDF identifies the writer as well, and a
message is unreadable only when the body and every attachment fail. This module loads every parser: it is imported
only where mail is read.
"""

from dataclasses import replace

from mailtriage.language.identity import find_identities, personal_name
from mailtriage.language.legibility import Legibility
from mailtriage.language.legibility import judge as judge_legibility
from mailtriage.language.obscenity import find_rudeness
from mailtriage.language.requests import find_requests
from mailtriage.mail.message import Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse, parse_header
from mailtriage.mail.reading import Reading, unread

_MAX_WORDS = 60_000
"""Characters that the language room is given."""
_MAX_FILE_WORDS = 40_000


def read_message(octets: bytes, options: ReadOptions) -> Reading:
    """Parse and understand one message."""
    return understand(parse(octets, options))


def read_header_alone(octets: bytes, options: ReadOptions, defect: str) -> Reading:
    """A reading of the header alone, with the reason among the defects."""
    message = parse_header(octets, options)
    return replace(
        unread(defect),
        message=replace(message, defects=(*message.defects, defect)),
        identities=find_identities(message.sender.name),
    )


def understand(message: Message) -> Reading:
    """What the words of a parsed message say."""
    body = message.body
    legibility = judge_legibility(body.new_text[:_MAX_WORDS])
    readable = (legibility.readable or body.new_text) if body.new_text.strip() else ""
    whole = legibility if readable else judge_legibility(body.text[:_MAX_WORDS])
    from_name = personal_name(message.sender.name) or ""
    files = "\n".join((attachment.text or "")[:_MAX_FILE_WORDS] for attachment in message.attachments)
    words = "\n".join((from_name, message.subject, readable, body.signature, files[:_MAX_WORDS]))
    found = find_identities(words)
    if from_name and from_name not in found.names:
        # A first name alone is a name in From, though not in running text.
        found = replace(found, names=(from_name, *found.names))
    legible, because = _legible(message, legibility if body.new_text.strip() or not body.text.strip() else whole)
    shown = readable or body.text[:_MAX_WORDS] or files[:2000]
    return Reading(
        message=message,
        readable_text=readable,
        language="en" if _is_english(shown or message.subject, whole) else "ru",
        identities=found,
        legibility=legibility,
        rudeness=find_rudeness(f"{message.subject}\n{readable}".strip()),
        requests=find_requests(readable) if readable.strip() else (),
        legible=legible,
        illegible_because=because,
    )


def _legible(message: Message, legibility: Legibility) -> tuple[bool, tuple[str, ...]]:
    """Whether any part can be read, with the reason for each that cannot."""
    because: list[str] = []
    own_words = message.body.new_text.strip() or message.body.quoted_text.strip()
    # "!!!" above a quote says that he waits; by itself it says nothing.
    sign_above_quote = bool(message.body.quoted_text.strip()) and not any(map(str.isalnum, message.body.new_text))
    readable_body = bool(own_words) and (legibility.legible or sign_above_quote)
    if not readable_body:
        because.append(f"body: {legibility.because or 'empty'}" if own_words else "body: empty")
    because += [f"{one.filename}: {one.problem}" for one in message.attachments if one.problem]
    # A logo in a signature says nothing, but a picture alone may be the whole message.
    return readable_body or any(one.legible for one in message.attachments), tuple(because)


def _is_english(text: str, legibility: Legibility) -> bool:
    if legibility.script == "english":
        return True
    if legibility.script != "none":
        return False
    cyrillic = sum("а" <= char.lower() <= "я" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    return latin > 20 and latin > 4 * cyrillic  # noqa: PLR2004 - a brand name or an address is no English
