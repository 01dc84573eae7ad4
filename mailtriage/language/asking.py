"""Which sentences of a letter ask for something: what is asked says more of the matter than what is told.

The trap is the long letter: eleven sentences on a late payment, and the twelfth proposes a reminder by text message.
By its words it is about money; by what is asked it is a proposal. Where nothing is asked, the end of a letter is what
its writer wants to be remembered.
"""

import re
from collections.abc import Sequence

from mailtriage.language.by_word import kept
from mailtriage.language.demands import imperative
from mailtriage.language.holding import ALL
from mailtriage.language.sparse import sparse
from mailtriage.language.text import STATEMENT, any_within
from mailtriage.language.words import EXAMINED, Spoken, fold, tokens

_OPENS = re.compile(
    r"\b(?:как|каким|каков\w*|какой|какая|какие|какую|какое|где|куда|откуда|когда|почему|зачем|сколько|чем|можно|"
    r"нельзя|возможно ли|есть ли|нужно ли|надо ли|неужели|разве|how|where|when|why|can|could|what|which|is|do|does)\b"
)
_BEGS = sparse(
    r"\b(?:прошу|просим|просит|просят|просьба|хочу|хотел\w*|хотим|хочется|хотелось|нужн[аоы]|нужен|необходимо|требую|требуем|"
    r"предлага\w+|предложени\w*|пожелани\w*|совету\w+|рекоменду\w+|бы|пусть|надо|стоит (?=\w+ть\b)|"
    r"готовы|готов|хотели|ищем|следует|пора|интересует|"
    r"please|need|want|suggest\w*|propos\w*|would)\b"
)
_OPENING = 3
_CALLS = frozenset(("здравствуйте", "извините", "простите", "привет", "представьте", "считайте"))
"""Imperatives by form that ask for nothing."""


def asking(text: str, holding: int = ALL) -> str:
    """The sentences that ask, beg, order or propose, in their order, one a line; the last sentence where none does.

    `holding` is what the text holds at most (`holding.held`), if that is known.
    """
    examined = text[:EXAMINED]
    said = tokens(examined)
    begging = [found.start() for found in _BEGS.finditer(fold(examined), holding)]
    commands = [start for word, start in zip(said.words, said.starts, strict=True) if _commands(word.form)]
    places = sorted((*begging, *commands))
    sentences, asked = list[str](), list[str]()
    for match in STATEMENT.finditer(examined):
        if sentence := match[0].strip():
            sentences.append(sentence)
            begun, ended = match.span()
            begs = any_within(places, begun, ended)
            if begs or sentence.rstrip(')"» ').endswith("?") or _opens(said.between(begun, ended)):
                asked.append(sentence)
    return "\n".join(asked or sentences[-1:])


@kept(16_384)
def _commands(form: str) -> bool:
    return form not in _CALLS and imperative(form)


def _opens(said: Sequence[Spoken]) -> bool:
    first = [word.form for word in said[:_OPENING]]
    return any(map(_opens_alone, first)) or ("ли" in first and _OPENS.search(" ".join(first)) is not None)


@kept(16_384)
def _opens_alone(form: str) -> bool:
    return _OPENS.search(form) is not None
