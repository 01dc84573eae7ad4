"""What a reader must be told, as one plain value that travels to reader processes as JSON.

The limits are here so that a hostile message costs what the owner allows and no more: each of them, when it is
reached, becomes a defect of the message and never an exception.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The owner's settings that reading depends on."""

    own_addresses: tuple[str, ...] = ()
    """The support mailbox's own addresses; compared without regard to case."""
    authserv_id: str | None = None
    """Our server's name in Authentication-Results (RFC 8601 2.5); None believes nobody."""
    relay_senders: tuple[str, ...] = ()
    """Forms and relays that write for customers: their Reply-To is the customer."""
    max_attachment: int = 30_000_000
    """Octets of one decoded file; a larger one is kept but not read."""
    max_parts: int = 400
    max_depth: int = 24
    """Of nested multiparts and messages."""
    max_text: int = 400_000
    """Characters of body text that are looked at."""

    def is_own(self, address: str) -> bool:
        """Whether an address is one of ours."""
        return address.casefold() in {own.casefold() for own in self.own_addresses}

    def is_relay(self, address: str) -> bool:
        """Whether an address writes for customers."""
        return address.casefold() in {relay.casefold() for relay in self.relay_senders}
