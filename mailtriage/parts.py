"""The parts that every command is built of, made from the settings in one place.

The trap is a command that pays for what it does not need, or leaves it behind: each part is made when it is asked for,
and closed when the command ends. Where a part stands already (`parts.readers = pool`), none is made and none closed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property, partial
from types import TracebackType
from typing import Self

from mailtriage.configuration import Configuration
from mailtriage.deliver.deliverer import Deliverer
from mailtriage.edited import known_names, read_calendar, read_templates
from mailtriage.errors import StoreError
from mailtriage.mail.options import ReadOptions
from mailtriage.pictures import READER_VERSION, Pictures
from mailtriage.receive import Clock, Receiver, wall_clock
from mailtriage.reply.compose import compose
from mailtriage.reply.deadline import Norms, WorkCalendar
from mailtriage.reply.templates import Templates
from mailtriage.rulebook import Rulebook
from mailtriage.settings import MailboxSettings, secret
from mailtriage.store.conversations import Conversations
from mailtriage.store.database import SCHEMA, Database
from mailtriage.store.file_texts import FileTexts
from mailtriage.store.ledger import Ledger
from mailtriage.store.octets import LocalOctets, open_octets
from mailtriage.store.outbox import Outbox
from mailtriage.store.views import Views
from mailtriage.transport.imap import ImapAccount, Mailbox
from mailtriage.transport.readers import Limits, Readers
from mailtriage.transport.smtp import Sender, SmtpAccount
from mailtriage.triage.policy import Policy


def build_policy(configuration: Configuration, calendar: WorkCalendar) -> Policy:
    """What decisions depend on, out of the settings."""
    settings = configuration.settings
    days = {("" if name == "other" else str(name)): value for name, value in settings.deadlines.days.items()}
    return Policy(
        own_addresses=frozenset(address.casefold() for address in settings.own_addresses),
        norms=Norms(
            days=days,
            counterparty=settings.deadlines.counterparty,
            per_further_request=settings.deadlines.per_further_request,
            limit=settings.deadlines.limit,
            daily_capacity=settings.deadlines.daily_capacity,
        ),
        calendar=calendar,
        authserv_id=settings.authserv_id,
        folders=settings.folders.model_dump(),
        replies_per_day=settings.limits.replies_per_day,
        notice_period=timedelta(hours=settings.limits.notice_hours),
        same_matter_within=timedelta(days=settings.limits.same_matter_days),
        time_zone=settings.time_zone,
    )


class Parts:
    """A context: what was made in it is closed at its end, in reverse order."""

    def __init__(self, configuration: Configuration, clock: Clock = wall_clock) -> None:
        self.configuration = configuration
        self.settings = configuration.settings
        self.clock = clock
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def take_store(self) -> None:
        """Hold the store alone until the end, and bring its schema up to date.

        Raises:
            AlreadyRunning: another process holds it.
        """
        self._open.enter_context(self.database.lock())
        self.database.upgrade()

    def require_store(self) -> None:
        """Say in plain words that there is nothing to look at yet.

        Raises:
            StoreError: nothing was ever recorded there, or by another release.
        """
        version = self.database.schema_version()
        if version is None:
            raise StoreError(f"{self.database.name}: nothing was recorded there yet")
        if version != SCHEMA:
            raise StoreError(f"{self.database.name}: written by another release; run mailtriage db upgrade")

    @cached_property
    def options(self) -> ReadOptions:
        """What readers are told."""
        return ReadOptions(
            own_addresses=self.settings.own_addresses,
            authserv_id=self.settings.authserv_id,
            relay_senders=self.settings.relay_senders,
        )

    @cached_property
    def database(self) -> Database:
        """The store's database."""
        database = Database(self.settings.database)
        self._open.callback(database.close)
        return database

    @cached_property
    def ledger(self) -> Ledger:
        """Each message once."""
        return Ledger(self.database, self.policy)

    @cached_property
    def outbox(self) -> Outbox:
        """What is still to be done."""
        return Outbox(self.database)

    @cached_property
    def views(self) -> Views:
        """Questions to the store."""
        return Views(self.database)

    @cached_property
    def conversations(self) -> Conversations:
        """What a person decides about a conversation."""
        return Conversations(self.database)

    @cached_property
    def octets(self) -> LocalOctets:
        """Raw messages."""
        return open_octets(self.settings.octets)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in use."""
        return Rulebook(self.settings.rules, known_names(frozenset(self.templates.names)))

    @cached_property
    def templates(self) -> Templates:
        """The words of our replies."""
        return read_templates(self.settings.replies)

    @cached_property
    def policy(self) -> Policy:
        """What decisions depend on."""
        return build_policy(self.configuration, read_calendar(self.settings.calendar))

    @cached_property
    def readers(self) -> Readers:
        """The pool of reader processes, started."""
        wanted = self.settings.readers
        readers = Readers(
            wanted.processes,
            self.options,
            Limits(data=wanted.memory_mb << 20, cpu_seconds=wanted.cpu_seconds, wall_seconds=wanted.wall_seconds),
        )
        readers.start()
        self._open.callback(readers.close)
        return readers

    @cached_property
    def receiver(self) -> Receiver:
        """LOOP 1."""
        with ThreadPoolExecutor(1) as beside:
            # The reader processes load their dictionaries while this one compiles the rules: a third of the start.
            readers = beside.submit(lambda: self.readers)
            rulebook = self.rulebook
        return Receiver(
            readers=readers.result(),
            ledger=self.ledger,
            octets=self.octets,
            rulebook=rulebook,
            policy=self.policy,
            compose=partial(
                compose,
                templates=self.templates,
                sender=self.settings.smtp.sender,
                reply_address=self.settings.reply_address,
                time_zone=self.settings.time_zone,
            ),
            pictures=Pictures(readers.result(), FileTexts(self.database, READER_VERSION)),
            clock=self.clock,
        )

    def deliverer(self, *, tries: int | None = None) -> Deliverer:
        """LOOP 2, with its own connections; `tries` as for `Deliverer`."""
        return Deliverer(
            self.outbox,
            mailboxes=self.mailboxes(),
            senders=tuple(Sender(self.smtp_account()) for _ in range(self.settings.smtp.connections)),
            envelope_from=self.settings.smtp.envelope_from,
            tries=tries,
        )

    def mailboxes(self) -> dict[str, Callable[[], Mailbox]]:
        """How to open a connection to each mailbox; each call reads the password anew, for it may have changed.

        Raises:
            MailtriageError: a password is not there now, which is better said before the work than after.
        """
        for mailbox in self.settings.mailboxes:
            secret(mailbox.password)
        return {mailbox.name: partial(open_mailbox, mailbox) for mailbox in self.settings.mailboxes}

    def smtp_account(self) -> SmtpAccount:
        """Where replies are handed in; the password is read here and only here."""
        smtp = self.settings.smtp
        return SmtpAccount(
            host=smtp.host,
            port=smtp.port,
            tls=smtp.tls,
            user=smtp.user,
            password=secret(smtp.password) if smtp.password else None,
            timeout=smtp.timeout_seconds,
            ca_file=smtp.ca_file,
        )


def open_mailbox(mailbox: MailboxSettings) -> Mailbox:
    """A connection to one account, not connected yet; the password is read here and only here."""
    return Mailbox(
        ImapAccount(
            name=mailbox.name,
            host=mailbox.host,
            port=mailbox.port,
            tls=mailbox.tls,
            user=mailbox.user,
            password=secret(mailbox.password),
            timeout=mailbox.timeout_seconds,
            ca_file=mailbox.ca_file,
        )
    )
