"""Header fields that only robots write: our own loop marks, auto-replies (RFC 3834), lists (RFC 2369, 2919), bulk mail.

The trap: some marks look like a robot's and stand on people's letters too: Precedence (RFC 3834 3.1.8), the marks of
mailboxes that pass mail on by a rule, those of help desks in which a person answered. Such marks need another sign.
"""

import re

from mailtriage.mail.evidence import Evidence
from mailtriage.mail.headers import addresses
from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions

_OWN_LOOP = ("x-mailtriage-loop", "x-mailtriage-reply", "x-mailtriage")
_VACATION = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-autoreply-from",
    "x-autoreply-domain",
    "x-auto-reply",
    "x-auto-reply-from",
    "x-autorespond-from",
    "x-yandex-autoreply",
    "x-mail-autoreply",
    "x-mailru-autoreply",
    "x-mdaemon-autoresponder",
    "x-vacation",
    "x-amazon-auto-reply",
    "x-email-autoreply",
    "x-emailautoreply",
    "x-gm-autoreply",
    "x-novell-autoreply",
    "x-zimbra-autoreply",
    "vacation",
)
_GENERATED = (
    "x-fc-machinegenerated",
    "x-cron-env",
    "x-jira-fingerprint",
    "x-otrs-loop",
    "x-otrs-autoresponse",
    "x-ms-exchange-generated-message-source",
    "x-autosubmitted",
    "x-auto-submitted",
    "x-github-reason",
    "x-pagerduty-info",
    "x-nagios-notification",
    "x-zabbix-event",
)
_PRECEDENCE = re.compile(r"auto[-_ ]?reply|auto$", re.IGNORECASE)
_RESPONDER = re.compile(r"auto-?respond|auto-?reply|vacation", re.IGNORECASE)
_PASSED_ON = re.compile(r"mirror|forward|redirect|group", re.IGNORECASE)
_LIST = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-owner",
    "list-subscribe",
    "list-help",
    "list-archive",
    "x-mailing-list",
    "x-beenthere",
    "x-list-unsubscribe",
    "x-campaign-id",
    "x-campaignid",
    "x-campaign",
    "x-mailer-recptid",
    "x-mc-user",
    "x-unisender-letter-id",
    "x-sendpulse-id",
    "x-mailchimp-campaign-id",
    "x-mailgun-campaign-id",
    "x-google-group-id",
    "mailing-list",
)
_NO_REPLY = re.compile(
    r"(?:.*[-_.+])?(?:no[-_.]?reply|non?[-_.]?answer|do[-_.]?not[-_.]?reply|ne[-_.]?otvech\w*|bez[-_.]?otveta"
    r"|auto[-_.]?(?:reply|responder|answer|mail|mailer|confirm)|notifications?|uvedomleni\w*)(?:$|[-_.+\d])",
    re.IGNORECASE,
)
_MACHINE_NAME = re.compile(r"(?:robot|mailbot|notify|notifier|mailer|alerts?|cron|daemon)(?:$|[-_.+])", re.IGNORECASE)
_FREE_MAIL = re.compile(
    r"(?:mail|bk|inbox|list|internet|yandex|ya|rambler|lenta|ro|autorambler|gmail|outlook|hotmail|live|icloud|yahoo|vk|me"
    r"|proton|protonmail)\.(?:ru|com|by|kz|ua|uz|me|net|рф)",
    re.IGNORECASE,
)
"""Where "robot@" is a nickname."""
_BULK = frozenset({"bulk", "list", "junk"})
_BULK_SENDER = re.compile(
    r"(?:news|newsletters?|digest|promo|sales?|marketing|mailing|subscri\w*|rassylk\w*|akci\w*|offers?|campaign|spam)"
    r"(?:$|[-_.+\d])",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"(?:info|support|help|helpdesk|service|servicedesk|sd|desk|care|hotline|contact|feedback|office|sales|callcenter"
    r"|otdel"
    r"|shop|zakaz|order|client\w*|priem\w*|podderzhka|tickets?|jira|otrs|hello)(?:$|[-_.+\d])",
    re.IGNORECASE,
)
_DMARC = re.compile(r"report[- ]domain:\s*\S+.{0,200}(?:submitter:|report-id:)", re.IGNORECASE | re.DOTALL)


