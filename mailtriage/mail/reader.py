"""Puts together all that one look at a message yields: the parsed mail, and what its words say.

The trap: most mail says more than its body; a name in a scan or a number in a PDF identifies the writer as well, and a
message is unreadable only when the body and every attachment fail. This module loads every parser: it is imported
only where mail is read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailtriage.attachments import ocr
from mailtriage.language.cards import masked
from mailtriage.language.identity import find_identities, personal_name
from mailtriage.language.legibility import Legibility
from mailtriage.language.legibility import judge as judge_legibility
from mailtriage.language.obscenity import find_rudeness
from mailtriage.language.requests import find_requests
from mailtriage.language.tenor import tenor
from mailtriage.mail.files import file_octets
from mailtriage.mail.illegible import legible_parts
from mailtriage.mail.message import Attachment, Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse, parse_header
from mailtriage.mail.reading import Reading, unread
from mailtriage.mail.telling import pictures_matter

_MAX_WORDS = 60_000
"""Characters that the language room is given."""
_MAX_FILE_WORDS = 40_000
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: [^\n]*\n)*\n?")
"""The frame of a clear-signed text (RFC 9580 7) is no word of its writer."""
_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----[^-]*(?:-----END PGP SIGNATURE-----)?")
_READABLE = 20
"""Letters and digits that were surely recognised in a picture that looks blurred."""


def read_message(octets: bytes, options: ReadOptions, *, pictures: bool = True) -> Reading:
    """Parse and understand one message; as for `mail.reading.read`."""
    reading = understand(parse(octets, options, pictures=pictures))
    if all(file.judged for file in reading.message.attachments) or not pictures_matter(reading):
        return reading
    return _looked_into(reading, parse(octets, options).attachments)


def _looked_into(reading: Reading, files: Sequence[Attachment]) -> Reading:
    """The same with its files judged, pictures too: that adds no word to it, and only tells what can be read."""
    message = replace(reading.message, attachments=tuple(map(_without_cards, files)))
    body, legibility = message.body, reading.legibility
    if not body.new_text.strip() and body.text.strip():
        legibility = judge_legibility(body.text[:_MAX_WORDS])
    legible, because = legible_parts(message, legibility)
    return replace(reading, message=message, legible=legible, illegible_because=because)


def read_message_with_pictures(
    octets: bytes, options: ReadOptions, digests: Sequence[str], texts: Mapping[str, str]
) -> Reading:
    """The same, with the words in pictures and scans.

    Args:
        octets: the whole message.
        options: as for `read_message`.
        digests: of the files whose words are wanted.
        texts: what is known already, by digest; only the others are looked at.
    """
    message = parse(octets, options)
    kinds = {file.digest: file.media_type for file in message.attachments}
    unknown = [digest for digest in digests if digest not in texts]
    files = file_octets(octets, options, unknown) if unknown else {}
    read = {digest: ocr.read_picture(raw, kinds.get(digest, "")) for digest, raw in files.items()}
    in_time = {digest: masked(text) for digest, text in read.items() if text is not None}
    known = {**{digest: texts[digest] for digest in digests if digest in texts}, **in_time}
    return understand(
        replace(message, attachments=tuple(_with_words(file, known.get(file.digest)) for file in message.attachments))
    )


def _with_words(file: Attachment, text: str | None) -> Attachment:
    """A file with what was read in it: what could be read is not blurred, whatever it looked like."""
    if text is None or file.text:
        return file
    readable = file.problem == "blurred" and sum(map(str.isalnum, text)) >= _READABLE
    return replace(file, text=text, problem=None if readable else file.problem)


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
    readable = _SIGNATURE.sub("", _SIGNED.sub("", readable)).strip() if _SIGNED.search(readable) else readable
    whole = legibility if readable else judge_legibility(body.text[:_MAX_WORDS])
    from_name = personal_name(message.sender.name) or ""
    files = "\n".join((attachment.text or "")[:_MAX_FILE_WORDS] for attachment in message.attachments)
    found = find_identities(from_name, message.subject, readable, body.signature, files[:_MAX_WORDS])
    if from_name and from_name not in found.names:
        # A first name alone is a name in From, though not in running text.
        found = replace(found, names=(from_name, *found.names))
    legible, because = legible_parts(message, legibility if body.new_text.strip() or not body.text.strip() else whole)
    shown = readable or body.text[:_MAX_WORDS] or files[:2000]
    attachments = tuple(map(_without_cards, message.attachments))
    return Reading(
        message=replace(message, attachments=attachments),
        readable_text=readable,
        language="en" if _is_english(shown or message.subject, whole) else "ru",
        identities=found,
        legibility=legibility,
        rudeness=find_rudeness(f"{message.subject}\n{readable}".strip()),
        requests=find_requests(readable, message.subject) if readable.strip() else (),
        legible=legible,
        illegible_because=because,
        tenor=tenor(message.subject, readable, "\n".join(file.text for file in attachments if file.text)),
    )


def _without_cards(file: Attachment) -> Attachment:
    """What stands in a file is stored and shown with the message; of a card only its last four digits may be."""
    return replace(file, text=masked(file.text)) if file.text else file


def _is_english(text: str, legibility: Legibility) -> bool:
    if legibility.script == "english":
        return True
    if legibility.script != "none":
        return False
    cyrillic = sum("а" <= char.lower() <= "я" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    return latin > 20 and latin > 4 * cyrillic  # noqa: PLR2004 - a brand name or an address is no English
