"""The separate requests in one message.

The trap is to count question marks: a customer asks "why?" and "when?" and "unblock me!" about one thing, and that is
one request. Two are counted where the writer himself counts or adds ("1. 2.", "а) б)", "и второе", "а заодно", "ещё
вопрос"), or where he asks two questions that share no subject, both of them questions in their own right.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from mailtriage.language import demands, lexicon, listed, questions
from mailtriage.language.cards import masked
from mailtriage.language.holding import Needs
from mailtriage.language.questions import ASKS, LITTLE, PROCEDURE, follows_up, subjects
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Sentence, Text, any_within, looked_through
from mailtriage.language.words import fold, readings, tokens

_LONGEST = 200
_ITEM = re.compile(r"(?:^|(?<=[\s:;,.(]))(\d{1,2}|[а-еa-e])(?:[.)]|\s[-–—])(?:\s|(?=[А-ЯЁ]))", re.MULTILINE)
_FIRST_ITEM = sparse(r"(?:^|[\s:;,.(])[1аa](?:[.)]|\s[-–—])", re.MULTILINE, words=lambda: [frozenset("1аa")])
"""With it a list begins that counts; looked for first, for it is seldom there."""
_BULLETS = "-–—*•·"
_BULLET = re.compile(rf"^[ \t]*[{_BULLETS}][ \t]+(?=\S)", re.MULTILINE)
_ADDS = sparse(
    r"\b(?:(?:и|а|,)\s+)?(?:второе|во[- ]вторых|второй вопрос|вторая просьба|в[- ]третьих|третье)\b(?=[\s,:])"
    r"|\b(?:и|а)?\s?ещ[её] (?:один )?(?:вопрос\w*|просьб\w*|момент|пожелани\w+|так\w+ вопрос|хоте\w+|прошу|"
    r"подскажите|скажите|интересует|хочу|хочется|не могу|не получается|одна просьба|один момент|одно)\b"
    r"|\bа?\s?заодно\b|\bпопутно\b|\bи отдельно\b|\bотдельн\w+ (?:вопрос|просьб|прошу)\w*|\bкроме того\b|"
    r"\bпомимо (?:этого|того)\b|\bтакже (?:прошу|просим|просьба|хочу|хотел\w*|подскажите|"
    r"скажите|интересует|нужн\w+|пришлите|сообщите|сделайте|поменяйте|измените|отключите|добавьте)\b|"
    r"\bи другое:|\bдруг(?:ой вопрос|ая просьба|ая история)\b|(?<=[.!?] )потом об?\b|"
    r"\b(?:there is )?another,? (?:\w+ )?thing\b|\bтеперь о друго\w+\b|"
    r"\b(?:история|часть|дело) (?:первая|вторая|первое|второе)\b|"
    r"\bи (?:ещ[её] )?(?:последнее|напоследок)\b|\bпараллельно\b"
    r"|\bи ещ[её],? (?:как|где|куда|когда|почему|можно|сколько|как\w+|я (?:забыл|потерял|хо[тч]|не могу|не знаю)\w*)\b"
    r"|\bа ещ[её],? (?:как|где|когда|почему|можно|сколько|прошу|подскажите|скажите|хочу|верните|отключите|уберите|"
    r"пришлите|сделайте|поменяйте)\b|\bеще просим\b|\bи еще просим\b"
    r"|\bвдогонку\b|\bдо кучи\b|\bв придачу\b|\bраз уж пишу\b|\bпользуясь случаем\b|\bотдельным пунктом\b|"
    r"\b(?:и|а) (?:ищ[ёео]|ишо|исчо)\b|\bи сразу (?:вопрос|просьба|же)\b|\b[иа] ч[её] (?:по|с|там)\b|"
    r"\bи последн\w+ вопрос\b"
    r"|(?<=[.!?] )(?:и|а) (?:можно|как|где|сколько|куда|какой|какая|какие|нельзя|подскажите|объясните|скажите)\b"
    r"|(?<=[.!?] )and (?:how|what|where|can|could|is|are|do|does|which|roughly)\b"
    r"|(?<=[.!?,] )(?:и|а) еще\b(?! (?:раз|не|нет|и|один раз|долго|больше|сколько|хуже|лучше|называ\w+)\b)"
    r"|(?<=[.!?] )кстати,? (?=(?:как|где|когда|можно|сколько|есть ли|какая|какой|какие|подскажите|скажите)\b)"
    r"|\b(?:первая|первое|вторая|второе|третья|третье)(?: беда| просьба| проблема)?[.:](?=\s)"
    r"|\b(?:вопрос|просьба|проблема|пункт|момент|жалоба|пожелание) (?:втор\w\w|трет\w\w|номер два|номер 2)\b"
    r"|(?<=[.!?] )следующ\w+ (?:вопрос|просьба|пожелание|проблема)\b|(?<=[.!?;] )два[:.](?=\s)"
    r"|(?<=[.!?,;][ \n])(?:p\. ?s|ps)\b"
    r"|(?<=[.!?,;] )плюс,? (?=(?:прошу|хочу|как|где|можно|подскажите|скажите|не могу|нужн\w+)\b)"
    r"|(?<=[.!?] )also,? (?=(?:please|is|are|can|could|may|do|does|how|what|where|which|i (?:want|need|would))\b)"
    r"|\bбеда (?:первая|вторая|третья)\b|\bwhile you(?: are|'re) at it\b"
    r"|\b(?:secondly|another question|one more (?:question|thing)|and also|besides)\b"
)
_COUNTS_OUT = re.compile(r"(?:беда|история|часть|дело) |(?:перв|втор|треть)\w*:|(?:there is )?another\b")
"""A part that is counted out is a matter, however it is worded."""
_COUNTED_FROM = ("первое.", "первая.")
_COUNTED_ON = re.compile(r"(?:перв|втор|трет)\w*\.")
"""So it is below a title, where the count begins with the first: "Я за второе." counts nothing."""
_TROUBLE = re.compile(
    r"\bне (?:\w+ )?\w+(?:л|ло|ла|ли|лся|лось|ет|ит|ут|ют|ется|ится)\b|\bспис\w+|\bукра\w+|\bпропал\w*|"
    r"\bне \w+(?:ны|но|на)\b|\b(?:крутится|висит|завис\w*|потеря\w+|затеря\w+|исчез\w*|застря\w+)\b|"
    r"\b(?:never (?:arrived|came|reached)|(?:not|n't) (?:been )?(?:arrive|credit|receive|come)\w*|missing|lost|stuck)\b"
)
"""Who tells a trouble and then adds a request has two."""
_ORDERS = re.compile(
    r"\b[аи] также,? (?=\w+(?:ть|ти|[иь]те|йте)\b)"
    r"|(?<=[.!?] )и (?!не (?:поду|дума|сомнев|забуд|молч|тян|оскорб|обиж|серд|руга|волну|бой|вини|осуж))"
    r"(?=(?:\w+ ){0,4}\w+(?:[иь]те|йте)\b)"
)
"""An order that is added by a new sentence: "Включите обратно. И почту исправьте"."""
_MAY_ORDER = (" также ", ". и ", "! и ", "? и ")
"""Of which one is wherever there is one."""
_BEGS = sparse(
    r"\b(?:прошу|просим|просьба|хочу|хотел\w*|хотим|нужн\w+|необходимо|требую|требуем|подскажите|скажите|"
    r"объясните|поясните|уточните|предлагаю|интересует|ищем|ищет|готовы|был[аи]? бы рад\w*|please|need to|want to|"
    r"(?!если)\w+ли бы|(?:send|chase|check|tell|give|look|explain) (?:me|it|us|into|at|with|that))\b"
)
_COUNTS = sparse(
    r"\b(?:два|две|двум|двух|двумя|три|трем|трех|несколько|нескольким|пара|пару|2|3|4) "
    r"(?:\w+(?:ых|их|ые|ие) )?"
    r"(?:вопрос\w*|просьб\w*|проблем\w*|момент\w*|дел\w*|вещи|вещей|темы?|пункт\w*|предложени\w*|пожелани\w*|истори\w*|беды?|расхождени\w*|"
    r"замечани\w*|жалоб\w*)\b"
    r"|\b(?:оба|обоих|обоими|обоим) (?:вопрос\w*|дел\w*|момент\w*|случа\w*)"
    r"|\b(?:обе|обеим|обеими) (?:просьб|проблем)\w*"
    r"|\b(?:two|several|a few|couple of|three) (?:questions|requests|issues|problems|things)\b"
)
"""The writer says himself how many matters he has."""
_WISHES = re.compile(
    r"\b(?:было бы|хотелось бы|хорошо бы|предлагаю|предложени\w*|прошу|просьбы|нужно|please|suggest)\b"
)
"""Before a list: each of its items is then a wish, however it is worded."""
_ENGLISH_PAIR = sparse(r"\b(?:need|want|would like|please)\b[^.!?\n]{0,80}\band (?:also )?to\b")
_TELL = re.compile(r"\b(?:подскажите|скажите|хотел\w* бы узнать|хотелось бы узнать|интересует)\b")
_INFORM = re.compile(r"\b(?:как|можно ли|возможно ли|есть ли|куда|где|какой|какая|какие)\b.*\?", re.DOTALL)
_TELLS = Needs(lambda: [frozenset(("скажите", "узнать", "интересует"))])
"""In whatever `_TELL` finds."""
_RHETORICAL = re.compile(
    r"\b(?:неужели|разве|сколько можно|доколе|как так|как же|как такое|как можно|как вы)\b|\bкогда\b"
)
_LONG_LETTER = 250
"""Characters; in a shorter one a question after a demand is about the demand."""
_MOST = 20


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that is asked for, in the writer's words, shortened to at most 200 characters."""

    text: str


