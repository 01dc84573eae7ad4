"""Whether a subject says by itself what its writer wants, so that an empty letter beneath it can be answered.

The trap is the subject that only announces: "Фото", "вопрос по оплате", "Прошу рассмотреть обращение" tell nothing
without the letter, and the subject of a reply is its thread's. So a matter must be named, and asked or told of.
"""

import re
from functools import lru_cache

from mailtriage.language.by_word import kept
from mailtriage.language.demands import imperative
from mailtriage.language.legibility import judge
from mailtriage.language.words import known, readings, tokens

_OF_THE_THREAD = re.compile(r"\s*(?:re|fwd?|fw|aw|ha|отв|ответ|на|пересл\w*)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


_OPENS = _words("как где куда откуда когда почему зачем сколько можно чем какой какая какие какую какое какова")
_ENGLISH_OPENS = _words("how where when why can could what which is do does please i my")
_ANNOUNCING = _words(
    """
    помочь помогать прошу просить просьба вопрос обращение письмо сообщение читать прочитать прочесть ответить ответ
    посмотреть смотреть глянуть рассмотреть проверить разобраться решить принять открыть ознакомиться увидеть фото
    фотография чек документ скан вложение вложить приложить прикрепить файл скрин скриншот картинка паспорт справка
    поддержка служба добрый день здравствовать здравствуйте подсказать сказать объяснить уточнить узнать хотеть быть
    мочь мой ваш это весь срочно пожалуйста тема проблема ситуация дело помощь связаться позвонить написать выслать
    прислать отправить высылать направлять отправлять присылать
    """
)
"""Words of a letter about itself, its files and its reader."""
_NOTHING_WRITTEN = frozenset(("", "empty", "punctuation alone"))
_CONTENT = frozenset(("NOUN", "VERB", "INFN", "ADJS", "PRTS"))
_FINITE = frozenset(("past", "pres", "futr"))
_LEAST = 2
_LEAST_ENGLISH = 4
_LONGEST = 300


def stands_for_the_letter(subject: str, because: str) -> bool:
    """Whether the subject is what can be read of a letter that is illegible `because` of this."""
    return because in _NOTHING_WRITTEN and says_what_is_wanted(subject)


@lru_cache(maxsize=1024)
def says_what_is_wanted(subject: str) -> bool:
    """Whether a subject asks, orders or tells a matter of its own."""
    if len(subject) > _LONGEST or _OF_THE_THREAD.match(subject):
        return False
    found = judge(subject)
    forms = [word.form for word in tokens(found.readable).words]
    if not found.legible or len(forms) < _LEAST:
        return False
    asks = subject.rstrip().endswith("?")
    if found.script == "english":
        return len(forms) >= _LEAST_ENGLISH and (asks or forms[0] in _ENGLISH_OPENS)
    matter = sum(map(_matters, forms))
    if not _OPENS.isdisjoint(forms[:3]):
        return matter >= _LEAST - asks
    told = asks or any(map(_tells, forms))
    return told and matter >= _LEAST


@kept(16_384)
def _matters(form: str) -> bool:
    """Whether it is a noun or a verb of some matter outside the letter."""
    found = readings(form)
    if not found or not known(form):
        return False
    return bool(_CONTENT & found[0][1]) and not all(lemma in _ANNOUNCING for lemma, _, _ in found)


@kept(16_384)
def _tells(form: str) -> bool:
    """Whether it is a verb that orders or tells what happens."""
    found = readings(form)
    return imperative(form) or (known(form) and bool(found) and "VERB" in found[0][1] and bool(_FINITE & found[0][1]))
