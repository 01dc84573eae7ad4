"""What a customer tells only to say that it is no trouble, or no longer: "деньги не пропали", "блокировку уже сняли".

The words of trouble stand in it like in any complaint, so lists of words take it for one. The trap is the trouble that
is half over ("вернули, но не всё"): where anything is held against it, the sentence stays as it is.
"""

import re

from mailtriage.language.holding import ALL, Needs
from mailtriage.language.text import STATEMENT
from mailtriage.language.words import EXAMINED, fold

_CLAUSE = re.compile(r"[^,;:—–()]+(?:[,;:—–()]+|$)")
_BACK = r"(?:верн\w+|возвра\w+|возмещ\w+|компенсац\w+|денег|деньги|назад|обратно)"
_WANT = r"(?:прошу|требую|хочу|надо|нужно|нужны|жду|добиваюсь|собираюсь)"
_DENIED = re.compile(
    r"\b(?:ничего|никто)\b.{0,25}\bне (?:спис|сним|снял|пропа|блокир|заблок|закры|украл|трог|тронул|случил|задерж"
    r"|потерял|удерж|взлом)"
    r"|\bне (?:пропа(?:л|дал)\w*|исчез\w*|потерял\w*) ничего\b"
    r"|\b(?:деньг\w+|сумма|средства|все|платеж\w*|перевод\w*)\b.{0,20}\bне (?:пропа(?:л|дал)|исчез|терял|потерял)"
    r"|\b(?:кошелек|аккаунт|профиль|меня|карт[ау])\b.{0,15}\bне (?:блокир|заблокир|закрыва|взламыв)"
    rf"|\b(?<!почему )не {_WANT} (?:\w+ ){{0,2}}{_BACK}\b|\b{_BACK}\b(?: \w+){{0,2}} не {_WANT}\b"
    rf"|\bне {_BACK} (?:\w+ )?{_WANT}\b|\bничего не {_WANT}\b|\bне {_WANT} ничего\b"
    r"|\b(?:деньги|все|средства|остаток|сумма)\b(?: \w+){0,2} (?:на месте|целы?|в порядке|дошл[аои]"
    r"|в сохранности)\s*\W*$"
    r"|\b(?:nothing (?:is|was) (?:missing|lost)|not asking for (?:a )?(?:refund|money))\b"
)
_PEACEFUL = re.compile(
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
    r"|(?:деньги|все|перевод|платеж|они|оно|он)(?: \w+){0,2} (?<!не )(?:пришли|пришло|пришел|дошли|дошло|дошел"
    r"|зачислили|нашлись|проходят))"
)
_OVER = re.compile(
    rf"\b{_THEN}\b.{{0,40}}\b{_GOOD}\b|\b{_GOOD}\b.{{0,30}}\b(?:{_THEN}|за (?:день|неделю|час))\b"
    rf"|\b{_GOOD}\b.*\b(?:спасибо|вопрос\w* (?:закрыт|нет|решен)|все честно|не в обиде|благодар\w+)\b"
    rf"|\b(?:спасибо|благодар\w+)\b.*\b{_GOOD}\b"
)
_STILL = re.compile(
    r"\b(?:но|однако|только|кроме|часть|частично|опять|снова|теперь|не вс[еюя]|не вернул\w*|не приш\w+|не дош\w+"
    r"|не хватает|вместо|если|когда(?!-)|чтобы|через вас|к вам|обеща\w+|должн\w+|говор\w+|пиш\w+|сказал\w*|якобы"
    r"|до сих пор|будто|меньше|прошу|верните)\b|\?"
)
_OF_GOOD = (
    "вернул", "решил", "пришл", "прише", "дошл", "доше", "сняли", "разобрались", "разблокировали", "разморозили",
    "наладил", "уладил", "зачислили", "нашлись", "проходят",
)  # fmt: skip
"""One of these is in whatever `_OVER` finds."""
_OF_NOTHING = (
    "не ", "претензи", "на месте", "цел", "в порядке", "дошл", "в сохранности", "nothing ", "not asking",
    "no complaint",
)  # fmt: skip
"""The same of `_DENIED` and `_PEACEFUL`."""
_SPEAKS_OF_GOOD = Needs(lambda: [frozenset(_OF_GOOD)])
_SPEAKS_OF_NOTHING = Needs(lambda: [frozenset(max(said.split(), key=len) for said in _OF_NOTHING)])


def unsettled(text: str, holding: int = ALL) -> str:
    """The text without what its writer says is no trouble or over; all of it where nothing else would be left.

    `holding` is what the text holds at most (`holding.held`), if that is known.
    """
    return _kept(text, holding, drop_peaceful=True)


def undenied(text: str, holding: int = ALL) -> str:
    """The same for what is asked, where it counts that somebody does not complain."""
    return _kept(text, holding, drop_peaceful=False)


def _kept(text: str, holding: int, *, drop_peaceful: bool) -> str:
    of_good = _OF_GOOD if _SPEAKS_OF_GOOD.met(holding) else ()
    of_nothing = _OF_NOTHING if _SPEAKS_OF_NOTHING.met(holding) else ()
    if not of_good and not of_nothing:
        return text
    kept, at = list[str](), 0
    for sentence in STATEMENT.finditer(fold(text[:EXAMINED])):
        said, (start, end) = sentence[0], sentence.span()
        if any(map(said.__contains__, of_good)) and _OVER.search(said) and not _STILL.search(said):
            kept.append(text[at:start])
            at = end
        elif any(map(said.__contains__, of_nothing)):
            kept += (text[at:start], _without(text[start:end], said, drop_peaceful=drop_peaceful))
            at = end
    rest = "".join(kept) + text[at:]
    return rest if any(map(str.isalpha, rest)) else text


def _without(sentence: str, folded: str, *, drop_peaceful: bool) -> str:
    """A sentence without the clauses that speak of no trouble."""
    if not _of_no_trouble(folded, drop_peaceful=drop_peaceful):
        return sentence
    return "".join(
        sentence[clause.start() : clause.end()]
        for clause in _CLAUSE.finditer(folded)
        if not _of_no_trouble(clause[0], drop_peaceful=drop_peaceful)
    )


def _of_no_trouble(folded: str, *, drop_peaceful: bool) -> bool:
    return bool(_DENIED.search(folded) or (drop_peaceful and _PEACEFUL.search(folded)))
