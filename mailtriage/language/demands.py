"""Demands: clauses that tell the desk to do something, and which of them are separate pieces of work.

The trap is the matter in several steps: "find the payment and credit it", "close the account and pay the rest out" are
one piece of work, "change my address and switch the notices off" are two. So verbs are grouped by the kind of work, and
a demand counts only with an object of its own. What was taken wrongly is no rest of an account that is closed, and two
ways out of which the desk may choose ("stop it or pay it back") are one demand. A wish for how things should be done
counts beside another wish alone: "write to me" is none.
"""
# ruff: noqa: SIM905 - a list of words reads best as words

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from mailtriage.language.by_word import kept
from mailtriage.language.holding import Needs
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text, any_within, looked_through
from mailtriage.language.words import Spoken, readings, tokens

_CLAUSE = re.compile(r"[^.!?…\n,;]+?(?:[.!?…\n,;]|(?<=\s)и(?=\s)|$)")
_ENDS = ".!?…\n"
_MARKS = f"{_ENDS},;"
_SENTENCE_END = re.compile(f"[{_ENDS}]")
_LONGEST = 100
"""Words between a verb and what it is about; a page without a mark would cost seconds."""
_PLEASE = sparse(r" ?,\s{0,20}пожалуйста\b,?|\bпожалуйста,", re.IGNORECASE)
_BEGS = sparse(r"\b(?:прошу|просим|просьба|хочу|хотел\w*|хотим|нужно|необходимо|требую|требуем)\b")
_KINDS = {
    "access": frozenset("разблокировать открыть снять разморозить восстановить возобновить разбанить".split()),
    "stop": frozenset("заблокировать заморозить приостановить остановить".split()),
    "link": frozenset("привязать отвязать перепривязать".split()),
    "money": frozenset(
        "вернуть возвратить зачислить возместить разыскать найти вывести перевести отменить начислить".split()
    ),
    "close": frozenset("удалить закрыть аннулировать ликвидировать".split()),
    "change": frozenset("сменить поменять изменить обновить исправить заменить внести".split()),
    "notices": frozenset("отключить отписать включить подключить".split()),
    "paper": frozenset("прислать выслать выдать предоставить направить скинуть отправить".split()),
    "make": frozenset("сделать добавить починить ввести встроить".split()),
    "wish": frozenset(
        "писать указывать показывать присылать слать напоминать подписывать подписать выделять выделить печатать "
        "отображать предупреждать увеличить уменьшить повысить понизить поднять снизить расширить убрать разрешить "
        "внедрить предусмотреть запустить перенести переделать упростить сократить вынести".split()
    ),
}
_LIMITS = frozenset("лимит предел порог максимум потолок".split())
_WISHED = frozenset(("make", "wish"))
_CONTACTS = frozenset("почта адрес телефон номер смс email мыло личка сообщение письмо ответ".split())
"""To write there is how to answer."""
_ASKED = sparse(
    r"\b(?:подскажите|объясните|расскажите|скажите|поясните|напишите|узнать|уточните|сообщите)[,:]?\s+"
    r"(?=(?:мне |нам |еще |пожалуйста,? )?(?:как|где|куда|какая|какой|какие|какую|каким|"
    r"можно ли|есть ли|сколько стоит|с какой)\b)"
)
"""What follows is to be answered in words: work of its own kind."""
_VERBS = frozenset[str]().union(*_KINDS.values())
_WORK = Needs(words=lambda: [_VERBS])
_BELONG = frozenset(("access", "money", "close"))
"""Kinds of work that come together in one matter: a blocked account with money in it, a closed one with a rest."""
_STOPPED = frozenset(("stop", "money"))
"""So do these: what is stopped in time need not be sought."""
_SOUGHT = frozenset("найти разыскать зачислить возместить начислить".split())
_BACK = frozenset("вернуть возвратить".split())
_LOST = sparse(
    r"\b(?:ошибочн\w+|по ошибке|сня(?:т|л)\w*|списа\w+|удерж\w+|комисси\w+|дважды|"
    r"двойн\w+|лишн\w+|укра\w+|похищ\w+|незаконн\w+|без (?:моего )?(?:спроса|согласия|ведома))"
)
"""Money that somebody took: no rest. What only did not come may have been held with the account."""
_REST = frozenset("остаток баланс".split())
_ALTERNATIVE = frozenset(("или", "либо"))
_JOINS = _ALTERNATIVE | {"и", "а", "но"}
_SEVERAL_OF_A_KIND = frozenset(("change", "make", "wish"))
_PAPERS = frozenset("справка выписка договор акт квитанция копия".split())
_VAGUE = frozenset(
    "ошибка ситуация проблема недоразумение решение статус услуга подписка автоплатеж день раз срок время помощь что "
    "ответ снятие причина меры мера вопрос".split()
)
"""Objects that belong to whatever else is demanded."""

