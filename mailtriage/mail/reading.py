"""All that one look at the octets yields: the value that a reader process hands back.

It holds everything that is expensive or dangerous to compute, so that whatever decides afterwards is cheap and safe.
"""

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from mailtriage.language.identity import Identities
from mailtriage.language.legibility import Legibility
from mailtriage.language.obscenity import Rudeness
from mailtriage.language.requests import Request
from mailtriage.language.tenor import Tenor
from mailtriage.mail.message import Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.soundness import measured, sound

__all__ = ["ReadOptions", "Reading", "dump", "load", "read", "read_headers", "unread"]


@dataclass(frozen=True)
class Reading:
    """A message, and what its words say."""

    message: Message
    readable_text: str
    """The new words in readable Russian or English: keyboard layout and transliteration undone; else `new_text`."""
    language: str
    """"ru" or "en": what the reply should be written in."""
    identities: Identities
    legibility: Legibility
    rudeness: Rudeness
    requests: tuple[Request, ...]
    legible: bool
    """Whether the body or any attachment can be read."""
    illegible_because: tuple[str, ...] = ()
    """For each part that cannot be read: why ("body: random keys", "scan.jpg: blurred")."""
    tenor: Tenor | None = None
    """What it says and asks; None where nothing but the header was read, or where it was put together otherwise."""
    unread: str | None = None
    """Why nothing but the header was read ("too_large", or how the reader died); None for a whole message."""


def unread(why: str) -> Reading:
    """What is known of a message when not even its header can be read: nothing, and why."""
    return Reading(
        message=Message(defects=(why,)),
        readable_text="",
        language="ru",
        identities=Identities(),
        legibility=Legibility(legible=True, script="none", readable="", because=""),
        rudeness=Rudeness(),
        requests=(),
        legible=True,
        unread=why,
    )


def read(octets: bytes, options: ReadOptions, *, pictures: bool = True) -> Reading:
    """All that one look at a message yields. Never raises on any octets, but may take long on hostile ones.

    Without `pictures`, only those pictures are looked at on which its outcome may depend.
    """
    from mailtriage.mail.reader import read_message  # noqa: PLC0415 - the parsers load only where mail is read

    return read_message(octets, options, pictures=pictures)


def read_headers(octets: bytes, options: ReadOptions, defect: str) -> Reading:
    """A reading without a body: for a message over the size limit, or one that broke its reader.

    Args:
        octets: the header, or as much of the message as there is.
        options: as for `read`.
        defect: why there is no body, in words; it stands among the defects.
    """
    from mailtriage.mail.reader import read_header_alone  # noqa: PLC0415

    return read_header_alone(octets, options, defect)


@cache
def _adapter() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)


def dump(reading: Reading) -> bytes:
    """A reading as JSON, for a pipe."""
    return _adapter().dump_json(reading)


def load(octets: bytes) -> Reading:
    """A reading out of JSON, validated: whoever sent it may have been taken over by what he read.

    Raises:
        ValueError: the octets are no reading, or one that no parser makes.
    """
    return sound(_adapter().validate_json(measured(octets)))
