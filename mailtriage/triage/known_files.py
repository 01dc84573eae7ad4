"""Whether it would change anything, were the files of a message those that the customer sent before, or were they read.

The trap is the cost: to hold two pictures against each other takes longer than all the rest of a message, and to
recognise words in one takes longer still. Most letters that bring a picture bring news in their words, too, so that
they are no repetition whatever it shows; and in a letter that only brings a picture again there is nothing to look for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from mailtriage.attachments.likeness import may_be_known
from mailtriage.mail.reading import Reading
from mailtriage.triage.conversation import Link, link
from mailtriage.triage.history import History
from mailtriage.triage.novelty import considered, outline
from mailtriage.triage.policy import Policy

_SUPPOSED = "предполагается"


def files_matter(reading: Reading, known: Iterable[str], history: History, policy: Policy, now: datetime) -> bool:
    """Whether link or novelty would come out otherwise, were every file of the message one of these.

    Args:
        reading: of the message, whose files were not compared yet.
        known: digests of files of earlier messages, any of which the new ones may turn out to be.
        history: what the store knows.
        policy: as for `triage`.
        now: as for `triage`.
    """
    chosen = link(reading, history, policy, now)
    found = _outline(reading, chosen, history)
    digests = set(known)
    conversations = defaultdict[str, set[str | None]](set)
    by_conversation: dict[str | None, str] = {}
    for earlier in history.earlier:
        for digest in earlier.attachment_digests:
            if digest in digests:
                conversations[digest].add(earlier.conversation)
                by_conversation.setdefault(earlier.conversation, digest)
    for digest in by_conversation.values():
        supposed = _supposed(reading, digest)
        # A file of the conversation that it continues anyway only proves this once more.
        same = conversations[digest] == {chosen.conversation}
        if _outline(supposed, chosen if same else link(supposed, history, policy, now), history) != found:
            return True
    return False


def files_repeat(reading: Reading, digests: Collection[str], history: History, policy: Policy, now: datetime) -> bool:
    """Whether the customer sent these files before, octet by octet, in the conversation in which he says nothing new.

    What stands in them was there before, so that their words need not be known to tell it.

    Args:
        reading: of the message, without the words of these files.
        digests: of the files.
        history: what the store knows.
        policy: as for `triage`.
        now: as for `triage`.
    """
    chosen = link(reading, history, policy, now)
    came = {
        digest
        for earlier in history.earlier
        if earlier.conversation == chosen.conversation and not earlier.outgoing and considered(earlier)
        for digest in earlier.attachment_digests
    }
    if chosen.conversation is None or not came.issuperset(digests):
        return False
    anything_new, _ = outline(reading, chosen, history)
    return not anything_new


def _supposed(reading: Reading, digest: str) -> Reading:
    files = tuple(
        replace(file, same_as=digest, same_because=_SUPPOSED) if may_be_known(file.media_type, file.size) else file
        for file in reading.message.attachments
    )
    return replace(reading, message=replace(reading.message, attachments=files))


def _outline(reading: Reading, chosen: Link, history: History) -> tuple[object, ...]:
    """What rules and effects depend on: the conversation, and whether anything in it is new."""
    return chosen.conversation, chosen.linked_by, *outline(reading, chosen, history)