_PAPERWORK = frozenset("документ бумага заявление деньги средство".split())
_LIKELY = 0.1


class _Demand(NamedTuple):
    kind: str
    verb: str
    objects: frozenset[str]
    text: str
    lost: bool = False
    """Whether it is about money that was taken."""

    def apart(self, other: "_Demand") -> bool:
        """Whether it is another piece of work."""
        kinds = {self.kind, other.kind}
        if "how" in kinds and self.objects & other.objects:
            return False
        if self.kind == other.kind or kinds <= _WISHED:
            several = self.kind in _SEVERAL_OF_A_KIND
            return several and self.verb != other.verb and not self.objects & other.objects
        if kinds <= _BELONG:
            sought = "close" in kinds and not _SOUGHT.isdisjoint((self.verb, other.verb))
            return self.lost or other.lost or sought
        return kinds != _STOPPED


def separate(text: Text) -> list[str]:
    """The clauses that demand separate pieces of work; empty where there are not two."""
    everything = _demands(text)
    wished = [demand for demand in everything if demand.kind in _WISHED]
    return _kept_apart(_without_wishes(everything)) or _kept_apart(wished)


def _kept_apart(demands: Iterable[_Demand]) -> list[str]:
    kept: list[_Demand] = []
    for demand in demands:
        if all(demand.apart(other) for other in kept):
            kept.append(demand)
    return [demand.text for demand in kept] if len(kept) > 1 else []


def _without_wishes(demands: Iterable[_Demand]) -> list[_Demand]:
    return [demand for demand in demands if demand.kind != "wish"]


def found(text: str) -> bool:
    """Whether anything is demanded."""
    return bool(_without_wishes(_demands(looked_through(text))))


def places(text: Text) -> list[int]:
    """Where a demand may stand: at a verb of work, or where something is to be explained."""
    starts = tokens(text.written).starts
    orders = (starts[at] for at in _orders(text))
    return sorted((*orders, *(mark.start() for mark in _ASKED.finditer(text.folded, text.holding))))


def one_work(before: str, after: str) -> bool:
    """Whether what is demanded first in each of two parts comes together in one matter."""
    one, other = (_without_wishes(_demands(looked_through(part))) for part in (before, after))
    return bool(one and other) and not one[-1].apart(other[0])


@kept(65_536)
def imperative(form: str) -> bool:
    """Whether a folded form commands; "смените" does, though it may also foretell."""
    found = readings(form)
    return bool(found) and ("impr" in found[0][1] or any({"impr", "plur"} <= mood for _, mood, _ in found))


def _demands(text: Text) -> list[_Demand]:
    asked = _PLEASE.sub(lambda _: " ", text.written, text.holding)
    plain = text if asked == text.written else looked_through(asked)
    orders = _orders(plain)
    return [*(_ordered(plain, orders) if orders else ()), *_explanations(text)]


def _orders(text: Text) -> list[int]:
    """The places among the words of the verbs of work that command, or may do so where somebody begs."""
    if not _WORK.met(text.holding):
        return []
    said, starts, _ = tokens(text.written)
    near = [range(bisect_left(starts, start), bisect_left(starts, end)) for start, end in text.places(_WORK)]
    verbs = [at for at in chain.from_iterable(near) if not said[at].lemmas.isdisjoint(_VERBS)]
    begging = _BEGS.search(text.folded, text.holding) is not None
    return [at for at in verbs if imperative(said[at].form) or (begging and _infinitive(said[at]))]


