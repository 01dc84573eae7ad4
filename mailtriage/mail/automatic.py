"""Is it a person? Bounces, auto-replies, lists, receipts, abuse reports and our own mail told from customers.

Two traps. Answering a robot starts a loop that never ends (RFC 3834 2), so any sure sign is enough; and a customer who
writes about his vacation or an undelivered mail is a person, so words alone need the shape of a robot's mail around
them. Precedence alone proves nothing (RFC 3834 3.1.8 warns of it).
"""

import re
from typing import TYPE_CHECKING

from mailtriage.language.text import looked_through
from mailtriage.mail import bounces, reports, robots, wording
from mailtriage.mail.absence import absence
from mailtriage.mail.bounce_words import FORMULA, SUBJECT, WORDING, is_robot
from mailtriage.mail.evidence import Evidence
from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions

if TYPE_CHECKING:
    from mailtriage.mail.message import AutomaticKind

__all__ = ["Evidence", "judge"]

_REPORT_TYPES = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_REPORT_INSIDE = re.compile(rb"^content-type[ \t]*:[ \t]*multipart/report", re.IGNORECASE | re.MULTILINE)
_REPORT_NAME = re.compile(r"delivery status notification(?! \(fail)", re.IGNORECASE)
_REFUSED = re.compile(
    r"(?:automatically |was |been )rejected|rejected mail|отклонен|отказано|refused|quota exceeded", re.IGNORECASE
)


def judge(evidence: Evidence, options: ReadOptions) -> Automatic:
    """The kind with the headers or words that say so; kind None means a person."""
    if evidence.relayed:
        return Automatic()
    return (
        robots.loop(evidence, options)
        or _structured(evidence, options)
        or _bounce(evidence, options)
        or _receipt(evidence)
        or robots.aggregate_report(evidence)
        or robots.answered(evidence)
        or robots.listed(evidence)
        or _worded(evidence)
        or Automatic()
    )


def _structured(evidence: Evidence, options: ReadOptions) -> Automatic | None:  # noqa: PLR0911 - one return a kind of report
    """Machine-readable parts (RFC 3464, 8098, 5965) leave no doubt, unless a person attached them."""
    found = {_REPORT_TYPES[media]: octets for media, octets in reversed(evidence.reports) if media in _REPORT_TYPES}
    declared = reports.report_type(evidence.header)
    if declared == "tlsrpt":
        return Automatic("report", ("report-type=tlsrpt",))
    if found and not _sent_by_machine(evidence):
        return None
    if "feedback-report" in found:
        return _complaint(evidence, found["feedback-report"])
    if "disposition-notification" in found:
        return _disposition(evidence, found["disposition-notification"], options)
    if "delivery-status" in found:
        return _delivery(evidence, options)
    if evidence.media_type == "multipart/report" and declared == "feedback-report":
        return Automatic("report", ("report-type=feedback-report",))
    if evidence.media_type == "multipart/report" and declared == "disposition-notification":
        return Automatic("receipt", ("report-type=disposition-notification",))
    return None


def _sent_by_machine(evidence: Evidence) -> bool:
    """Whether the report is the mail itself, and not a file that a person attached to his own words."""
    return bool(
        evidence.media_type in {"multipart/report", *_REPORT_TYPES}
        or reports.report_type(evidence.header)
        or _REPORT_INSIDE.search(evidence.after_header)
        or is_robot(evidence.sender.address, evidence.sender.name)
        or evidence.null_sender
        or evidence.header.first("auto-submitted") is not None
        or (
            not evidence.answers
            and not evidence.forwarded
            and SUBJECT.search(evidence.subject)
            and WORDING.search(evidence.text[:6000])
        )
    )


def _complaint(evidence: Evidence, fields: bytes) -> Automatic:
    because = ("message/feedback-report", *filter(None, (reports.feedback_type(fields),)))
    return Automatic("report", because, original_message_id=reports.returned_message_id(evidence.returned))


