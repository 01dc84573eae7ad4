"""Demands: clauses that tell the desk to do something, and which of them are separate pieces of work.

The trap is the matter in several steps: "find the payment and credit it", "close the account and pay the rest out" are
one piece of work, "change my address and switch the notices off" are two. So verbs are grouped by the kind of work, and
a demand counts only with an object of its own.
"""
# ruff: noqa: SIM905 - a list of words reads best as words

import re
from dataclasses import dataclass
from functools import lru_cache

from mailtriage.language.words import Word, fold, readings, words

_CLAUSE = re.compile(r"[^.!?…\n,;]+?(?:[.!?…\n,;]|(?<=\s)и(?=\s)|$)")
_SENTENCE_END = re.compile(r"[.!?…\n]")
_PLEASE = re.compile(r"\s*,\s*пожалуйста\b,?|\bпожалуйста,", re.IGNORECASE)
_BEGS = re.compile(r"\b(?:прошу|просим|просьба|хочу|хотел\w*|хотим|нужно|необходимо|требую|требуем)\b")
_KINDS = {
    "access": frozenset("разблокировать открыть снять разморозить восстановить возобновить разбанить".split()),
    "stop": frozenset("заблокировать заморозить приостановить остановить".split()),
    "link": frozenset("привязать отвязать перепривязать".split()),
    "money": frozenset(
        "вернуть возвратить зачислить возместить разыскать найти вывести перевести отменить начислить".split()
    ),
    "close": frozenset("удалить закрыть аннулировать ликвидировать".split()),
    "change": frozenset("сменить поменять изменить обновить исправить заменить внести".split()),
    "notices": frozenset("отключить отписать включить".split()),
    "paper": frozenset("прислать выслать выдать предоставить направить скинуть отправить".split()),
    "make": frozenset("сделать добавить починить ввести встроить".split()),
}
_ASKED = re.compile(
    r"\b(?:подскажите|объясните|расскажите|скажите|поясните|напишите|узнать|уточните|сообщите)[,:]?\s+"
    r"(?=(?:мне |нам |еще |пожалуйста,? )?(?:как|где|куда|какая|какой|какие|какую|каким|"
    r"можно ли|есть ли|сколько стоит|с какой)\b)"
)
"""What follows is to be answered in words: work of its own kind."""
_VERBS = frozenset[str]().union(*_KINDS.values())
_BELONG = frozenset(("access", "money", "close"))
"""Kinds of work that come together in one matter: a blocked account with money in it, a closed one with a rest."""
_SEVERAL_OF_A_KIND = frozenset(("change", "make"))
_PAPERS = frozenset("справка выписка договор акт квитанция копия".split())
_VAGUE = frozenset(
    "ошибка ситуация проблема недоразумение решение статус услуга подписка автоплатеж день раз срок время помощь что "
    "ответ снятие причина меры мера вопрос".split()
)
"""Objects that belong to whatever else is demanded."""

_PAPERWORK = frozenset("документ бумага заявление деньги средство".split())
_LIKELY = 0.1


@dataclass(frozen=True, slots=True)
class _Demand:
    kind: str
    verb: str
    objects: frozenset[str]
    text: str

    def apart(self, other: "_Demand") -> bool:
        """Whether it is another piece of work."""
        if "how" in {self.kind, other.kind} and self.objects & other.objects:
            return False
        if self.kind == other.kind:
            return self.kind in _SEVERAL_OF_A_KIND and self.verb != other.verb and not self.objects & other.objects
        return not {self.kind, other.kind} <= _BELONG


def separate(text: str) -> list[str]:
    """The clauses that demand separate pieces of work; empty where there are not two."""
    kept: list[_Demand] = []
    for demand in _demands(text):
        if all(demand.apart(other) for other in kept):
            kept.append(demand)
    return [demand.text for demand in kept] if len(kept) > 1 else []


def found(text: str) -> bool:
    """Whether anything is demanded."""
    return bool(_demands(text))


def one_work(before: str, after: str) -> bool:
    """Whether what is demanded first in each of two parts comes together in one matter."""
    one, other = _demands(before), _demands(after)
    return bool(one and other) and not one[-1].apart(other[0])


@lru_cache(maxsize=65_536)
def imperative(form: str) -> bool:
    """Whether a folded form commands; "смените" does, though it may also foretell."""
    found = readings(form)
    return bool(found) and ("impr" in found[0][1] or any({"impr", "plur"} <= mood for _, mood, _ in found))


def _demands(text: str) -> list[_Demand]:
    found, begging = list[_Demand](), False
    for clause in _CLAUSE.findall(_PLEASE.sub(" ", text)):
        begging = begging or bool(_BEGS.search(fold(clause)))
        inside = words(clause)
        for at, word in enumerate(inside):
            if word.lemmas.isdisjoint(_VERBS):
                continue
            kind = next((kind for kind, verbs in _KINDS.items() if word.lemmas & verbs), None)
            if kind and (imperative(word.form) or (begging and _infinitive(word))):
                objects = _objects(inside[at + 1 :]) or _objects(inside[:at])
                if (objects or kind in _BELONG) and (kind != "paper" or objects & _PAPERS):
                    found.append(_Demand(kind, word.lemma, objects, clause.strip()))
        if _SENTENCE_END.search(clause):
            begging = False
    return found + _explanations(text)


def _explanations(text: str) -> list[_Demand]:
    """Where the desk is told to explain how something else is done; of what the same thing needs it is no work."""
    found = []
    for mark in _ASKED.finditer(fold(text)):
        asked = _SENTENCE_END.split(text[mark.end() :], maxsplit=1)[0]
        objects = _objects(words(asked)) - _PAPERWORK
        if objects:
            found.append(_Demand("how", "", objects, asked.strip()))
    return found


def _infinitive(word: Word) -> bool:
    found = readings(word.form)
    return bool(found) and "INFN" in found[0][1]


def _objects(following: tuple[Word, ...]) -> frozenset[str]:
    """The nouns and foreign words after a verb."""
    kept = set()
    for word in following:
        found = readings(word.form)
        if any("NOUN" in kinds and score > _LIKELY for _, kinds, score in found) or (
            not found and word.form.isascii() and not word.form.isdigit()
        ):
            kept.add(word.lemma)
    return frozenset(kept - _VAGUE)
