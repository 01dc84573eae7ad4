"""Messages off the wire in batches, the size asked before the body.

The traps: a hostile message may be larger than memory, so nothing over the limit is downloaded and a batch is bounded
in octets too; a UID may vanish between SEARCH and FETCH, which is no error; and a message that the server lists but
does not hand out must neither be passed over in silence nor hold up all that lies behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timezone
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from mailtriage.errors import TransportError
from mailtriage.mail.message import Location, RawMessage

_MAX_BATCH_OCTETS = 8 * 1024 * 1024
_MAX_HEADER_OCTETS = 256 * 1024
# imaplib refuses a line of more than a million octets; a UID has up to ten digits and a space.
_SEARCH_WINDOW = 80_000
# What is asked for, and what it is called in the answer.
_BODY = ("BODY.PEEK[]", b"BODY[]")
_HEADER = (f"BODY.PEEK[HEADER]<0.{_MAX_HEADER_OCTETS}>", b"BODY[HEADER]<0>")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read: every UID up to `uid`, as long as its UIDVALIDITY is this one."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages by ascending UID. Everything up to `last_uid` has been seen, though some of it may have vanished."""

    messages: tuple[RawMessage, ...]
    folder: str
    uidvalidity: int
    last_uid: int

    @property
    def cursor(self) -> Cursor:
        """Where to go on after this batch."""
        return Cursor(self.uidvalidity, self.last_uid)


@dataclass(frozen=True, slots=True)
class Caution:
    """What is known from earlier passes of messages at which fetching breaks off."""

    uidvalidity: int = 0
    """For which it holds."""
    batch: int | None = None
    """Messages to fetch at once, fewer than usual."""
    headers_alone: frozenset[int] = frozenset()
    unasked: frozenset[int] = frozenset()
    """Of these not even the headers could be had."""


@dataclass(frozen=True, slots=True)
class Sized:
    """What is known of a message before its body; `size` in octets as the server counts (RFC822.SIZE)."""

    uid: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """What is new in a folder, by ascending UID, of which nothing has been downloaded yet."""

    folder: str
    uidvalidity: int
    messages: tuple[Sized, ...]


_NONE = Caution()


def selectable(answer: Mapping[bytes, Any], folder: str) -> tuple[int, int]:
    """UIDVALIDITY and number of messages out of the answer to SELECT or EXAMINE."""
    if b"UIDVALIDITY" not in answer:
        raise ProtocolError(f"{folder}: expected UIDVALIDITY; without it no UID can be kept (RFC 9051 2.3.1.1)")
    return int(answer[b"UIDVALIDITY"]), int(answer[b"EXISTS"])


def leaves_deleted(client: IMAPClient) -> bool:
    r"""Whether moving here can only flag the original \Deleted, for want of both MOVE and UIDPLUS."""
    return not client.has_capability("MOVE") and not client.has_capability("UIDPLUS")


def uids_above(client: IMAPClient, above: int, exists: int, since: date | None = None) -> list[int]:
    """The UIDs of the selected folder that are greater than `above`, ascending; `since` is the day of INTERNALDATE."""
    criteria: list[str | date] = ["UID", f"{above + 1}:*"]
    if since:
        criteria += ["SINCE", since]
    if leaves_deleted(client):
        criteria.append("UNDELETED")
    if not exists:
        return []
    found: set[int] = set()
    # From the end: what others expunge meanwhile moves messages into windows that are still to come, never out of them.
    for high in range(exists, 0, -_SEARCH_WINDOW):
        window = [f"{max(1, high - _SEARCH_WINDOW + 1)}:{high}"] if exists > _SEARCH_WINDOW else []
        found.update(client.search([*window, *criteria]))
    return sorted(uid for uid in found if uid > above)


