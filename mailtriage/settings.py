"""What can be configured, with its defaults and bounds, and where secrets come from.

The trap is the secret that somebody pastes into the file: a password here is always a reference (`credential:NAME`,
`env:NAME`, `file:PATH`), and what was written instead of one is never repeated in the error.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import date, time
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mailtriage.errors import MailtriageError
from mailtriage.located import nearest
from mailtriage.reply.documents import TOPICS

_REFERENCE = re.compile(r"(credential|env|file):(.+)", re.DOTALL)


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValueError("the secret itself does not belong here: expected credential:NAME, env:NAME or file:PATH")
    return text


def _mail_address(text: str) -> str:
    if "@" not in parseaddr(text)[1]:
        raise ValueError("expected an e-mail address")
    return text


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(f"no such time zone{nearest(text, available_timezones())}")
    return text


def _topic(text: str) -> str:
    if text not in TOPICS:
        raise ValueError(f"no such topic{nearest(text, TOPICS)}")
    return text


Reference = Annotated[str, AfterValidator(_reference)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Tls = Literal["implicit", "starttls", "none"]
MOST_DAYS = 60
"""Of terms that a law other than 442-FZ gives: disputes about money have their own."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Server(_Section):
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: Tls
    ca_file: Path | None = None
    timeout_seconds: float = Field(30, gt=0)

    @model_validator(mode="after")
    def _plain_text_stays_at_home(self) -> "_Server":
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError(
                "tls: none is for loopback alone, all would travel readable: expected implicit or starttls"
            )
        return self


class MailboxSettings(_Server):
    """One IMAP account that is read."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    port: int = Field(993, ge=1, le=65535)
    tls: Tls = "implicit"
    user: str
    password: Reference
    folder: str = "INBOX"
    sent: str = "Sent"
    sent_since: date | None = None
    copy_to_sent: bool = False
    final_keyword: str = Field("Final", pattern=r"^[A-Za-z0-9_$.-]{0,64}$")


class DkimSettings(_Section):
    """The key that signs what leaves (RFC 6376): a PEM of RSA or Ed25519, whose public half stands in the DNS."""

    domain: str = Field(pattern=r"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$")
    selector: str = Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$")
    key: Reference


class SmtpSettings(_Server):
    """The server that takes our replies."""

    port: int = Field(465, ge=1, le=65535)
    tls: Tls = "implicit"
    user: str | None = None
    password: Reference | None = None
    sender: MailAddress = Field(alias="from")
    envelope_from: str = ""
    dkim: DkimSettings | None = None
    connections: int = Field(2, ge=1, le=20)


class OctetsSettings(_Section):
    """How an S3 bucket is reached; what is left out is taken from the usual AWS variables and roles."""

    endpoint: str | None = None
    region: str | None = None
    virtual_hosted: bool = False
    access_key: Reference | None = None
    secret_key: Reference | None = None

    @model_validator(mode="after")
    def _mail_travels_encrypted(self) -> "OctetsSettings":
        endpoint = urlsplit(self.endpoint or "https://")
        if endpoint.scheme != "https" and not (endpoint.scheme == "http" and _is_loopback(endpoint.hostname or "")):
            raise ValueError("expected endpoint: https://host; http:// is for loopback alone")
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("access_key and secret_key belong together: expected both or neither")
        return self


class FolderSettings(_Section):
    """Where a decided message goes; {category}, {reason} and {queue} are filled in."""

    accept: str = "Triage/{category}"
    reject: str = "Triage/Rejected/{reason}"
    skip: str = "Triage/Automatic"
    hold: str = "Triage/Hold"
    outgoing: str = "Triage/Outgoing"


class ReaderSettings(_Section):
    """The processes that open hostile files, and what each may use for one message; here, or those of workers."""

    where: Literal["here", "workers"] = "here"
    patience_seconds: float = Field(15, ge=1, le=600)
    processes: int = Field(2, ge=1, le=64)
    cpu_seconds: int = Field(20, ge=1)
    wall_seconds: int = Field(60, ge=1)
    memory_mb: int = Field(512, ge=128)


Kind = Literal["consultation", "account_status", "claim", "proposal", "other"]


class TermSettings(_Section):
    """The own terms of a topic, queue or category, in working days; what is left out holds as for all."""

    days: int | None = Field(None, ge=0, le=MOST_DAYS)
    limit: int | None = Field(None, ge=1, le=MOST_DAYS)
    extended_limit: int | None = Field(None, ge=1, le=MOST_DAYS)


class DeadlineSettings(_Section):
    """Working days to an answer, what is added, and what the law allows (442-FZ: 15, and 25 after an extension)."""

    days: dict[Kind, int] = {"consultation": 3, "account_status": 5, "claim": 7, "proposal": 10, "other": 5}
    counterparty: int = Field(5, ge=0)
    per_further_request: int = Field(1, ge=0)
    missing_documents: int = Field(2, ge=0)
    limit: int = Field(15, ge=1, le=15)
    extended_limit: int = Field(25, ge=1, le=25)
    topics: dict[Annotated[str, AfterValidator(_topic)], TermSettings] = Field(default_factory=dict)
    queues: dict[str, TermSettings] = Field(default_factory=dict)
    categories: dict[Kind, TermSettings] = Field(default_factory=dict)
    daily_capacity: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    kept: float = Field(0.9, ge=0.5, le=0.99)
    weeks: int = Field(4, ge=1, le=26)

    @model_validator(mode="after")
    def _an_extension_is_longer(self) -> "DeadlineSettings":
        if self.extended_limit < self.limit:
            raise ValueError("extended_limit is below limit: an extension gives more time, not less")
        return self


class LimitSettings(_Section):
    """How much automatic mail one address gets, and all together, and how large a message is downloaded."""

    replies_per_day: int = Field(5, ge=1)
    replies_per_hour: int = Field(20_000, ge=1)
    notice_hours: int = Field(24, ge=1)
    same_matter_days: int = Field(60, ge=1)
    message_mb: float = Field(50, gt=0)


class ScheduleSettings(_Section):
    """When, by the desk's clock, notices of extension are written and the leads are told how things stand."""

    morning: time = time(9)