def _disposition(evidence: Evidence, fields: bytes, options: ReadOptions) -> Automatic:
    """A receipt, or a refusal in its dress: a machine deleted our mail and says so (RFC 8098 3.2.6, RFC 5429 2.2)."""
    disposition = reports.disposition(fields)
    original = disposition.original_message_id or reports.returned_message_id(evidence.returned)
    refused = _REFUSED.search(f"{evidence.subject}\n{evidence.text[:2000]}")
    if disposition.unread and refused:
        recipients = disposition.recipients or bounces.worded_recipients(evidence, options)
        permanent = bounces.permanence(evidence.subject, evidence.text)
        return Automatic("bounce", (f"Disposition: {disposition.kind}", refused[0]), recipients, permanent, original)
    because = ("message/disposition-notification", *filter(None, (disposition.kind,)))
    return Automatic("receipt", because, original_message_id=original)


def _delivery(evidence: Evidence, options: ReadOptions) -> Automatic:
    status = reports.delivery_status(
        b"\n\n".join(octets for media, octets in evidence.reports if "delivery-status" in media)
    )
    original = status.original_message_id or bounces.original_message_id(evidence)
    because = tuple(f"Action: {action}" for action in sorted(status.actions)) or ("message/delivery-status",)
    if status.delivered:
        return Automatic("receipt", because, original_message_id=original)
    because += (f"Status: {status.status}",) if status.status else ()
    recipients = status.recipients or bounces.worded_recipients(evidence, options)
    permanent = status.permanent
    if permanent is None:
        permanent = bounces.permanence(evidence.subject, evidence.text)
    return Automatic("bounce", because, recipients, permanent, original)


def _bounce(evidence: Evidence, options: ReadOptions) -> Automatic | None:
    """A bounce by its wording, unless an auto-responder that is no mail system says that it answers."""
    found = bounces.bounce(evidence, options)
    if found is None or (wording.delivered(evidence.text) and not _tells_of_failure(evidence.text[:6000])):
        return None
    robot = is_robot(evidence.sender.address, evidence.sender.name) or evidence.header.first("x-failed-recipients")
    return None if robots.vacation_mark(evidence) and not robot else found


def _tells_of_failure(text: str) -> bool:
    """Whether a report says that a mail did not arrive; what such a report is called tells nothing of how it went."""
    return bool(FORMULA.search(_REPORT_NAME.sub(" ", text)))


def _receipt(evidence: Evidence) -> Automatic | None:
    """A receipt by its wording; servers mark it as an answer of a machine, which it is no less."""
    because = wording.receipt_wording(evidence.subject, evidence.text)
    return Automatic("receipt", because) if because else None


def _worded(evidence: Evidence) -> Automatic | None:
    """Robots without headers: known by what they say and how, never by one word."""
    kind: AutomaticKind = "auto_reply"
    if evidence.calendar:
        return Automatic(kind, ("text/calendar with a METHOD",))
    subject, text = evidence.subject, evidence.new_text
    holding, no_reply = looked_through(text).holding, robots.no_reply(evidence)
    because = (
        wording.challenge(subject, text, holding)
        or absence(subject, text, holding, null_sender=evidence.null_sender)
        or wording.help_desk(subject, text, holding, no_reply=no_reply, desk=robots.desk(evidence))
        or wording.calendar_robot(subject, text, no_reply=no_reply)
    )
    if because:
        return Automatic(kind, because)
    if not evidence.answers and not evidence.forwarded:
        because = wording.newsletter(text, holding, bulk=no_reply or robots.bulk_sender(evidence))
        if because:
            return Automatic("list", because)
    return _unattended(evidence, no_reply=no_reply)


def _unattended(evidence: Evidence, *, no_reply: bool) -> Automatic | None:
    """Nobody reads what would be answered: the envelope, the address or the text says so."""
    if (no_reply or evidence.null_sender) and (no_answer := wording.no_answer(evidence.new_text)):
        return Automatic("auto_reply", (no_answer, evidence.local_part))
    if evidence.null_sender:
        # RFC 5321 4.5.5: nothing that a person writes has the null return path.
        return Automatic("auto_reply", ("null return path",))
    if no_reply and evidence.header.first("reply-to") is None:
        return Automatic("auto_reply", (f"sender {evidence.local_part}",))
    return None
