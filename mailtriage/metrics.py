"""Counters and gauges for Prometheus; labels are verdicts and states, never anything of a customer."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, start_http_server

MESSAGES = Counter("mailtriage_messages", "Messages recorded", ["verdict", "reason"])
DUPLICATES = Counter("mailtriage_duplicates", "Second deliveries of the same octets")
READ_FAILURES = Counter("mailtriage_read_failures", "Messages that broke or outlasted a reader process")
DELIVERIES = Counter("mailtriage_deliveries", "Outbox rows carried out", ["kind", "result"])
OUTBOX = Gauge("mailtriage_outbox_rows", "Outbox rows that are not done, by kind and status", ["kind", "status"])
REPLIES_STOPPED = Gauge("mailtriage_replies_stopped", "1 while replies stand still because too many left in an hour")
OVERDUE = Gauge("mailtriage_conversations_overdue", "Open conversations whose promised day has passed")
EXTENSIONS = Counter("mailtriage_extensions", "Notices of extension written, or why none could be", ["result"])
POLL_FAILURES = Counter("mailtriage_poll_failures", "Passes that a server or the store broke off", ["mailbox"])
LAST_POLL = Gauge("mailtriage_last_poll_timestamp_seconds", "When a mailbox was read to its end", ["mailbox"])
GAPS = Gauge("mailtriage_ledger_gaps", "Gaps between server, ledger, octets and outbox, by the latest reconciliation")
OLDEST_WITHOUT_OUTCOME = Gauge(
    "mailtriage_oldest_without_outcome_seconds", "Age of the oldest message without an outcome, by the latest one"
)
RECONCILED = Gauge("mailtriage_last_reconciled_timestamp_seconds", "When everything was last compared to its end")
RULES_VALID = Gauge("mailtriage_rules_valid", "1 while the rule files are in use, 0 when they are wrong")


def owed(counts: Iterable[tuple[tuple[str, str], int]]) -> None:
    """Show how many rows of the outbox of each kind and status are not done."""
    for (kind, status), count in counts:
        OUTBOX.labels(kind, status).set(count)


def serve(host: str, port: int) -> None:
    """Answer scrapes; the library's own default would listen on every interface."""
    start_http_server(port, addr=host)
