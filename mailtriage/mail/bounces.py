"""Tells bounces without fields from people: by sender, envelope, subject, wording and shape together.

The trap: half the bounces of small servers have no RFC 3464 fields at all, and a customer who complains that "письмо не
доставлено" writes the same words; so every sign has a weight, what only people write weighs against, and no single
sentence decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailtriage.language.text import looked_through
from mailtriage.mail.bounce_words import DELAY, FINAL, FORMULA, SUBJECT, TRANSCRIPT, WORDING, is_daemon, is_robot
from mailtriage.mail.evidence import Evidence
from mailtriage.mail.failed_recipients import failed_recipients, lines_name_one, notice
from mailtriage.mail.headers import addresses, message_ids
from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.person_words import CUSTOMER
from mailtriage.mail.reports import embedded_status, report_type, returned_message_id
from mailtriage.mail.robots import no_reply

_ENOUGH = 4.0
_ENOUGH_ALONE = 5.0
_CERTAIN = 4.0
_SURE_ALONE = 3.0
_MACHINE_HEADERS = ("x-dsncontext", "x-ms-embedded-report", "x-ms-exchange-message-is-ndr", "x-failed-recipient")
_ENVELOPE = ("sender", "errors-to", "delivered-to", "resent-from")
_ENHANCED = re.compile(
    r"(?<![\d.])[45]\d\d[ -]#?\(?([45])\.\d{1,3}\.\d{1,3}|(?<![\w.])#?([45])\.\d{1,3}\.\d{1,3}(?![.\w])"
)
_CODE = re.compile(r"(?<![\d.,:-])([45])\d\d[ -](?=[^\d\s])")
_RETURNED_HEADER = re.compile(r"(?:^|\n)>?[ \t]?(?:received|message-id|return-path): ", re.IGNORECASE)
_RETURNED_PART = re.compile(rb"^content-type[ \t]*:[ \t]*message/(?:rfc822|global)", re.IGNORECASE | re.MULTILINE)
_PASSED_ON = re.compile(r"\s*-{2,} ?(?:пересыл|forwarded)", re.IGNORECASE)
_GREETING = re.compile(
    r"^\W*(?:здравствуй|добр(?:ый|ое|ого|ая) (?:день|вечер|утро|дня|времени|ночи)|доброе|приветствую|привет\b|уважаем"
    r"|hello\b|hi\b(?!\. this)|dear\b|good (?:morning|day|afternoon|evening))",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:я|мне|меня|мной|мо[йяёею]|моего|моему|моих|нам|у нас|пишу|жду|прошу|спасибо|помогите|подскажите|пришлите"
    r"|вышлите|перешлите|скажите|my (?!local|queue|server)|me\b|please (?:help|advise|reply|tell)|thanks|thank you"
    r"|i (?:sent|wrote|need|want|got|received|keep|have (?:sent|written)|did))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?(?:\s|$)")
_NOTICE = 6_000


@dataclass(frozen=True, slots=True)
class _Sign:
    name: str
    weight: float


def bounce(evidence: Evidence, options: ReadOptions) -> Automatic | None:
    """A bounce with its failed addresses, as far as words and header tell; None where the signs do not suffice."""
    machine = tuple(_machine_signs(evidence))
    if not machine and not SUBJECT.search(evidence.subject, looked_through(evidence.subject).holding):
        return None
    ignore = ignored(evidence, options)
    said = notice(evidence.text, ignore)
    signs = _signs(evidence, said, ignore, machine)
    if not signs:
        return None
    status = embedded_status(evidence.after_header)
    if status.delivered:
        return None
    return Automatic(
        "bounce",
        tuple(sign.name for sign in signs),
        _failed(evidence, said, ignore, status.recipients),
        permanence(evidence.subject, said) if status.permanent is None else status.permanent,
        original_message_id(evidence),
    )


def worded_recipients(evidence: Evidence, options: ReadOptions) -> tuple[str, ...]:
    """The failed addresses of a report whose fields name none."""
    ignore = ignored(evidence, options)
    return _failed(evidence, notice(evidence.text, ignore), ignore, ())


def _failed(evidence: Evidence, said: str, ignore: frozenset[str], reported: tuple[str, ...]) -> tuple[str, ...]:
    header = addresses(evidence.header.first("x-failed-recipients")) + addresses(
        evidence.header.first("x-failed-recipient")
    )
    returned = evidence.returned or evidence.after_header
    return (
        tuple(dict.fromkeys(one.address.lower() for one in header if one.address))
        or reported
        or failed_recipients(said, returned, ignore, evidence.sender.domain)
    )


def ignored(evidence: Evidence, options: ReadOptions) -> frozenset[str]:
    """Addresses that cannot have failed: ours, and those that the bounce itself came from and went to."""
    envelope = (one for name in _ENVELOPE for value in evidence.header.all(name) for one in addresses(value))
    named = (one.address for one in (evidence.sender, *evidence.recipients, *envelope))
    return frozenset(one.casefold() for one in (*options.own_addresses, *named, evidence.return_path or ""))


def original_message_id(evidence: Evidence) -> str | None:
    """The Message-ID of the mail that came back: out of its header, else what the bounce says that it answers."""
    return (
        returned_message_id(evidence.returned)
        or returned_message_id(evidence.after_header)
        or returned_message_id(evidence.text.encode("utf-8", "replace"))
        or next(iter(message_ids(evidence.header.first("in-reply-to"))), None)
    )


def permanence(subject: str, said: str) -> bool | None:
    """Whether another try is in vain, as worded: the status class (RFC 3463 2), else whether the server gave up."""
    text = f"{subject}\n{said[:_NOTICE]}"
    if DELAY.search(text) and not FINAL.search(text):
        return False
    match = _ENHANCED.search(text) or _CODE.search(text)
    if match:
        return "5" in match.groups()
    return True


def _signs(evidence: Evidence, said: str, ignore: frozenset[str], machine: tuple[_Sign, ...]) -> tuple[_Sign, ...]:
    """The signs that together make a bounce, or none."""
    worded = tuple(_worded_signs(evidence, said, ignore))
    if not worded and not any(sign.weight >= _SURE_ALONE for sign in machine):
        return ()
    strength = sum(sign.weight for sign in machine)
    human = tuple(_human_signs(evidence, said)) if strength < _CERTAIN else ()
    total = sum(sign.weight for sign in (*machine, *worded, *human))
    # From an ordinary address the words must stand in the shape of a notice too.
    return (*machine, *worded) if total >= (_ENOUGH if machine else _ENOUGH_ALONE) else ()


def _machine_signs(evidence: Evidence) -> Iterator[_Sign]:
    """What no person's client writes."""
    header = evidence.header
    if header.first("x-failed-recipients") is not None:
        yield _Sign("X-Failed-Recipients", _CERTAIN)
    if report_type(header) == "delivery-status":
        yield _Sign("report-type=delivery-status", _CERTAIN)
    elif evidence.media_type == "multipart/report":
        yield _Sign("multipart/report", 2)
    submitted = header.text("auto-submitted").lower()
    if "failure" in submitted or "warning" in submitted:
        yield _Sign(f"Auto-Submitted: {submitted[:60]}", 2)
    mark = next((name for name in _MACHINE_HEADERS if name in header.values), None)
    if mark or "content-classes:dsn" in header.text("content-class").lower():
        yield _Sign(mark or "content-class", 2)
    if is_daemon(evidence.local_part):
        # A mail system's daemon writes nothing but bounces; "postmaster" or "mailer" may also be a person or a shop.
        yield _Sign(f"sender {evidence.local_part}", 3 if evidence.answers else _CERTAIN)
    elif is_robot(evidence.sender.address, evidence.sender.name):
        yield _Sign(f"sender {evidence.sender.name or evidence.local_part}", 2)
    elif no_reply(evidence):
        yield _Sign(f"sender {evidence.local_part}", 1)
    if evidence.null_sender:
        yield _Sign("null return path", 2)