def no_reply(evidence: Evidence) -> bool:
    """Whether the sender's address says that nobody reads it."""
    if _NO_REPLY.match(evidence.local_part):
        return True
    return bool(_MACHINE_NAME.match(evidence.local_part)) and not _FREE_MAIL.fullmatch(evidence.sender.domain)


def loop(evidence: Evidence, options: ReadOptions) -> Automatic | None:
    """Our own mail again: our mark, or from us to us alone."""
    mark = next((name for name in _OWN_LOOP if evidence.header.first(name) is not None), None)
    if mark:
        return Automatic("loop", (f"{mark}: {evidence.header.text(mark)[:80]}",))
    passed = next(
        (one for value in evidence.header.all("x-loop") for one in addresses(value) if options.is_own(one.address)),
        None,
    )
    if passed:
        return Automatic("loop", (f"x-loop: {passed.address}",))
    if (
        options.is_own(evidence.sender.address)
        and evidence.recipients
        and all(options.is_own(one.address) for one in evidence.recipients)
    ):
        return Automatic("loop", (f"from us to us: {evidence.sender.address}",))
    return None


def vacation_mark(evidence: Evidence) -> str | None:
    """The field that only an auto-responder writes, with its value, or None."""
    submitted = evidence.header.text("auto-submitted").lower()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return f"Auto-Submitted: {submitted[:60]}"
    mark = evidence.mark(_VACATION)
    if mark:
        return f"{mark}: {evidence.header.text(mark)[:60]}"
    for name in ("precedence", "x-precedence", "preference"):
        if _PRECEDENCE.match(evidence.header.text(name)):
            return f"{name}: {evidence.header.text(name)[:60]}"
    generated = evidence.header.text("x-autogenerated")
    if generated and not _PASSED_ON.search(generated):
        return f"x-autogenerated: {generated[:60]}"
    for name in ("delivered-to", "x-post-messageclass", "x-mailer", "user-agent"):
        if _RESPONDER.search(evidence.header.text(name)):
            return f"{name}: {evidence.header.text(name)[:60]}"
    return None


def answered(evidence: Evidence) -> Automatic | None:
    """RFC 3834 5 and what came before it."""
    mark = vacation_mark(evidence)
    submitted = evidence.header.text("auto-submitted").lower()
    if not mark and submitted and re.split(r"[\s;(]", submitted)[0] != "no":
        if "auto-generated" in submitted and (of_list := listed(evidence)):
            return of_list
        mark = f"Auto-Submitted: {submitted[:60]}"
    if not mark:
        name = evidence.mark(_GENERATED)
        mark = f"{name}: {evidence.header.text(name)[:60]}" if name else None
    if not mark and evidence.answers and evidence.header.text("precedence").lower() == "junk":
        # RFC 3834 3.1.8 warns of it, but of a mail that answers another only vacation(1) and its kin say that.
        mark = "Precedence: junk"
    return Automatic("auto_reply", (mark,)) if mark else None


def listed(evidence: Evidence) -> Automatic | None:
    """Mailing lists and newsletters by their fields; Precedence only with a sender that is no person."""
    header = evidence.header
    marks = [name for name in _LIST if name in header.values]
    if marks:
        return Automatic("list", tuple(f"{name}: {header.text(name)[:80]}" for name in marks[:3]))
    if header.text("precedence").lower() in _BULK and (
        header.first("feedback-id") is not None or no_reply(evidence) or bulk_sender(evidence)
    ):
        return Automatic("list", (f"Precedence: {header.text('precedence')[:40]}", evidence.sender.address))
    return None


def bulk_sender(evidence: Evidence) -> bool:
    """Whether the sender's address is one of those that newsletters come from."""
    return bool(_BULK_SENDER.match(evidence.local_part))


def desk(evidence: Evidence) -> bool:
    """Whether the sender's address is a department's and no person's."""
    return bool(_DESK.match(evidence.local_part))


def aggregate_report(evidence: Evidence) -> Automatic | None:
    """DMARC and TLS reports about whole days of mail (RFC 7489 7.2.1.1, RFC 8460 5.3)."""
    if evidence.header.first("tls-report-domain") is not None:
        return Automatic("report", ("TLS-Report-Domain",))
    if (match := _DMARC.match(evidence.subject.strip())) and not evidence.answers:
        return Automatic("report", (match[0][:80],))
    return None
