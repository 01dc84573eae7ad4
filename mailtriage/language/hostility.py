"""Insults and threats of violence, and whether they are aimed at the reader or the staff.

The trap is the aim: "тупая система", "какие-то уроды взломали кабинет", "не держите меня за идиота" and "прокуратура
вас закроет" insult or threaten nobody here. An insult counts where it is a call by itself, or stands with a word for
the staff and not with one for the writer; a threat counts in the first person, or as a wish, and against a person.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from mailtriage.language import lexicon
from mailtriage.language.words import Word, fold, readings, words

_SENTENCE = re.compile(r"[^.!?…\n;]+[.!?…\n;]*")
_BREAK = re.compile(r"^[\s,.!?…;:()«»\"“”–—-]*$")
_VICTIM = frozenset(
    (
        "я",
        "мы",
        "себя",
        "клиент",
        "игрок",
        "пользователь",
        "человек",
        "муж",
        "жена",
        "сын",
        "дочь",
        "сосед",
        "друг",
        "брат",
        "людь",
    )
)
_OTHERS = frozenset(
    (
        "мошенник",
        "хакер",
        "вор",
        "взломщик",
        "аферист",
        "злоумышленник",
        "какой-то",
        "некий",
        "кто-то",
        "букмекер",
        "судья",
        "футболист",
        "тренер",
    )
)
_PLACE = frozenset(("там", "тут", "здесь", "одни", "один", "сидеть", "работать", "набрать", "понабрать"))
_WINDOW = 9
_NEAR = 3

_DISMISSAL = re.compile(
    r"\bчтобы? (?:вы|ты|вас|тебя|вам|тебе)\b[^.!?\n]{0,30}\b(?:сдох|подох|сгнил|сгин|провалил|разорвал|околе|"
    r"удавил|гор[ея]л)\w*"
    r"|\b(?:сдохн(?:и|ите)|подохн(?:и|ите)|горите в аду|гори в аду|убейтесь|убейся|удавитесь|заткнись|заткнитесь)\b"
    r"|\b(?:ид[ии]те?|пош[её]?л[иа]?|валите?|катитесь|засуньте?|засунь)\b[^.!?\n]{0,40}\b(?:жоп|задниц|анус|очко|"
    r"сраку)\w*"
    r"|\bпош[её]?л[иа]? (?:вы|ты|вон|нах\w*)\b|\b(?:закрой|закройте|завали|завалите)\b[^.!?\n]{0,12}\b(?:рот|"
    r"пасть|хлебал\w+|варежку)\b"
    r"|\bруки[^.!?\n]{0,15} из (?:жопы|задницы|задниц)\b|\b(?:плюю|плевать|харкнуть|насрать|срать|"
    r"нассать)\b[^.!?\n]{0,20}\b(?:вам в|на вас|вас всех|вам на)\b"
    r"|\b(?:целуйте|поцелуйте|лижите|вылижите)\b[^.!?\n]{0,25}\b(?:зад|жопу|задницу)\b"
)
_PEOPLE = (
    r"(?:вас|тебя|вам|тебе|ваш\w*|твой|твою|твои\w*|всех|каждого|его|ее|их|им|ей|ему|оператор\w*|сотрудник\w*|"
    r"менеджер\w*|директор\w*|"
    r"работник\w*|офис\w*|контор\w*|здани\w*|голов[уы]|башк[уи]|ше[юи]|морд[уы]|рож[уи]|лиц[оа]|зуб[ыа]?|язык\w*|"
    r"яйц\w*|ног[иу]|рук[иу]|пальц\w+|кости|ребра|"
    r"хребет|глаза|кишки|семь[юе]|детей|детям)"
)
_HARM_ALONE = (
    r"закопа[юе]м?|зареж[уе]м?|пристрел[юи]м?|застрел[юи]м?|расстреля[юе]м?|прид[уу]ш[уи]м?|задуш[уи]м?|"
    r"изобь[юе]м?|искалеч[уи]м?|покалеч[уи]м?|"
    r"перереж[уе]м?|заминиру[юе]м?|четверту[юе]м?|прирежу|приреж[уе]м"
)
_HARM_AIMED = (
    r"убь[юе]м?|прибь[юе]м?|взорв[уе]м?|подорв[уе]м?|сожг[уe]|сожжем|подожг[уе]м?|спал[юи]м?|перелома[юе]м?|"
    r"слома[юе]м?|полома[юе]м?|оторв[уе]м?|отреж[уе]м?|"
    r"наб[ьи][юе]м?|разобь[юе]м?|выбь[юе]м?|порв[уе]м?|разорв[уе]м?|уро[юе]м?|грохн[уе]м?|замоч[уи]м?|"
    r"отпина[юе]м?|размаж[уе]м?|повеш[уе]м?|вырв[уе]м?|"
    r"выкол[юе]м?|сверн[уе]м?|откруч[уи]м?|прикончу|уничтожу|выпущу|пройдусь|вмажу|врежу|дам в"
)
_NOT_PEOPLE = r"(?!\W+(?:себя|время|трубку|карту|телефон|день|договор|счет|кошелек|жизнь|связь))"
_THREAT = re.compile(
    rf"\b(?:{_HARM_ALONE})\b{_NOT_PEOPLE}"
    rf"|\b(?:{_HARM_AIMED})\b{_NOT_PEOPLE}(?=[^.!?\n]{{0,40}}?\b{_PEOPLE}\b)"
    rf"|\b(?:вас|тебя|вам|тебе|всех|его|ее|их|ноги|руки|голову|башку|шею|морду|рожу|офис|контору|"
    rf"найд[уе]м?)\b[^.!?\n]{{0,25}}?\b(?:{_HARM_AIMED})\b{_NOT_PEOPLE}"
    r"|\b(?:встреч[уи]м?|подкараул[юи]м?|подстерег[уе]м?|подожд[уе]м?|жд[уи]|ждите|дождусь|выловлю|"
    r"поймаю)\b[^.!?\n]{0,40}\b(?:подъезд\w*|темном|переулк\w*|подворотн\w*|углом|дома вечером)\b"
    r"|\b(?:приед[уе]м?|прид[уе]м?|заявлюсь|подъеду|нагрян[уе]м?)\b[^.!?\n]{0,30}\bс (?:битой|битами|ножом|ружьем|"
    r"топором|бензином|канистрой|автоматом|кувалдой|пистолетом|парнями|пацанами|монтировкой)\b"
    r"|\b(?:знаю|узнаю|вычислю|найду|найдем|выясню)\b[^.!?\n]{0,20}\bгде (?:ты|вы|он|она)\b[^.!?\n]{0,20}\bжив\w+"
    r"|\b(?:найду|найдем|вычислю|выловлю|достану)\b[^.!?\n]{0,12}\b(?:тебя|вас|каждого|ее|"
    r"его)\b[^.!?\n]{0,40}\b(?:мало не покажется|пожале\w+|плохо будет|хуже будет|ответите|кров\w+|поплати\w+)"
    r"|\b(?:убить|убивать|расстрелять|расстреливать|повесить|вешать|сжечь|взорвать|закопать|перестрелять|прибить|"
    r"пристрелить|зарезать)\b[^.!?\n]{0,20}\b(?:вас|тебя|таких|ваш\w*)\b[^.!?\n]{0,20}\b(?:надо|мало|пора|нужно|"
    r"следует|бы)\b"
    r"|\b(?:вас|тебя|таких(?: как вы)?)\b[^.!?\n]{0,20}\b(?:надо|мало|пора|нужно|следует|"
    r"бы)\b[^.!?\n]{0,15}\b(?:убить|убивать|расстрелять|расстреливать|повесить|вешать|сжечь|взорвать|закопать|"
    r"перестрелять|прибить|пристрелить|зарезать)\b"
    r"|\b(?:вас|тебя|таких(?: как вы)?)\b[^.!?\n]{0,15}\b(?:убить|расстрелять|повесить|сжечь|взорвать|закопать|"
    r"перестрелять|пристрелить|зарезать)\b[^.!?\n]{0,12}\b(?:надо|мало|пора|нужно|следует|бы)\b"
    r"|\b(?:кровью|кровавыми)\b[^.!?\n]{0,15}\b(?:умо\w+|харка\w+|захлебн\w+|слезами)\b|\b(?:ходи|"
    r"ходите)\b[^.!?\n]{0,15}\bогляд\w+"
    r"|\bпол(?:учишь|учите|ожу)\b[^.!?\n]{0,15}\b(?:пулю|в морду|по морде|в рожу|по роже)\b|\bжив(?:ым|ыми|"
    r"ой) не (?:уйд|выйд)\w+"
)


def dismissals(text: str) -> Iterator[str]:
    """Wishes of death and orders to go where nobody goes, in a folded text."""
    for found in _DISMISSAL.finditer(text):
        yield found[0].strip()


def threats(text: str) -> Iterator[str]:
    """Threats of violence by the writer, in a folded text."""
    for found in _THREAT.finditer(text):
        if not re.search(r"\b(?:я не|не) $", text[max(0, found.start() - 5) : found.start()]):
            yield found[0].strip()


def insults(text: str) -> Iterator[str]:
    """Insulting words aimed at the reader or the staff, as they stand in the text."""
    suspects = [word.start for word in words(text) if word.lemmas & _all_rude()]
    if not suspects:
        return
    for sentence in _SENTENCE.finditer(text):
        if bisect_left(suspects, sentence.start()) < bisect_left(suspects, sentence.end()):
            yield from _insults_in(sentence[0])


@cache
def _all_rude() -> frozenset[str]:
    return lexicon.entries("insults.txt") | lexicon.entries("beasts.txt") | lexicon.entries("slights.txt")


def _insults_in(sentence: str) -> Iterator[str]:
    found = words(sentence)
    for at, word in enumerate(found):
        if word.lemmas & lexicon.entries("insults.txt"):
            aimed = _called(sentence, found, at) or _aimed(found, at)
        elif word.lemmas & lexicon.entries("beasts.txt"):
            aimed = _to_the_face(sentence, found, at)
        elif word.lemmas & lexicon.entries("slights.txt"):
            aimed = _slighted(found, at)
        else:
            continue
        if aimed:
            yield sentence[word.start : word.end]


def _cases(form: str) -> frozenset[str]:
    return frozenset().union(*(grammemes for _, grammemes, _ in readings(form))) if readings(form) else frozenset()


def _called(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """A call: a plural nominative, adjectives included, between punctuation marks or the ends of the sentence."""
    grammemes = _cases(found[at].form)
    if "nomn" not in grammemes or ("plur" not in grammemes and len(found) > 1 and not _addressed(found, at)):
        return False
    first = at
    while first and (
        found[first - 1].lemmas & _all_rude()
        or found[first - 1].form in {"вы", "ты", "одни", "все", "и", "же", "просто", "какие", "там"}
    ):
        first -= 1
    last = at
    while last + 1 < len(found) and (
        found[last + 1].lemmas & _all_rude()
        or found[last + 1].form in {"вы", "ты", "и", "все", "же", "там", "у", "вас"}
    ):
        last += 1
    before = sentence[found[first - 1].end : found[first].start] if first else ","
    after = sentence[found[last].end : found[last + 1].start] if last + 1 < len(found) else ","
    alone = bool(before.strip() and _BREAK.match(before)) and bool(after.strip() and _BREAK.match(after))
    return alone and not any(word.lemmas & _OTHERS for word in found)


def _addressed(found: tuple[Word, ...], at: int) -> bool:
    return any(
        word.form in {"ты", "вы", "тебя", "тебе", "твой", "твоя"} for word in found[max(0, at - _WINDOW) : at + _WINDOW]
    )


def _aimed(found: tuple[Word, ...], at: int) -> bool:
    """Near a word for the staff and not treated as a word for the writer or a third party."""
    around = found[max(0, at - _WINDOW) : at + _WINDOW]
    if any(word.lemmas & _OTHERS for word in around) or _of_the_writer(found, at):
        return False
    at_them = any(
        word.lemmas & lexicon.entries("staff.txt") for word in around if word.form != "вам" or "у" not in word.lemmas
    )
    seated = any(word.form in _PLACE or word.lemma in _PLACE for word in found[max(0, at - _NEAR - 1) : at + _NEAR])
    return at_them or (seated and "plur" in _cases(found[at].form))


def _of_the_writer(found: tuple[Word, ...], at: int) -> bool:
    before = found[max(0, at - _WINDOW) : at]
    if any(word.form in {"я", "мы"} for word in found[max(0, at - _NEAR) : at]):
        return True
    treated = any(word.lemmas & lexicon.entries("treating.txt") for word in before[-4:])
    victim = any(word.lemmas & _VICTIM for word in found[max(0, at - _WINDOW) : at + _NEAR])
    return treated and (victim or bool(before and before[-1].form in {"за", "из", "как", "не"}))


def _to_the_face(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    grammemes = _cases(found[at].form)
    if "nomn" not in grammemes:
        return False
    pronoun = any(word.form in {"вы", "ты"} for word in found[max(0, at - _NEAR) : at + 2])
    if found[at].lemma == "больной":
        return pronoun and at == len(found) - 1
    if pronoun and not any(word.form in {"как", "не", "где", "чей", "про"} for word in found[max(0, at - 2) : at]):
        return at == len(found) - 1 or not _runs_on(sentence, found, at)
    return "plur" in grammemes and _called(sentence, found, at)


def _runs_on(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    return not sentence[found[at].end : found[at + 1].start].strip()


def _slighted(found: tuple[Word, ...], at: int) -> bool:
    """A slighting adjective of "вы", or of a noun for the staff that follows it."""
    follows = found[at + 1] if at + 1 < len(found) else None
    if follows and follows.lemmas & (
        lexicon.entries("staff.txt") - {"вы", "ты", "ваш", "твой", "контора", "цупис", "служба"}
    ):
        return True
    noun_follows = bool(follows and readings(follows.form) and "NOUN" in readings(follows.form)[0][1])
    before = found[max(0, at - _NEAR) : at]
    pronoun = any(word.form in {"вы", "ты"} for word in before)
    negated = any(word.form in {"не", "ни", "как"} for word in before)
    weak = found[at].lemmas & {"больной", "ненормальный", "мерзкий", "поганый", "паршивый", "вшивый"}
    nominative = "nomn" in _cases(found[at].form)
    return pronoun and nominative and not negated and not noun_follows and (not weak or follows is None)


def folded(text: str) -> str:
    """What the patterns here are matched on."""
    return fold(text)