def _ordered(plain: Text, verbs: Sequence[int]) -> Iterator[_Demand]:
    """What is demanded by verbs at these places among the words of a text."""
    text, said = plain.written, tokens(plain.written)
    begging = [mark.start() for mark in _BEGS.finditer(plain.folded, plain.holding)]
    lost = _LOST.search(plain.folded, plain.holding) is not None
    at = sentence = end = 0
    while at < len(verbs):
        clause = _clause_at(text, said.starts[verbs[at]], end)
        start, end = clause.span()
        sentence = _behind_last(_ENDS, text, sentence, start)
        begged = any_within(begging, sentence, end)
        first, last = bisect_left(said.starts, start), bisect_left(said.starts, end)
        while at < len(verbs) and verbs[at] < last:
            verb = verbs[at]
            before = said.words[max(first, verb - _LONGEST) : verb]
            after = said.words[verb + 1 : min(last, verb + _LONGEST)]
            chosen = at > 0 and said.starts[verbs[at - 1]] >= sentence and _or_else(said.words[verbs[at - 1] : verb])
            for demand in _demanded(said.words[verb], before, after, clause[0].strip(), begged=begged):
                if not chosen:
                    yield demand._replace(lost=_is_lost(demand, lost=lost))
            at += 1


def _or_else(between: Sequence[Spoken]) -> bool:
    """Whether what follows these words is another way out: the last word that joins is an "или"."""
    return next((word.form in _ALTERNATIVE for word in reversed(between) if word.form in _JOINS), False)


def _is_lost(demand: _Demand, *, lost: bool) -> bool:
    return lost and demand.kind == "money" and demand.verb in _BACK and not demand.objects & _REST


def _clause_at(text: str, place: int, since: int) -> re.Match[str]:
    """The clause that the word at a place belongs to, where another clause ends at `since`.

    Clauses begin behind a mark, or behind an "и" that stands alone.
    """
    clauses = _CLAUSE.finditer(text, _behind_last(_MARKS, text, since, place))
    return next(clause for clause in clauses if clause.end() > place)


def _behind_last(marks: str, text: str, since: int, place: int) -> int:
    """Behind the last of these marks between two places; the first place where there is none."""
    return max(since, max([text.rfind(mark, since, place) for mark in marks]) + 1)


def _demanded(
    verb: Spoken, before: Sequence[Spoken], after: Sequence[Spoken], clause: str, *, begged: bool
) -> Iterator[_Demand]:
    kind = _kind(verb.lemmas)
    if imperative(verb.form) or (begged and _infinitive(verb)):
        objects = _objects(after) or _objects(before)
        if kind == "wish":
            kind, objects = ("limit", objects) if objects & _LIMITS else (kind, objects - _CONTACTS)
        if (objects or kind in _BELONG) and (kind != "paper" or objects & _PAPERS):
            yield _Demand(kind, verb.lemma, objects, clause)


@kept(1_024)
def _kind(lemmas: frozenset[str]) -> str:
    """The kind of work of a verb of work."""
    return next(kind for kind, verbs in _KINDS.items() if lemmas & verbs)


def _explanations(text: Text) -> list[_Demand]:
    """Where the desk is told to explain how something else is done; of what the same thing needs it is no work."""
    found = []
    for mark in _ASKED.finditer(text.folded, text.holding):
        asked = _SENTENCE_END.split(text.written[mark.end() :], maxsplit=1)[0]
        objects = _objects(tokens(asked).words) - _PAPERWORK
        if objects:
            found.append(_Demand("how", "", objects, asked.strip()))
    return found


def _infinitive(word: Spoken) -> bool:
    found = readings(word.form)
    return bool(found) and "INFN" in found[0][1]


def _objects(following: Sequence[Spoken]) -> frozenset[str]:
    """The nouns and foreign words after a verb."""
    return frozenset([word.lemma for word in following if _names_a_thing(word.form)]) - _VAGUE


@kept(16_384)
def _names_a_thing(form: str) -> bool:
    found = readings(form)
    if not found:
        return form.isascii() and not form.isdigit()
    return any("NOUN" in kinds and score > _LIKELY for _, kinds, score in found)