class Fetcher:
    """Fetches from the folder that is selected on this connection."""

    def __init__(  # noqa: PLR0917 - the folder, and how it is fetched from
        self, client: IMAPClient, mailbox: str, folder: str, uidvalidity: int, max_size: int, caution: Caution = _NONE
    ) -> None:
        self._client, self._max_size = client, max_size
        self._mailbox, self.folder, self.uidvalidity = mailbox, folder, uidvalidity
        self.caution = caution if caution.uidvalidity == uidvalidity else _NONE

    def sizes(self, uids: Sequence[int]) -> tuple[Sized, ...]:
        """Sizes and INTERNALDATEs, in the order of the UIDs; what has vanished is left out."""
        known = self._sizes(uids)
        left_out = [uid for uid in uids if uid not in known]
        if listed := self._listed(left_out):
            # They have not vanished: a server that is busy with others passes them over and tells when asked again.
            known |= self._sizes(listed)
            now = datetime.now(UTC)
            known |= {uid: Sized(uid, 0, now) for uid in listed if uid not in known}
        return tuple(known[uid] for uid in uids if uid in known)

    def _sizes(self, uids: Sequence[int]) -> dict[int, Sized]:
        answer = _fetch(self._client, uids, ["RFC822.SIZE", "INTERNALDATE"]) if uids else {}
        return {
            uid: Sized(uid, int(answer[uid][b"RFC822.SIZE"]), _aware(answer[uid][b"INTERNALDATE"]))
            for uid in uids
            if uid in answer and {b"RFC822.SIZE", b"INTERNALDATE"} <= answer[uid].keys()
        }

    def _listed(self, uids: Sequence[int]) -> list[int]:
        """Those of these that lie there still."""
        found = self._client.search(["UID", ",".join(map(str, uids))]) if uids else []
        return [uid for uid in found if uid in uids]

    def parts(self, sizes: Sequence[Sized], last_uid: int) -> Iterator[tuple[tuple[Sized, ...], int]]:
        """The same, cut where the bodies would be too much for the memory, each with the last UID that it settles."""
        part: list[Sized] = []
        octets = 0
        for sized in sizes:
            cost = min(sized.size, self._max_size)
            if part and octets + cost > _MAX_BATCH_OCTETS:
                yield tuple(part), part[-1].uid
                part, octets = [], 0
            part.append(sized)
            octets += cost
        yield tuple(part), last_uid

    def messages(self, part: Sequence[Sized]) -> tuple[RawMessage, ...]:
        """The messages of one part, whole or with their headers alone."""
        vast = [one.uid for one in part if one.size > self._max_size]
        wary = {*vast, *self.caution.headers_alone, *self.caution.unasked}
        octets = self._handed_out([one.uid for one in part if one.uid not in wary], *_BODY)
        heads = self._handed_out([uid for uid in vast if uid not in self.caution.unasked], *_HEADER)
        listed = self._listed([one.uid for one in part if one.uid not in octets and one.uid not in heads])
        # As of the sizes: it may only have been passed over.
        octets |= self._if_handed_out([uid for uid in listed if uid not in wary], *_BODY)
        withheld = self._withheld([uid for uid in listed if uid not in octets])
        found = {**octets, **heads, **withheld}
        return tuple(
            RawMessage(
                found[one.uid],
                one.received_at,
                Location(self._mailbox, self.folder, self.uidvalidity, one.uid),
                full_size=None if one.uid in octets else one.size,
                withheld=one.uid in withheld,
            )
            for one in part
            if one.uid in found
        )

    def _withheld(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Of those that are listed still and not handed out: the headers if these can be had, else nothing.

        They are recorded like that, so that a person looks, instead of skipped.
        """
        heads = self._if_handed_out([uid for uid in uids if uid not in self.caution.unasked], *_HEADER)
        return {uid: heads.get(uid, b"") for uid in uids}

    def _if_handed_out(self, uids: Sequence[int], item: str, key: bytes) -> dict[int, bytes]:
        """What the server gives of these, which may be nothing."""
        try:
            return self._handed_out(uids, item, key) if uids else {}
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError:
            return {}

    def _handed_out(self, uids: Sequence[int], item: str, key: bytes) -> dict[int, bytes]:
        """What the server gives of these; of several it may refuse some, but not all."""
        try:
            answer = _fetch(self._client, uids, [item])
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as error:
            answer = self._one_by_one(uids, item)
            if not answer:
                raise error from None
        return {uid: bytes(data[key]) for uid, data in answer.items() if data.get(key) is not None}

    def _one_by_one(self, uids: Sequence[int], item: str) -> dict[int, dict[bytes, Any]]:
        answer: dict[int, dict[bytes, Any]] = {}
        for uid in uids if len(uids) > 1 else ():
            try:
                answer |= self._client.fetch([uid], [item])
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError:
                continue
        return answer


class BrokenOff(TransportError):  # noqa: N818 - what happened to the fetching
    """The server was there and listed these messages, and asking for what is in them ended without an answer."""

    def __init__(self, text: str, fetcher: Fetcher, part: Sequence[Sized]) -> None:
        self.folder, self.uidvalidity = fetcher.folder, fetcher.uidvalidity
        self.uids = tuple(one.uid for one in part)
        super().__init__(text)


def _fetch(client: IMAPClient, uids: Sequence[int], items: list[str]) -> dict[int, dict[bytes, Any]]:
    try:
        return dict(client.fetch(list(uids), items))
    except (IMAPClientAbortError, ProtocolError):
        raise
    except IMAPClientError:
        # Dovecot answers NO when one of them has been expunged elsewhere; after a NOOP it knows, and leaves it out.
        client.noop()
        return dict(client.fetch(list(uids), items))


def _aware(when: datetime) -> datetime:
    """With a time zone of the standard library instead of imapclient's own class."""
    offset = when.utcoffset()
    return when.astimezone() if offset is None else when.replace(tzinfo=timezone(offset))
