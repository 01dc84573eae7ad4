"""A gap, and the sentence in which it is told.

The trap is a sentence that only its author understands: whoever reads it was woken at three in the morning. It says
what is there, what should be, and what to do; it names a message by its UID and by the first digits of its digest,
never by anything of a customer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailtriage.mail.message import Location

Kind = Literal[
    "no_outcome", "waits_too_long", "unread_in_folder", "unrecorded_place", "moved_unseen", "taken_away", "nowhere",
    "still_there", "back_again", "unmoved", "move_buried", "stuck", "unconfirmed", "octets_missing", "octets_damaged",
]  # fmt: skip

SENTENCES: Mapping[Kind, str] = {
    "no_outcome": "{place} was passed over: it lies on the server and has no outcome. --repair reads it now.",
    "waits_too_long": "{place} has been waiting to be read since {since}. The daemon is not running, or cannot read "
    "this mailbox: look at its log.",
    "unread_in_folder": "{place} lies in a folder of ours and was never read; perhaps this store is an older copy. "
    "--repair records it; its letters stay unconfirmed, for nobody knows whether the customer was answered.",
    "unrecorded_place": "{place} is {message}, which is known, but not that it lies there. --repair writes it down.",
    "moved_unseen": "{place} is {message}, which by the books lies in {recorded}: a person moved it while nobody "
    "looked. --repair writes it down and changes nothing else.",
    "taken_away": "{message} should be {place}, and lies in none of our folders: a person moved or deleted it. The "
    "octets are kept. --repair writes it down.",
    "nowhere": "{message} was moved from {place} to {recorded}, and nobody saw it arrive there. The octets are kept. "
    "--repair writes down that it is gone.",
    "still_there": "{place} is {message}, which by the books was moved to another folder, and still lies there. "
    "--repair moves it again.",
    "back_again": "{place} is {message}, which was taken away and is back. --repair writes it down.",
    "unmoved": "{place} is {message}, which is decided, and nothing will move it. --repair moves it.",
    "move_buried": "{place} could not be moved and was given up (row {row} of the outbox). --repair tries again.",
    "stuck": "Row {row} of the outbox ({what}) should have been carried out at {since}. The daemon is not running, or "
    "the server does not take it: look at its log and at `mailtriage outbox list`.",
    "unconfirmed": "Row {row} of the outbox ({what}): nobody knows whether the letter {message} left at {since}. Look "
    "for its Message-ID in the log of the mail server, then `mailtriage outbox drop {row}` if it did, or `mailtriage "
    "outbox retry {row}` if it did not.",
    "octets_missing": "The octets of {message} are not in the store. --repair fetches them from {place}.",
    "octets_damaged": "The octets of {message} are not what they were: the digest differs. --repair fetches them "
    "from {place}.",
}

Key = tuple[object, ...]


@dataclass(frozen=True)
class Gap:
    """One disagreement; the fields are what a repair needs."""

    kind: Kind
    place: Location | None = None
    digest: str | None = None
    message: int | None = None
    """Row number."""
    location: int | None = None
    """Row number of the place in the books that is wrong."""
    row: int | None = None
    """Of the outbox."""
    recorded: str | None = None
    """The folder that the books name."""
    since: datetime | None = None
    what: str | None = None
    letter: str | None = None
    """Message-ID of a letter of ours."""
    mended: str | None = None
    """What a repair did about it; None where nothing was done."""
    left: str | None = None
    """Why a repair could do nothing."""

    @property
    def key(self) -> Key:
        """The same for the same gap when it is found again."""
        return self.kind, self.place, self.digest, self.row

    @property
    def sentence(self) -> str:
        """For a person."""
        where = f"UID {self.place.uid} in {self.place.folder} of {self.place.mailbox}" if self.place else "the server"
        message = self.letter or (f"message {self.message} ({self.digest[:12]})" if self.digest else "a message")
        since = f"{self.since:%Y-%m-%d %H:%M} UTC" if self.since else "?"
        told = SENTENCES[self.kind].format(
            place=where, message=message, recorded=self.recorded, since=since, row=self.row, what=self.what
        )
        return told[:1].upper() + told[1:]

    @property
    def json(self) -> dict[str, object]:
        """For a program."""
        place = self.place
        return {
            "kind": self.kind,
            "mailbox": place.mailbox if place else None,
            "folder": place.folder if place else None,
            "uid": place.uid if place else None,
            "digest": self.digest,
            "message": self.message,
            "outbox": self.row,
            "since": self.since.isoformat() if self.since else None,
            "sentence": self.sentence,
            "mended": self.mended,
            "left": self.left,
        }
