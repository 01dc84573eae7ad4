"""A report to the leads as a letter: a few headed tables, as text and as HTML that say the same.

The trap is a report that is taken for a customer's mail: it may go to a mailbox that this very program reads, or meet a
robot at the other end, so it carries every mark that an automatic reply carries (RFC 3834 5).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from html import escape

from mailtriage.lead_words import clean
from mailtriage.reply import mime
from mailtriage.reply.compose import LOOP_HEADER, deliverable
from mailtriage.reply.draft import Letter
from mailtriage.reply.wording import local_time

Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A table under its heading; without lines it says `nothing`, or is left out where that is empty."""

    heading: str
    lines: Sequence[Line] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the leads are told."""

    name: str
    """Such as "digest"; with the instant it makes the Message-ID."""
    title: str
    sections: Sequence[Section]


def letters(report: Report, leads: Sequence[str], *, sender: str, now: datetime, time_zone: str) -> tuple[Letter, ...]:
    """One letter for each lead, so that none waits for another's server; who cannot be written to safely gets none."""
    own_name, own_address = parseaddr(sender)
    own = deliverable(own_address)
    addresses = (deliverable(parseaddr(lead)[1]) for lead in leads)
    if own is None:
        return ()
    return tuple(
        _letter(report, to, (own_name, own), local_time(now, time_zone))
        for to in dict.fromkeys(filter(None, addresses))
    )


def _letter(report: Report, to: str, own: tuple[str, str], now: datetime) -> Letter:
    name, address = own
    told = f"{report.name}\n{now.isoformat()}\n{to}"
    stem = hashlib.sha256(told.encode()).hexdigest()[:32]
    message_id = f"<{stem}@{address.rpartition('@')[2]}>"
    headers = [
        ("From", mime.mailbox(name, address)),
        ("To", to),
        ("Subject", mime.words(report.title, "Subject")),
        ("Date", format_datetime(now.replace(microsecond=0))),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP_HEADER, address),
    ]
    text = "\n".join(_text(report)) + "\n"
    parts = [mime.Part("text/plain", text), mime.Part("text/html", "\n".join(_html(report)) + "\n")]
    octets = mime.octets(headers, parts, boundary=f"=_{message_id[1:25]}")
    return Letter(to=to, subject=report.title, message_id=message_id, text=text, octets=octets)


def _text(report: Report) -> Iterator[str]:
    for index, section in enumerate(_told(report)):
        yield from ("",) * (index > 0)
        yield section.heading
        lines = [tuple(map(clean, line)) for line in section.lines]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)] if lines else []
        for line in lines:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        if not lines:
            yield f"  {section.nothing}"


def _html(report: Report) -> Iterator[str]:
    yield '<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(report.title)}</title></head>"
    yield '<body style="font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.4; max-width: 640px">'
    for section in _told(report):
        yield f'<h3 style="margin: 20px 0 4px">{escape(clean(section.heading))}</h3>'
        if not section.lines:
            yield f"<p>{escape(section.nothing)}</p>"
            continue
        yield '<table style="border-collapse: collapse">'
        for line in section.lines:
            cells = "".join(f'<td style="padding: 2px 16px 2px 0">{escape(clean(cell))}</td>' for cell in line)
            yield f"<tr>{cells}</tr>"
        yield "</table>"
    yield "</body></html>"


def _told(report: Report) -> list[Section]:
    return [section for section in report.sections if section.lines or section.nothing]
