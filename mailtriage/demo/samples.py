"""The demo's sample mail, dated as if it had just arrived.

The octets are the sample: wrong charsets, raw headers and odd boundaries are there on purpose, and a round trip through
any mail library would mend them. So exactly one thing changes, the Date line of the message's own header (RFC 5322
3.6.1); attached reports and quoted letters keep theirs.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from importlib import resources
from typing import Any

_FOLDER = "samples"
_LAST_AGE = timedelta(minutes=3)
"""How long before `now` the last message came: it should look new, but never lie in the future."""
_DATE_LINE = re.compile(rb"^Date:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the shipped rules decide about a sample when all of them are read in order; the words of `Decision`."""

    verdict: str | None
    """None for a letter that support wrote."""
    reason: str | None
    category: str | None


@dataclass(frozen=True)
class Sample:
    """One message of the demo."""

    name: str
    """Its file, "01-claim-not-credited.eml"."""
    octets: bytes
    received_at: datetime
    """With the offset of the sender's own clock; equal to the Date header."""
    title: str
    """What it shows, in Russian."""
    expected: Expected

    @property
    def outgoing(self) -> bool:
        """Whether support wrote it."""
        return self.expected.verdict is None


def load_samples(now: datetime) -> tuple[Sample, ...]:
    """All samples in the order of their arrival, the last a few minutes before `now` (which carries an offset)."""
    folder = resources.files(__package__) / _FOLDER
    entries: list[dict[str, Any]] = json.loads((folder / "index.json").read_text("utf-8"))
    arrival = now.replace(microsecond=0) - _LAST_AGE - sum((_gap(entry) for entry in entries), timedelta())
    samples = []
    for entry in entries:
        arrival += _gap(entry)
        samples.append(_sample(entry, (folder / entry["file"]).read_bytes(), arrival))
    return tuple(samples)


def _gap(entry: dict[str, Any]) -> timedelta:
    """Since the message before."""
    return timedelta(minutes=entry["after"])


def _sample(entry: dict[str, Any], octets: bytes, arrival: datetime) -> Sample:
    dated, received_at = _redate(octets, arrival)
    expected = Expected(entry["verdict"], entry["reason"], entry["category"])
    return Sample(entry["file"], dated, received_at, entry["title"], expected)


def _redate(octets: bytes, arrival: datetime) -> tuple[bytes, datetime]:
    """The octets with their own Date header set to `arrival`, told in the offset that stood there."""
    header_end = octets.index(b"\r\n\r\n")
    line = _DATE_LINE.search(octets, 0, header_end)
    if line is None:
        raise ValueError("a sample needs a Date header")
    told = arrival.astimezone(parsedate_to_datetime(line[1].decode("ascii")).tzinfo)
    return octets[: line.start(1)] + format_datetime(told).encode("ascii") + octets[line.end(1) :], told
