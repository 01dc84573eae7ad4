"""A message out of the folder of sent mail: support's own, whatever its header says.

Two traps. The folder also holds what this program sent, where the server keeps a copy: that is no answer of a person,
and would stop a clock that nobody has attended to. And From is not to be asked here: people write under several
addresses of theirs, and nobody but they can put mail into this folder.
"""

from collections.abc import Collection
from dataclasses import replace

from mailtriage.mail.fields import split_header
from mailtriage.mail.message import Automatic
from mailtriage.mail.reading import Reading

_OF_THE_PROGRAM = ("x-mailtriage-loop", "x-mailtriage-reply", "x-mailtriage", "x-mailtriage-number")
_ID = 998


def written_by_program(octets: bytes) -> bool:
    """Whether it carries the marks of this program's own letters."""
    header = split_header(octets)
    return any(header.first(name) is not None for name in _OF_THE_PROGRAM)


def message_id(octets: bytes) -> str | None:
    """Its Message-ID with angle brackets, as the header has it; None where there is none that can be named."""
    value = split_header(octets).text("message-id")[:_ID]
    return value if value.startswith("<") and value.endswith(">") and value.isprintable() else None


def same_body(one: bytes, other: bytes) -> bool:
    """Whether two messages differ in their header alone, and in how their lines end."""
    return _body(one) == _body(other)


def _body(octets: bytes) -> bytes:
    return b"".join(octets[split_header(octets).body_start :].split())


def as_ours(octets: bytes, reading: Reading, own: Collection[str]) -> Reading:
    """The same, believed: from an address of ours, and by a person unless its header says that a robot answered.

    `own` are our addresses. An address in From that is none of them gives way to the first, and stays in the defects.
    """
    message = reading.message
    submitted = split_header(octets).text("auto-submitted").lower()
    if not submitted or submitted.startswith("no"):
        # Judged by its words, a letter of support that quotes a robot would pass for one.
        message = replace(message, automatic=Automatic())
    ours = sorted(address.casefold() for address in own)
    if message.sender.address.casefold() not in ours:
        stranger = message.sender.address or "nobody"
        defects = (*message.defects, f"From is {stranger}, none of our addresses, in the folder of sent mail")
        message = replace(message, sender=replace(message.sender, address=ours[0]), defects=defects)
    return replace(reading, message=replace(message, authentication=replace(message.authentication, aligned=True)))
