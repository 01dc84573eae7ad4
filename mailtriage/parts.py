"""The parts that every command is built of, made from the settings in one place.

The trap is a command that pays for what it does not need, or leaves it behind: each part is made when it is asked for,
and closed when the command ends. Where a part stands already (`parts.readers = pool`), none is made and none closed.
"""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from types import TracebackType
from typing import Self

from mailtriage.accounts import bucket_options, open_mailbox, openers, senders
from mailtriage.clocks import Clock, wall_clock
from mailtriage.configuration import Configuration
from mailtriage.deliver.copies import Copies, Shelf
from mailtriage.deliver.deliverer import Deliverer
from mailtriage.edited import known_names, read_calendar, read_templates
from mailtriage.errors import StoreError
from mailtriage.following.rounds import Rounds
from mailtriage.mail.options import ReadOptions
from mailtriage.pictures import READER_VERSION, Pictures
from mailtriage.policies import build_policy
from mailtriage.receive import Receiver
from mailtriage.reconcile.reconciler import Reconciler
from mailtriage.reply.compose import compose
from mailtriage.reply.draft import Letter
from mailtriage.reply.forward import compose_forward
from mailtriage.reply.templates import Templates
from mailtriage.resent import Resent
from mailtriage.rulebook import Rulebook
from mailtriage.schedules.mornings import Desk, Mornings
from mailtriage.settings import MailboxSettings
from mailtriage.store.conversations import Conversations
from mailtriage.store.database import Database, missing_store
from mailtriage.store.duty import Duty
from mailtriage.store.file_texts import FileTexts
from mailtriage.store.leases import Alone, Leases
from mailtriage.store.ledger import Ledger
from mailtriage.store.octets import Octets, open_octets
from mailtriage.store.outbox import Outbox
from mailtriage.store.proofs import is_proven, keep_proof
from mailtriage.store.restraint import Bounds, Restraint
from mailtriage.store.schema import SCHEMA
from mailtriage.store.sent_files import FilesSentBefore
from mailtriage.store.signing import made_keys, signing_keys
from mailtriage.store.views import Views
from mailtriage.transport.forked import ForkServer
from mailtriage.transport.imap import Mailbox
from mailtriage.transport.readers import Limits, Pool, Readers
from mailtriage.triage.policy import Policy

_YOUNG = 20_000
"""New objects after which the collector looks for rings among them; a message makes some thousands."""


