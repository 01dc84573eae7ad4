"""What a customer tells only to say that it is no trouble, or no longer: "деньги не пропали", "блокировку уже сняли".

The words of trouble stand in it like in any complaint, so lists of words take it for one. The trap is the trouble that
is half over ("вернули, но не всё"): where anything is held against it, the sentence stays as it is.
"""

import re
from collections.abc import Iterable, Sequence

from mailtriage.language.sparse import Sparse, sparse
from mailtriage.language.text import Sentence, looked_through

_CLAUSE = re.compile(r"[^,;:—–()]+(?:[,;:—–()]+|$)")
_BACK = r"(?:верн\w+|возвра\w+|возмещ\w+|компенсац\w+|денег|деньги|назад|обратно)"
_WANT = r"(?:прошу|требую|хочу|надо|нужно|нужны|жду|добиваюсь|собираюсь)"
_DENIED = sparse(
    r"\b(?:ничего|никто)\b.{0,25}\bне (?:спис|сним|снял|пропа|блокир|заблок|закры|украл|трог|тронул|случил|задерж"
    r"|потерял|удерж|взлом)"
    r"|\bне (?:пропа(?:л|дал)\w*|исчез\w*|потерял\w*) ничего\b"
    r"|\b(?:деньг\w+|сумма|средства|все|платеж\w*|перевод\w*)\b.{0,20}\bне (?:пропа(?:л|дал)|исчез|терял|потерял)"
    r"|\b(?:кошелек|аккаунт|профиль|меня|карт[ау])\b.{0,15}\bне (?:блокир|заблокир|закрыва|взламыв)"
    rf"|\b(?<!почему )не {_WANT} (?:\w+ ){{0,2}}{_BACK}\b|\b{_BACK}\b(?: \w+){{0,2}} не {_WANT}\b"
    rf"|\bне {_BACK} (?:\w+ )?{_WANT}\b|\bничего не {_WANT}\b|\bне {_WANT} ничего\b"
    r"|\b(?:деньги|все|средства|остаток|сумма)\b(?: \w+){0,2} (?:на месте|целы?|в порядке|дошл[аои]"
    r"|в сохранности)\s*\W*$"
    r"|\b(?:nothing (?:is|was) (?:missing|lost)|not asking for (?:a )?(?:refund|money))\b",
    words=lambda: [
        frozenset(("не", "месте", "цел", "целы", "порядке", "дошла", "дошло", "дошли", "сохранности", "nothing", "not"))
    ],
)
_PEACEFUL = sparse(
    r"\b(?<!что )претензи[йяи]\b(?: \w+){0,3} (?:не имею|нет|никаких|не было)"
    r"|\b(?:никаких|нет|не имею|без)(?: \w+)? претензий\b"
    r"|\bне (?:жалоба|претензия|жалуюсь|жаловаться|ругаться|ругаюсь|скандалю|возмущаюсь|скандалить)\b"
    r"|\bне в обиде\b|\bno complaints?\b"
)
_THEN = (
    r"(?:через|за (?:день|два|неделю|час|сутки|минуту)|в тот же|на следующий|потом|позже|уже|в итоге|все-таки|все таки"
    r"|наконец|быстро|сразу|давно)"
)
_GOOD = (
    r"(?<!не )(?:вернули(?:сь)?|вернулось|вернулась|разблокировали|разморозили|разобрались|решил[оаи](?:сь)?"
    r"|наладил[оаи]сь|уладил[иао](?:сь)?|сняли (?:блок\w*|огранич\w+|арест\w*|запрет\w*)"
    r"|(?:блокировк[уи]|ограничени[ея]|арест|запрет|ее|его|их)(?: \w+)? сняли"
    r"|(?:деньги|все|перевод|платеж|они|оно|он)(?:, котор[^,.!?]{1,60},)?(?: \w+){0,2} (?<!не )(?:пришли|пришло|пришел"
    r"|дошли|дошло|дошел|зачислили|нашлись|проходят))"
)
_OVER = sparse(
    rf"\b{_THEN}\b.{{0,40}}\b{_GOOD}\b|\b{_GOOD}\b.{{0,30}}\b(?:{_THEN}|за (?:день|неделю|час))\b"
    rf"|\b{_GOOD}\b.*\b(?:спасибо|вопрос\w* (?:закрыт|нет|решен)|все честно|не в обиде|благодар\w+)\b"
    rf"|\b(?:спасибо|благодар\w+)\b.*\b{_GOOD}\b"
)
_STILL = re.compile(
    r"\b(?:но|однако|только|кроме|часть|частично|опять|снова|теперь|не вс[еюя]|не вернул\w*|не приш\w+|не дош\w+"
    r"|не хватает|вместо|если|когда(?!-)|чтобы|через вас|к вам|обеща\w+|должн\w+|говор\w+|пиш\w+|сказал\w*|якобы"
    r"|до сих пор|будто|меньше|прошу|верните)\b|\?"
)


def unsettled(text: str) -> str:
    """The text without what its writer says is no trouble or over; all of it where nothing else would be left."""
    rest = _without(text, (_DENIED, _PEACEFUL))
    return rest if any(map(str.isalpha, rest)) else text


def undenied(begun: str, asked: Sequence[Sentence]) -> str:
    """The same of what is asked, one sentence a line, and of what stands above it.

    Here it counts that somebody does not complain.
    """
    left = (_left(sentence.written.strip(), sentence.said.strip(), sentence.holding, (_DENIED,)) for sentence in asked)
    rest = _below(_without(begun, (_DENIED,)), left)
    return rest if any(map(str.isalpha, rest)) else _below(begun, (sentence.written.strip() for sentence in asked))


def _below(begun: str, asked: Iterable[str]) -> str:
    return f"{begun}\n" + "\n".join(asked)


def _without(text: str, no_trouble: Sequence[Sparse]) -> str:
    here = looked_through(text)
    if not any(pattern.may_be_in(here.holding) for pattern in (_OVER, *no_trouble)):
        return text
    kept, at = list[str](), 0
    for sentence in here.statements:
        kept += (text[at : sentence.start], _left(sentence.written, sentence.said, sentence.holding, no_trouble))
        at = sentence.end
    return "".join(kept) + text[at:]


def _left(sentence: str, folded: str, holding: int, no_trouble: Sequence[Sparse]) -> str:
    """What is left of a sentence that holds this at most."""
    if _OVER.search(folded, holding) and not _STILL.search(folded):
        return ""
    if not _says(no_trouble, folded, holding):
        return sentence
    clauses = [clause for clause in _CLAUSE.finditer(folded) if not _says(no_trouble, clause[0], holding)]
    return "".join([sentence[clause.start() : clause.end()] for clause in clauses])


def _says(no_trouble: Sequence[Sparse], folded: str, holding: int) -> bool:
    return any(pattern.search(folded, holding) for pattern in no_trouble)
