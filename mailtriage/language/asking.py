"""Which sentences of a letter ask for something: what is asked says more of the matter than what is told.

The trap is the long letter: eleven sentences on a late payment, and the twelfth proposes a reminder by text message.
By its words it is about money; by what is asked it is a proposal. Where nothing is asked, the end of a letter is what
its writer wants to be remembered.
"""

import re

from mailtriage.language.demands import imperative
from mailtriage.language.words import EXAMINED, fold, spoken

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|$|(?=\n))|[^.!?…\n]+")
_OPENS = re.compile(
    r"\b(?:как|каким|каков\w*|какой|какая|какие|какую|какое|где|куда|откуда|когда|почему|зачем|сколько|чем|можно|"
    r"нельзя|возможно ли|есть ли|нужно ли|надо ли|неужели|разве|how|where|when|why|can|could|what|which|is|do|does)\b"
)
_BEGS = re.compile(
    r"\b(?:прошу|просим|просит|просят|просьба|хочу|хотел\w*|хотим|хочется|хотелось|нужн[аоы]|нужен|необходимо|требую|требуем|"
    r"предлага\w+|предложени\w*|пожелани\w*|совету\w+|рекоменду\w+|бы|пусть|надо|стоит (?=\w+ть\b)|"
    r"готовы|готов|хотели|ищем|следует|пора|интересует|"
    r"please|need|want|suggest\w*|propos\w*|would)\b"
)
_OPENING = 3
_CALLS = frozenset(("здравствуйте", "извините", "простите", "привет", "представьте", "считайте"))
"""Imperatives by form that ask for nothing."""


def asking(text: str) -> str:
    """The sentences that ask, beg, order or propose, in their order, one a line; the last sentence where none does."""
    sentences = [found for match in _SENTENCE.finditer(text[:EXAMINED]) if (found := match[0].strip())]
    asked = [sentence for sentence in sentences if _asks(sentence)]
    return "\n".join(asked or sentences[-1:])


def _asks(sentence: str) -> bool:
    if sentence.rstrip(')"» ').endswith("?") or _BEGS.search(fold(sentence)):
        return True
    found = [word.form for word in spoken(sentence)]
    if _OPENS.search(" ".join(found[:_OPENING])):
        return True
    return any(imperative(form) for form in found if form not in _CALLS)
