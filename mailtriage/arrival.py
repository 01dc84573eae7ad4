"""How messages came to lie where they are found, and what became of each: what goes into receiving, and what comes out.

The trap is a folder that speaks: what a person put there, what support itself sent, and what our own moves brought
there are received alike, and must not be answered alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailtriage.store.rulings import Wanted


@dataclass(frozen=True)
class Recorded:
    """What became of one message, for whoever watches."""

    record: dict[str, Any]
    """The contract's JSON of the message."""
    duplicate: bool
    folder: str | None = None
    """Where the message is being moved."""
    id: int | None = None
    """Row number of a message that was new."""


Watch = Callable[[Recorded], None]
"""Is told of each message once it is recorded."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How messages came to lie where they are found."""

    outgoing: bool = False
    """In the folder of sent mail: support's own whatever stands in From, and left where it lies."""
    wanted: Wanted | None = None
    """A person put it into a folder that says what is to become of it."""
    belated: bool = False
    """Found where our own moves lead: its letters may have left already, and none leaves by itself."""


DELIVERED = Arrival()
"""As mail comes into an inbox."""