_ANSWERS = re.compile(r"\s*(?:re|fwd?|aw|отв|ответ|на)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_ONWARD = re.compile(
    r"(?:[.!?,;\s]|\b(?:а|и|также|заодно|also|and)\b)*"
    r"(?:(?:сообщите|напишите|скажите|подскажите|объясните|поясните|укажите|уточните|ответьте)[,\s]+"
    r"(?:мне |нам |пожалуйста,? )?(?:когда|(?:в )?как(?:ие|ой|ов) срок\w*|срок\w*|о сроках|дату|"
    r"(?:по какой )?причин\w*|о решении|о результат\w*)"
    r"|when|why|how long|how soon)\b"
)
"""Asks for the date or the reason of what was asked for before."""


def find_requests(text: str, subject: str = "") -> tuple[Request, ...]:
    """The requests in their order, at least one if legible; why and unblock, or a refund and an apology, are one.

    In the subject the writer may say how many he has; that of an answer is about what was before.
    """
    here = looked_through(text)
    if not any(map(str.isalpha, here.written)):
        return ()
    parts = (
        _enumerated(here)
        or _added(here)
        or questions.different(here)
        or questions.in_one_breath(here)
        or demands.separate(here)
        or _question_at_the_end(here)
        or _counted(here)
        or _told_above(subject, here)
        or [here.written]
    )
    return tuple(Request(" ".join(masked(part).split())[:_LONGEST]) for part in parts[:_MOST])