class LogSettings(_Section):
    """How events are written; auto is readable on a terminal and JSON elsewhere."""

    format: Literal["auto", "json", "console"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class MetricsSettings(_Section):
    """Prometheus, on loopback unless told otherwise; no port, no metrics server."""

    host: str = "127.0.0.1"
    port: int | None = None


class Settings(_Section):
    """Everything that is configured; paths are absolute once loaded."""

    mailboxes: tuple[MailboxSettings, ...] = Field(min_length=1)
    smtp: SmtpSettings
    database: str
    octets: str
    octets_options: OctetsSettings = OctetsSettings()
    rules: Path
    replies: Path = Path("config/replies")
    replies_html: bool = True
    calendar: Path = Path("config/calendar.yaml")
    own_addresses: tuple[MailAddress, ...] = Field(min_length=1)
    authserv_id: str | None = None
    relay_senders: tuple[MailAddress, ...] = ()
    reply_address: str | None = None
    folders: FolderSettings = FolderSettings()
    forwards: dict[str, MailAddress] = Field(default_factory=dict)
    leads: tuple[MailAddress, ...] = ()
    poll_seconds: float = Field(60, ge=1)
    batch: int = Field(50, ge=1, le=500)
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Europe/Moscow"
    readers: ReaderSettings = ReaderSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    limits: LimitSettings = LimitSettings()
    schedules: ScheduleSettings = ScheduleSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()

    @model_validator(mode="after")
    def _workers_reach_the_database(self) -> "Settings":
        if self.readers.where == "workers" and not self.database.startswith("postgresql"):
            raise ValueError("readers.where: workers needs a database that they reach: postgresql+psycopg://...")
        return self

    @model_validator(mode="after")
    def _names_differ(self) -> "Settings":
        names = [mailbox.name for mailbox in self.mailboxes]
        if len(set(names)) < len(names):
            raise ValueError("two mailboxes have one name; the ledger tells them apart by it")
        return self


def secret(reference: str, environment: Mapping[str, str] = os.environ) -> str:
    """What a reference stands for; read when it is needed and kept nowhere.

    Raises:
        MailtriageError: it is not there; the text names the reference, never the secret.
    """
    match = _REFERENCE.fullmatch(reference)
    kind, name = (match[1], match[2]) if match else ("", "")
    if kind == "env":
        if name in environment:
            return environment[name]
        raise MailtriageError(f"{reference}: the environment has no variable {name}")
    if kind == "credential" and "CREDENTIALS_DIRECTORY" not in environment:
        raise MailtriageError(f"{reference}: no systemd credentials here (LoadCredential={name}:PATH in the unit)")
    path = Path(environment["CREDENTIALS_DIRECTORY"], name) if kind == "credential" else Path(name)
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise MailtriageError(f"{reference}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MailtriageError(f"{reference}: expected one line of UTF-8 text") from None


def _is_loopback(host: str) -> bool:
    if host in {"localhost", "localhost.localdomain"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
