"""Which sentences of a letter ask for something: what is asked says more of the matter than what is told.

The trap is the long letter: eleven sentences on a late payment, and the twelfth proposes a reminder by text message.
By its words it is about money; by what is asked it is a proposal. Where nothing is asked, the end of a letter is what
its writer wants to be remembered.
"""

import re
from collections.abc import Sequence

from mailtriage.language.by_word import kept
from mailtriage.language.demands import imperative
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Sentence, Text, any_within, looked_through
from mailtriage.language.words import Spoken, Tokens, tokens

_OPENS = re.compile(
    r"\b(?:как|каким|каков\w*|какой|какая|какие|какую|какое|где|куда|откуда|когда|почему|зачем|сколько|чем|можно|"
    r"нельзя|возможно ли|есть ли|нужно ли|надо ли|неужели|разве|how|where|when|why|can|could|what|which|is|do|does)\b"
)
_BEGS = sparse(
    r"\b(?:прошу|просим|просит|просят|просьба|хочу|хотел\w*|хотим|хочется|хотелось|нужн[аоы]|нужен|необходимо|требую|требуем|"
    r"предлага\w+|предложени\w*|пожелани\w*|совету\w+|рекоменду\w+|бы|пусть|надо|стоит (?=\w+ть\b)|"
    r"готовы|готов|хотели|ищем|следует|пора|интересует|"
    r"(?:можно|берете|принимаете)(?: \w+){0,5} или (?:\w+ )?(?:нет|нельзя)|"
    r"please|need|want|suggest\w*|propos\w*|would)\b"
)
_OPENING = 3
_CLOSES = ')"» '
"""May stand behind a question mark."""
_CALLS = frozenset(("здравствуйте", "извините", "простите", "привет", "представьте", "считайте"))
"""Imperatives by form that ask for nothing."""


def asking(text: str) -> str:
    """The sentences that ask, beg, order or propose, in their order, one a line; the last sentence where none does."""
    return "\n".join([sentence.written.strip() for sentence in asked(looked_through(text))])


def asked(text: Text) -> Sequence[Sentence]:
    """The same as they stand there."""
    said = tokens(text.written)
    begging = [found.start() for found in _BEGS.finditer(text.folded, text.holding)]
    commands = [start for word, start in zip(said.words, said.starts, strict=True) if _commands(word.form)]
    places = sorted((*begging, *commands))
    sentences = [sentence for sentence in text.statements if not sentence.said.isspace()]
    asking = [sentence for sentence in sentences if _asks(sentence, places, said)]
    return asking or sentences[-1:]


def _asks(sentence: Sentence, places: Sequence[int], said: Tokens) -> bool:
    """Whether it begs or commands at one of these places, or is a question; `said` are the words of the whole text."""
    start, end = sentence.start, sentence.end
    if any_within(places, start, end) or sentence.said.rstrip().rstrip(_CLOSES).endswith("?"):
        return True
    return _opens(said.between(start, end))


@kept(16_384)
def _commands(form: str) -> bool:
    return form not in _CALLS and imperative(form)


def _opens(said: Sequence[Spoken]) -> bool:
    first = [word.form for word in said[:_OPENING]]
    return any(map(_opens_alone, first)) or ("ли" in first and _OPENS.search(" ".join(first)) is not None)


@kept(16_384)
def _opens_alone(form: str) -> bool:
    return _OPENS.search(form) is not None
