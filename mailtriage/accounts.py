"""Where mail and octets lie, and with what they are opened: accounts made from the settings.

The trap is a secret that wanders. Passwords and keys are read here and only here, when a connection is opened, so that
a changed one is taken up and none lies about in a value that somebody might print.
"""

from collections.abc import Callable, Sequence
from functools import partial

from mailtriage.settings import MailboxSettings, OctetsSettings, SmtpSettings, secret
from mailtriage.store.octets import BucketOptions
from mailtriage.transport.imap import ImapAccount, Mailbox
from mailtriage.transport.smtp import Sender, SmtpAccount


def open_mailbox(mailbox: MailboxSettings) -> Mailbox:
    """A connection to one account, not connected yet."""
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


def openers(mailboxes: Sequence[MailboxSettings]) -> dict[str, Callable[[], Mailbox]]:
    """How to open a connection to each mailbox; each call reads the password anew, for it may have changed.

    Raises:
        MailtriageError: a password is not there now, which is better said before the work than after.
    """
    for mailbox in mailboxes:
        secret(mailbox.password)
    return {mailbox.name: partial(open_mailbox, mailbox) for mailbox in mailboxes}


def smtp_account(smtp: SmtpSettings) -> SmtpAccount:
    """Where replies are handed in."""
    return SmtpAccount(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        user=smtp.user,
        password=secret(smtp.password) if smtp.password else None,
        timeout=smtp.timeout_seconds,
        ca_file=smtp.ca_file,
    )


def senders(smtp: SmtpSettings) -> tuple[Sender, ...]:
    """One for each connection to the relay, with the key that signs.

    Raises:
        MailtriageError: the password or the key is not there, or the key is none that mail is signed with.
    """
    sign = None
    if smtp.dkim is not None:
        # dkimpy brings libraries that take a second to load, and most relays sign by themselves.
        from mailtriage.transport.dkim import Signer  # noqa: PLC0415

        sign = Signer(smtp.dkim.domain, smtp.dkim.selector, secret(smtp.dkim.key))
    return tuple(Sender(smtp_account(smtp), sign=sign) for _ in range(smtp.connections))


def bucket_options(wanted: OctetsSettings) -> BucketOptions:
    """How a bucket is reached, with its keys."""
    return BucketOptions(
        endpoint=wanted.endpoint,
        region=wanted.region,
        virtual_hosted=wanted.virtual_hosted,
        access_key=secret(wanted.access_key) if wanted.access_key else None,
        secret_key=secret(wanted.secret_key) if wanted.secret_key else None,
    )
