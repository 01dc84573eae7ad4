"""Whether a message is about the matter of a conversation: by proof, by its words, or surely not.

Two traps, one on each side. Whoever writes five times about one payment changes subject and words, and must still be
found. And whoever answers an old letter because it is at hand, in order to ask something else, must not get "already
decided"; yet a new argument after a decision shares few words with the old ones too, so only a question that has
nothing at all of the matter, of the decision or of a proof in it counts as another one.
"""

from collections.abc import Iterable
from typing import Final

from mailtriage.language.asking import asking
from mailtriage.language.words import fold
from mailtriage.mail.reading import Reading
from mailtriage.triage.documents import sent_before
from mailtriage.triage.gist import concepts_of, gist
from mailtriage.triage.headed import Headed, headed
from mailtriage.triage.history import Conversation, EarlierMessage, History
from mailtriage.triage.matter import matter, unseen
from mailtriage.triage.shingles import overlap, shingles_of
from mailtriage.triage.subjects import root_subject
from mailtriage.triage.synonyms import FURNITURE, IMPLIED
from mailtriage.triage.wording import wording

_ALIKE: Final = 0.6
_COMPARED: Final = 10
"""The latest messages of each conversation that are looked at."""
_TELLING: Final = 2
"""Concepts that a question of its own has at least, beside money and accounts, which all matters are about."""
_WORDS: Final = """
    решение отказ отказать ответ ответить пересмотреть пересмотр рассмотреть согласный обжаловать обжалование жалоба
    жаловаться претензия суд судебный прокуратура роспотребнадзор цб центробанк обращение заявление ошибка ошибаться
    ошибиться несправедливый незаконный закон обоснование причина отписка answer decision appeal refuse complaint
    выписка справка чек квитанция договор протокол подтверждение подтвердить документ доказательство свидетель
    приложить прикладывать прикрепить прикреплять приложение вложение receipt statement document proof attach
"""
_DISPUTE: Final = frozenset(_WORDS.split())
"""Whoever says one of these speaks of what was decided, or against it."""


def sameness(reading: Reading, conversation: Conversation, history: History) -> float:
    """0 to 1, how surely the message is about the matter of a conversation of the same person."""
    earlier = _latest_of(conversation, history)
    if shares_proof(reading, earlier):
        return 0.9
    text, quoted = matter(reading.readable_text), shingles_of(reading.message.body.quoted_text)
    for there in (message.gist.triples for message in earlier if not message.outgoing):
        if min(overlap(text.shingles, there)) >= _ALIKE or overlap(quoted, there)[1] >= _ALIKE:
            return 0.9
    known, concepts = _concepts(earlier, conversation), text.concepts
    subject = concepts_of((gist(reading.message.subject),))
    shared = len(concepts) - len(unseen(concepts, known))
    if same_subject(reading, conversation) and _subject_tells(subject, concepts, shared):
        return 0.8
    whole = _unnegated(subject | concepts)
    told = len(whole) - len(_untold(whole, _unnegated(known)))
    if told >= 4 and told >= _ALIKE * len(whole):  # noqa: PLR2004 - fewer are shared by chance
        return 0.7
    if subject and not unseen(subject, known) and shared >= 2:  # noqa: PLR2004 - fewer are shared by chance
        return 0.6
    return 0.0


def another_matter(reading: Reading, conversation: Conversation, history: History) -> bool:
    """Whether an answer to a decided or closed conversation only uses its letter in order to ask something else.

    What hangs below as a quotation says nothing: the client put it there.
    """
    if conversation.status == "open" or reading.message.attachments:
        return False
    earlier = _latest_of(conversation, history)
    if not earlier or shares_proof(reading, earlier):
        return False
    own = _own_words(reading, conversation)
    concepts = _unnegated(own.concepts)
    known = _unnegated(_concepts(earlier, conversation))
    asked = matter(asking(reading.readable_text)).concepts
    lemmas = {lemma for word in wording(reading.readable_text).words for lemma in word.lemmas}
    telling = concepts - FURNITURE
    return len(telling) >= _TELLING and bool(asked) and unseen(telling, known) == telling and not lemmas & _DISPUTE


def same_subject(reading: Reading, conversation: Conversation) -> bool:
    """Whether the subjects are one but for Re, Fwd, tags and marks."""
    root = root_subject(reading.message.subject)
    return bool(root) and root == root_subject(conversation.subject)


def says_nothing(reading: Reading) -> bool:
    """A reminder without a matter of its own belongs to whatever is waiting."""
    if reading.message.attachments:
        return False
    own = headed(reading.message.subject, reading.readable_text)
    return not own.numbers and not own.tells


def shares_proof(reading: Reading, earlier: Iterable[EarlierMessage]) -> bool:
    """Whether it names the same payment or brings the same file."""
    payments = {fold(payment) for payment in reading.identities.payments}
    messages = tuple(earlier)
    if any(payments & {fold(payment) for payment in message.identities.payments} for message in messages):
        return True
    return any(sent_before(file, messages) for file in reading.message.attachments if file.size)


def within(conversation: Conversation, history: History) -> tuple[EarlierMessage, ...]:
    """All that is known of what was said in a conversation."""
    return tuple(message for message in history.earlier if message.conversation == conversation.number)


def _latest_of(conversation: Conversation, history: History) -> tuple[EarlierMessage, ...]:
    return within(conversation, history)[-_COMPARED:]


def _unnegated(concepts: Iterable[str]) -> frozenset[str]:
    """Whether it arrived or not, it is one matter."""
    return frozenset(concept.removeprefix("не ") for concept in concepts)


def _untold(concepts: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Those that nobody spoke of, not even by what they mean: whoever is not let in was told to be blocked."""
    return frozenset(concept for concept in unseen(concepts, known) if IMPLIED.get(concept) not in known)


def _own_words(reading: Reading, conversation: Conversation) -> Headed:
    """With the subject, unless it is the one that the client wrote by itself."""
    subject = "" if same_subject(reading, conversation) else reading.message.subject
    return headed(subject, reading.readable_text)


def _subject_tells(subject: frozenset[str], text: frozenset[str], shared: int) -> bool:
    """A subject of its own needs little support, "Вопрос" or "Обращение" needs the text's."""
    if subject:
        return shared > 0 or not text
    return shared >= max(2, len(text) / 2)


def _concepts(earlier: Iterable[EarlierMessage], conversation: Conversation) -> frozenset[str]:
    return concepts_of((gist(conversation.subject), *(message.gist for message in earlier)))
