"""Asking a server whether it takes mail from our envelope sender, without handing in any.

The trap is whose words they are. Postfix says of the sender what it has to say at RCPT (smtpd_delay_reject), and there
a relay that asks the customer's server first passes that server's words on: with them one customer could silence us for
all. So our own address stands in for his; <postmaster> would be let through whatever the sender.
"""

from dataclasses import dataclass

from mailtriage.transport.smtp_answers import Stage
from mailtriage.transport.smtp_connect import Connection
from mailtriage.transport.smtp_line import Reply

_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Probe:
    """Whom it is about, "" being the null sender, and an address of ours, or None where only MAIL can be asked."""

    sender: str
    own_address: str | None


async def probed(connection: Connection, probe: Probe) -> tuple[Reply, Stage]:
    """What the server says to a mail of this sender, as far as that can be known without DATA.

    Raises:
        Lost: it hung up.
    """
    line = connection.line
    said = await line.ask(f"MAIL FROM:<{probe.sender}>".encode())
    stage: Stage = "MAIL"
    if said.code < 400 and probe.own_address:  # noqa: PLR2004 - RFC 5321 4.2.1
        said, stage = await line.ask(f"RCPT TO:<{probe.own_address}>".encode()), "RCPT"
    if said.code == _CLOSING:
        line.close()
    else:
        await line.ask(b"RSET")
    return said, stage