def _enumerated(letter: Text) -> list[str]:
    """The items of a list that the writer numbered or marked, if what they hold are requests."""
    text = letter.written
    marks = list(_ITEM.finditer(text)) if _FIRST_ITEM.search(text, letter.holding) else []
    bullets = _BULLET.finditer(text) if any(map(letter.pieces.__contains__, _BULLETS)) else ()
    run = _ascending(marks) or list(bullets)
    ends = [*(mark.start() for mark in run[1:]), len(text)]
    items = [text[mark.end() : end] for mark, end in zip(run, ends, strict=False)]
    wished = bool(run) and bool(_WISHES.search(fold(text[: run[0].start()])))
    if not items and not (items := listed.numbered(letter)):
        items, wished = listed.wished(letter), True
    asking = [item for item in items if wished or _asks(item)]
    several = len(asking) > 1 and 2 * len(items) <= 3 * len(asking)
    own = [item for at, item in enumerate(asking) if not at or not follows_up(tokens(item).words, fold(item))]
    return asking if several and len(set(map(_about, own))) > 1 else []


def _ascending(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """The marks that count 1, 2, 3 or а, б, в from the beginning."""
    for sequence in ("1 2 3 4 5 6 7 8 9 10".split(), list("абвгде"), list("abcde")):  # noqa: SIM905 - as it is counted
        run: list[re.Match[str]] = []
        for mark in marks:
            if len(run) < len(sequence) and mark[1].lower() == sequence[len(run)]:
                run.append(mark)
        if len(run) > 1:
            return run
    return []


def _added(text: Text) -> list[str]:
    """What stands before and after a word with which the writer himself adds a request."""
    written, folded, holding = text.written, text.folded, text.holding
    if len(parts := _parts(text)) > 1:
        counted = any(fold(part).startswith(_COUNTED_FROM) for part in parts)
        asking = [
            part for at, part in enumerate(parts) if _asks(part) or _tells_of(part, first=not at, counted=counted)
        ]
        if len(asking) > 1 and not _same_matter(asking[0], asking[1]):
            return asking
    if found := _ENGLISH_PAIR.search(folded, holding):
        return [found[0], written[found.end() :]]
    for order in _ORDERS.finditer(folded) if any(map(folded.__contains__, _MAY_ORDER)) else ():
        before, after = written[: order.start()], written[order.start() :]
        if _asks(before) and not demands.one_work(before, after) and not _same_matter(before, after):
            return [before, after]
    return []


def _tells_of(part: str, *, first: bool, counted: bool) -> bool:
    """Whether a part that asks nothing is a matter none the less: counted out, or the trouble at the beginning."""
    folded = fold(part)
    out = _COUNTS_OUT.match(folded) or (counted and _COUNTED_ON.match(folded))
    return bool(out or (first and _TROUBLE.search(folded)))


def _parts(text: Text) -> list[str]:
    """The text before each word that adds something, and behind the last."""
    marks = [mark.start() for mark in _ADDS.finditer(text.folded, text.holding)]
    return [text.written[start:end] for start, end in pairwise((0, *marks, len(text.written)))]


def _counted(text: Text) -> list[str]:
    """What follows the writer's own count, cut in two at the likeliest place."""
    mark = _COUNTS.search(text.folded, text.holding)
    if mark is None:
        return []
    before, rest = text.written[: mark.start()], text.written[mark.end() :]
    return _halves(rest if len(rest) > len(before) else before)


def _told_above(subject: str, text: Text) -> list[str]:
    """The letter cut in two, where its subject counts what is in it: "2 вопроса"."""
    above = looked_through(subject)
    counted = _COUNTS.search(above.folded, above.holding) is not None and not _ANSWERS.match(subject)
    return _halves(text.written) if counted else []


def _halves(rest: str) -> list[str]:
    """Two parts of nearly the same length, if it has any."""
    cuts = [cut.end() for cut in re.finditer(r"[.!?;\n]\s+|,?\s(?:и|а|and)\s", rest) if rest[cut.end() :].strip()]
    if not cuts:
        return []
    middle = min(cuts, key=lambda cut: abs(cut - len(rest) // 2))
    return [rest[:middle], rest[middle:]]


def _asks(part: str) -> bool:
    """Whether a part of a letter asks for something: a question, a request word, an imperative or a proposal."""
    folded = fold(part)
    if "?" in part or _BEGS.search(folded) or ASKS.search(folded):
        return True
    found = tokens(part).words
    moods = [readings(word.form)[0][1] for word in found if readings(word.form)]
    told = any("past" in mood and "VERB" in mood for mood in moods)
    return any(demands.imperative(word.form) for word in found) or any("INFN" in mood and not told for mood in moods)


def _question_at_the_end(text: Text) -> list[str]:
    """A long letter that demands one thing and then asks about another."""
    written, tells = text.written, _TELLS.met(text.holding)
    if len(written) < _LONG_LETTER or not (tells or "?" in written):
        return []
    sentences = text.statements
    questions = [at for at, sentence in enumerate(sentences) if _informs(sentence)]
    demanding = _demanding(text) if questions else len(sentences)
    for question in (sentences[at] for at in questions if at > demanding):
        said = tokens(written)
        own, known = subjects(said.between(question.start, question.end)), subjects(said.between(0, question.start))
        if len(own - known) > max(LITTLE, len(own & known)):
            return [written[: question.start], written[question.start :]]
    return []


def _informs(sentence: Sentence) -> bool:
    """Whether a sentence asks for something to be told that is not how to go on."""
    folded = sentence.said
    asks = (_TELLS.met(sentence.holding) and _TELL.search(folded)) or ("?" in folded and _INFORM.search(folded))
    return bool(asks and not _RHETORICAL.search(folded) and not PROCEDURE.search(folded))


def _demanding(text: Text) -> int:
    """The number of the first sentence that demands something, or how many there are."""
    places = demands.places(text)
    for at, sentence in enumerate(text.statements):
        if any_within(places, sentence.start, sentence.end) and demands.found(sentence.written):
            return at
    return len(text.statements)


def _about(item: str) -> frozenset[str]:
    return subjects(tokens(item[:_LONGEST]).words)


def _same_matter(one: str, other: str) -> bool:
    """Whether the second part only asks for an explanation, a date or an apology in the first's matter."""
    if _ONWARD.match(fold(other)):
        return True
    rest = subjects(tokens(other).words) - subjects(tokens(one).words) - lexicon.entries("filler.txt")
    return not rest