def _worded_signs(evidence: Evidence, said: str, ignore: frozenset[str]) -> Iterator[_Sign]:
    """Subject, sentences and shape of a notice."""
    subject = SUBJECT.search(evidence.subject)
    if subject:
        before, after = subject.start(), len(evidence.subject) - subject.end()
        whole = min(before, after) <= len("[Postmaster] Email ") and not evidence.forwarded
        yield _Sign(f"subject: {subject[0]}", 2 if whole else 1)
    opening = (evidence.new_text if evidence.answers else said)[:600]
    if match := FORMULA.search(opening):
        yield _Sign(match[0][:100], 2)
    elif match := WORDING.search(said[:_NOTICE]):
        yield _Sign(match[0][:100], 1)
    if not (subject or match):
        return
    if (
        evidence.returned
        or _RETURNED_HEADER.search(evidence.text[:20_000])
        or _RETURNED_PART.search(evidence.after_header)
    ):
        yield _Sign("a returned mail", 1)
    if lines_name_one(said, ignore):
        yield _Sign("an address on its own line", 1)
    if match := TRANSCRIPT.search(said[:_NOTICE]):
        yield _Sign(match[0], 1)


def _human_signs(evidence: Evidence, said: str) -> Iterator[_Sign]:
    """What no mail system writes; it weighs against."""
    own = said[:_NOTICE]
    if evidence.forwarded or _PASSED_ON.match(evidence.text):
        yield _Sign("forwarded", -3)
    if evidence.answers and not evidence.null_sender:
        yield _Sign("an answer", -1.5)
    if _GREETING.search(evidence.new_text):
        yield _Sign("a greeting", -1.5)
    if _PERSONAL.search(own):
        yield _Sign("first person", -1.5)
    if _ASKS.search(own):
        yield _Sign("a question", -1)
    customer = min(2, CUSTOMER.count(own))
    if customer:
        yield _Sign("a customer's words", -customer)