class Parts:
    """A context: what was made in it is closed at its end, in reverse order."""

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock = wall_clock,
        *,
        thorough: bool = False,
        forks: ForkServer | None = None,
    ) -> None:
        self.configuration = configuration
        self.settings = configuration.settings
        self.clock = clock
        self.thorough = thorough
        """Whether pictures are looked at on which no decision depends."""
        self.signing_keys: tuple[bytes, ...] = ()
        """What signs our numbers, the newest first; known once the store was asked for."""
        self.leases: Leases = Alone()
        """What only one process may do, once the store was taken."""
        self._open = ExitStack()
        self._forks = forks

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def take_store(self) -> None:
        """Work on the store until the end, alone where it is on SQLite, and bring its schema up to date.

        Raises:
            AlreadyRunning: another process holds it.
        """
        self.leases = self._open.enter_context(self.database.lock())
        self.database.upgrade()
        self.signing_keys = made_keys(self.database, datetime.now(UTC))

    def require_store(self) -> None:
        """Say in plain words that there is nothing to look at yet.

        Raises:
            StoreError: nothing was ever recorded there, or by another release.
        """
        self.require_schema()
        self.signing_keys = signing_keys(self.database)

    def require_schema(self) -> None:
        """The same, for whoever has no use for the keys.

        Raises:
            StoreError: as above.
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
        return Outbox(self.database, self.leases)

    @cached_property
    def duty(self) -> Duty:
        """What runs by the calendar, as the store knows it."""
        return Duty(self.database)

    @cached_property
    def mornings(self) -> Mornings:
        """What is done by the calendar, with the words and the calendar that the receiver uses."""
        return Mornings(self.duty, self._desk)

    @cached_property
    def mornings_of_the_daemon(self) -> Mornings:
        """The same, and everything compared with everything, by that of several nodes which holds the calendar."""
        return Mornings(self.duty, self._desk, reconcile=self.reconciler.daily, may=self._may_look)

    def _may_look(self) -> bool:
        return self.leases.take("calendar") is None

    @property
    def _desk(self) -> Desk:
        return Desk(
            policy=lambda: self.receiver.policy,
            compose=lambda: self.receiver.compose,
            rules=lambda: self.rulebook.current.version,
            leads=self.settings.leads,
            sender=self.settings.smtp.sender,
            morning=self.settings.schedules.morning,
        )

    @cached_property
    def reconciler(self) -> Reconciler:
        """Servers, books, octets and outbox, compared."""
        by_name = {mailbox.name: mailbox for mailbox in self.settings.mailboxes}
        return Reconciler(
            self.settings,
            self.database,
            self.octets,
            self.policy,
            connect=lambda name: open_mailbox(by_name[name]),
            receiver=lambda: self.receiver,
        )

    @cached_property
    def restraint(self) -> Restraint:
        """What speaks against a reply when it is about to leave."""
        limits = self.settings.limits
        return Restraint(
            self.database, Bounds(limits.replies_per_day, limits.replies_per_hour, self.settings.time_zone)
        )

    @cached_property
    def views(self) -> Views:
        """Questions to the store."""
        return Views(self.database)

    @cached_property
    def conversations(self) -> Conversations:
        """What a person decides about a conversation."""
        return Conversations(self.database)

    @cached_property
    def octets(self) -> Octets:
        """Raw messages."""
        return open_octets(self.settings.octets, bucket_options(self.settings.octets_options))

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in use."""
        known = known_names(frozenset(self.templates.names), self.settings.forwards)
        return Rulebook(self.settings.rules, known, self._is_proven)

    def _is_proven(self, proof: str) -> bool:
        """Ask a store that is there: none is made before the rules are right, and one that fails tells it later."""
        try:
            return not missing_store(self.settings.database) and is_proven(self.database, proof)
        except StoreError:
            return False

    @cached_property
    def templates(self) -> Templates:
        """The words of our replies."""
        return read_templates(self.settings.replies)

    @property
    def compose(self) -> Callable[..., Letter]:
        """`reply.compose.compose` with our words, address, zone and key already given."""
        return partial(
            compose,
            templates=self.templates,
            sender=self.settings.smtp.sender,
            reply_address=self.settings.reply_address,
            key=next(iter(self.signing_keys), None),
            time_zone=self.settings.time_zone,
            with_html=self.settings.replies_html,
        )

    @property
    def policy(self) -> Policy:
        """What decisions depend on; the keys that verify numbers come with the store."""
        return replace(self._policy, keys=self.signing_keys)

    @cached_property
    def _policy(self) -> Policy:
        return build_policy(self.configuration, read_calendar(self.settings.calendar))

    @cached_property
    def readers(self) -> Readers:
        """The pool of reader processes, which may still be starting."""
        wanted = self.settings.readers
        limits = Limits(data=wanted.memory_mb << 20, cpu_seconds=wanted.cpu_seconds, wall_seconds=wanted.wall_seconds)
        readers = Readers(wanted.processes, self.options, limits, forks=self._forks)
        self._open.callback(readers.close)
        readers.start()
        return readers

    def start_readers(self) -> None:
        """Let the reader processes load what they need while this one loads the rules: a third of the start."""
        if self._reads_here:
            _ = self.readers

    def await_readers(self) -> None:
        """Wait until messages can be read here, where they are.

        Raises:
            ReadersUnavailable: they cannot.
        """
        if self._reads_here:
            self.readers.ready()

    @property
    def _reads_here(self) -> bool:
        """The address tells, for a database that is opened is made: that must wait for the rules."""
        return self.settings.readers.where == "here" or self.settings.database.startswith("sqlite")

    @cached_property
    def pool(self) -> Pool:
        """Who reads what is received: our own readers, or workers, which need a database that they can reach."""
        wanted = self.settings.readers
        if self._reads_here:
            return self.readers
        # One machine has no need of it, nor of the libraries behind it.
        from mailtriage.spread.workers import Workers  # noqa: PLC0415

        patience = wanted.patience_seconds
        workers = Workers(self.database, self.octets, self.options, here=lambda: self.readers, patience=patience)
        workers.start()
        self._open.callback(workers.close)
        return workers

    @cached_property
    def receiver(self) -> Receiver:
        """LOOP 1, on a store that was taken."""
        self.start_readers()
        rulebook = self.rulebook
        if not self._is_proven(rulebook.proof):
            keep_proof(self.database, rulebook.proof, datetime.now(UTC))
        resent = Resent(self.pool, FilesSentBefore(self.database, self.policy), self.octets)
        receiver = Receiver(
            readers=self.pool,
            ledger=self.ledger,
            octets=self.octets,
            rulebook=rulebook,
            policy=self.policy,
            compose=self.compose,
            forward=partial(compose_forward, sender=self.settings.smtp.sender, time_zone=self.settings.time_zone),
            pictures=Pictures(self.pool, FileTexts(self.database, READER_VERSION), None if self.thorough else resent),
            resent=resent,
            clock=self.clock,
            thorough=self.thorough,
        )
        # Rules and dictionaries stay: the collector need not go through them again for each message.
        gc.freeze()
        gc.set_threshold(_YOUNG, 20, 100)
        return receiver

    def deliverer(self, *, tries: int | None = None) -> Deliverer:
        """LOOP 2, with its own connections; `tries` as for `Deliverer`."""
        return Deliverer(
            self.outbox,
            mailboxes=self.mailboxes(),
            senders=senders(self.settings.smtp),
            envelope_from=self.settings.smtp.envelope_from,
            tries=tries,
            restraint=self.restraint,
            copies=self.copies(),
        )

    def copies(self) -> Copies | None:
        """Where copies of our replies go: the first mailbox that wants them; None where none does."""
        wanting = (each for each in self.settings.mailboxes if each.copy_to_sent)
        mailbox = next(wanting, None)
        return Copies(Shelf(partial(open_mailbox, mailbox), mailbox.sent)) if mailbox else None

    def rounds(self, mailbox: MailboxSettings) -> Rounds:
        """How a mailbox is looked at, in LOOP 1."""
        return Rounds(mailbox, self.settings, self.receiver, self.database, partial(open_mailbox, mailbox))

    def mailboxes(self) -> dict[str, Callable[[], Mailbox]]:
        """How to open a connection to each mailbox (`accounts.openers`)."""
        return openers(self.settings.mailboxes)
