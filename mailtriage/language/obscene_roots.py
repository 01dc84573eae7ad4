"""The roots of Russian obscenity and the shapes in which morphology grows words from them.

The trap is innocence: "застрахуйте", "хлебная", "употреблять", "команда" hold the same letters. So a root counts only
where a word can begin with it: at the start or after real prefixes. And what the dictionary knows counts only when
its normal form is grown from a root too: "сухую" is с-у-хую to a regex and "сухой" to the dictionary. What no
dictionary knows may be a coinage, so there more shapes count, but names are left room.

Not counted: "хрен", "фиг", "блин", "хз", "капец", "звиздец", which stand in for an obscenity so that none is said, and
"херить", "педерастия", "залупиться", which are words of the language. Counted: "млять", "ёпт", "нах", "писдец",
"ниипет", which are the obscene word itself, only mis-spelt.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from mailtriage.language import lexicon
from mailtriage.language.plausibility import squeeze
from mailtriage.language.words import known, readings

_PREFIX = (
    "(?:(?:вы|до|за|на|не|ни|по|при|про|пере|пре|у|о|а|недо|по?л?у|само|супер|мега|архи|без|бес|ис|рас"
    "|(?:в|об|от|под|над|раз|из|с|вз)[оъь]?){0,3})"
)
_OPEN = "(?:(?:вы|до|за|на|не|ни|по|при|про|пере|пре|у|о|а|недо|пол?у|само){1,3}|[а-я]{3,}[аеиоуыяю])"
"""Prefixes, or the first part of a compound, that end in a vowel: only so may a root that begins with one follow."""

# Each is matched from the beginning of a word; where nothing may follow, that is said.
_GROWN: Final = f"""
      {_PREFIX}ху(?:й|и(?:$|л[оаиы]|ще?|ш|с[оа]|сь$|в|т)|я(?:$|м|х|[рчтцк]|ве|б|сик|н)|ю$|юш|юл|е(?:$|м$|в|
        т[аыуо]|с[оа]|пл|ст?р|глот|ват|т[ья]|т$|л[аои]?$|ли|н|вш|ю|гр|рг|мр|к$|ц|ш|щ|пут|бл)|ёв|йл|ищ|яс|ярс)
    | (?:на|по|ни|до|о|за)(?:нах)?ху(?:й|я|ю|и|е)
    | [оа]ху(?:е|и(?!р)|я|ю)
    | [а-я]*п[иые]зь?д
    | {_PREFIX}п[ие]зж[уе]
    | п+з+д+(?:е?ц|а|ы|ит|еть) | {_PREFIX}п[ие]сд(?:а|ец|ы|и)
    | эб(?:а(?:ть|л|н[ыоу])|у(?:т|ч))
    | [йь]?еб(?:а(?:$|л|н(?:$|[нуыоаиеью])|т[ьо]|ш|в|ч[еи]|р[ья]|к[ау]?$|ц|ст|с[яь])|у(?:$|т|ч|щ|н[ьее]|к|нд)|
      и(?:$|с[ьяо]|те(?:сь)?$|ч|ло|ш)|е(?:$|т|м|ш|н)|л[аиоеяуы]|н[уеи]|ош|ыва|ую|ля|ть?$|тв|ск$)
    | (?:ни)?(?:и|й|йе|йо|ио)б(?:а(?:ть|л[аио]?$|н(?:ы|ая|ое|ут|ул|ой$|ого)|ш|ц+[оа]?)|ну|уч|ыр|ись)
    | {_PREFIX}[ъь][еиё]б(?:а|у|и|е|л|н|о|ы|к|$|т)
    | [а-я]*[ъь]еб(?:а|у|и[^м]|е|л|н|о|ы|к|$|ц)
    | {_OPEN}й?еб(?:а(?:$|л|н|т[ьо]|ш|в|ц|й?с)|у(?:$|т|ч|щ|н[ьее]|к)|и(?:$|с[ьяо]|т[еус]|ч|щ|ст)|е(?:$|т|м$|
      шь?$|н)|л[аиоеяуы]|н[уеио]|о(?:$|к|н|ш|м|в)|ы(?:$|ва)|ищ|щ|ть?$|к[иа]$|$|ств|ск)
    | (?:вы|до|за|на|не|ни|по|про|у)иб(?:ал[аио]?$|ать|ан[ыоу]|ись$)
    | (?:об|от|раз|под|с|из)еб(?:ал|ан|ат|ну|ис[ья]|уч|ыв|аш)
    | еб(?:ть|нт|нут|нул) | йопт | е+бт
    | (?:вы|про|на|за|по|с|раз|недо)?бл[яе]д(?!нее|н|к|не) | (?:вы|про|на|за|по|с|раз)?бля+(?:$|т[ьс]?|ц[кт]|х$|
      н$|с$|еб|бу)
    | бл[яэ]+т?ь?$ | блеать | [а-я]*(?:вы|у)блядк
    | {_PREFIX}(?:муда(?:к|ч|ц|ст)|муди[лш]|мудозв|мудо[хезб]|мудн|муде$|мудя|муден|мудло)
    | манд(?:[аыеу]|ой|ою)$ | манд(?:авош|ищ|еть$|ят$)
    | (?:за|раз|вы)?залуп(?!и(?:т|в|л|ш|м|$)|ля)
    | г[ао]ндон
    | (?:с|за|о|по|про|вы|на|от)?п[ие]д[оа]р(?:ас|ил|ищ|юг|ск|ств|яч|ов|ы$|$|о?к[иа]|ам|а$|у$|ом$|ня|ню|ень|ик)
    | пед(?:ик[аиу]?$|ик(?:ам|ов|ом)|рил|ераст(?!и|ич)) | пидр(?!уч|азд|ум)
    | с?[сц]ук(?:[аиеуо]|ой|ою|ам|ами|ах)$ | с?[сц]уч(?:к[аиуе]$|кой$|ар[аыуе]|он(?:ок|к)|[её]ныш|ий$|ье$|ьи$|ьего$|
        ьей$)
    | (?:на|вз|по|об|за|от|у)?дроч(?!ен|н) | задрот
    | (?:на|по|ни|до|о|за|с|вы|от|рас|раз|при|а)?хер(?:$|[ауы]$|ом$|ам$|н[яиюей]{1, 2}$|ня|ов(?:$|ы|о|а|ат)|ач|
      ищ|ел[аои]?$|ет[ьи]|ен(?:н|ец)|е[вю]|ак|анул|асе)
    """
# For words that are in no dictionary: coinages, and the spelling of those who do not care.
_COINED: Final = f"""
      {_PREFIX}ху(?:[йею]|я(?!н[гьцчш]|нь|н$)|и(?:н[ауе]$|та|мо|йл|йн|с[оа]с)|л[ья]$|н[юя]$)
    | (?:архи|полу|семи|одно|много|злое?|мимо|какого|какова)ху[йеяю] | йух(?:$|н[яюи]|[ау]$|ом$) | н[еи](?:ку|хи)[яр]а?$
    | (?:[йь]|э)?еб(?:ат|ец|ик|ин(?!г)|н[яеь]|ун(?!т)|ыр|ыш|оз|об[оа]|уш|ос|от[аыуи]|ах|ак|ов[аы]т|ошк|ошу|ля|л[ыю]|
        иц|к[аи]$|ск)
    | {_OPEN}[йь]?[еи]б(?:о(?:т[аыуие]|з|с|ш)|ц[аыу]|ищ|ыр|ыш|он[аы]?$|ак|ат|ашь|ик[иу]?$)
    | (?:{_PREFIX}|ни+)ип+(?:а(?:ть(?:ся)?$|л[аио]?$|н[ыоау]|ц+[оа])|[еу]т$)
    | д[оа]лб[оа][яйьъ]?[ео][бп] | (?:мозг|туп|козл|скот|зл|рук)[оа][йьъ]?еб
    | {_PREFIX}муд(?:а(?:[гкчц]|ны)|о(?:[азкфехщ]|еб|нь)|и(?:$|л|ст|ш|т|з)|е(?:л[ьяе]|ть|$|нь)|н(?:я|ю|ей|и)$|
        ств[оа]|ях?$|
        ями$|л[оа]|юк|ох)
    | манд(?:ав|ов[окшу]|юк|ень$|ец$|еж|ищ|онут) | прошманд
    | {_PREFIX}с?п[ие]д(?:[ао]р|[еэ]р(?:а[сзш]|ок|ня|ва)|р(?:ил|ик(?:$|и$|ов$)|юг)) | п[ие]драс | п[ие]ж+[еуи]$
    | (?:за|на|об|от|у|вы|сухо|по|при|пере)?дроч(?!ен|н)
    | (?:сука|суко|нах|бля)бля | мл[яэ](?:т?ь)?$ | бл[яэ][дт][ьъ]?$ | бл(?:еа|джа|иа|йа)[дт]ь?$ | бл(?:яц|яцц|ец)к
    | п[ие]с[дт](?:ец|об|ос$|юк|ят$|еть|ит$|еж) | пзд(?:[аыу]$|ц|ец|юк) | (?:йо|е|йе)пт[аыоуь]?$ | ептить$
    | сц+у+[кч] | хер(?:ь|ьня|ню|овин[аыуе]|анут)$
    """
_NAMES = re.compile("пидари[еч]|педро|мудан[ьц]|ебитд|еберт|еберл|ебург|себаль|себасть|ебол[аы]|ебони|ебук|ебатл|песте")
_SOLID = re.compile(
    f"{_PREFIX}(?:ху|й?[ие]б|п[ие]зд|муд|бля|сцу|с+у[кч]|пид[оар]|педр|г[ао]ндон|залуп|дроч|хер)|[а-я]*(?:пизд|долб|хуй|хуе|ебан|блядь)"
)
"""What is no slip of the pen: the root stands at the beginning, or cannot come about by chance."""
_WITHIN = re.compile(
    "пизд|нахуй|похуй|хуйн|хуйл|хуесос|хуепл|хуяр|хуяч|(?<![рлтщ])ебан[ыоу]|ебуч|ебтво|долбо?еб|пидорас|пидарас|блядь|мудак|"
    "(?<![рлтщбчз])ебать|охуе|заеб[аиы]|наеб[аи]"
)
_LONGEST = 40
_SLIPPED = 7
"""Shorter words are one letter away from too many others."""
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@lru_cache(maxsize=65_536)
def obscene(form: str) -> bool:
    """Whether a folded Cyrillic word, without any disguise left, is obscene."""
    if len(form) < 2 or len(form) > _LONGEST or form in lexicon.entries("innocent.txt"):  # noqa: PLR2004 - no letter is a word
        return False
    if form in lexicon.entries("obscene.txt"):
        return True
    if not known(form):
        return not _NAMES.match(form) and (_grown(form) or _coined(form)) and not _innocent_parts(form)
    return _grown(form) and any(
        _grown(normal) or normal in lexicon.entries("obscene.txt") for normal, _, _ in readings(form)[:3]
    )


@cache
def _shapes(written: str) -> re.Pattern[str]:
    """Compiled when the first word is asked: in a process that only looks at what others have read, none ever is."""
    return re.compile(written, re.VERBOSE)


def _grown(form: str) -> bool:
    return bool(_shapes(_GROWN).match(form) or _shapes(_GROWN).match(squeeze(form)))


def _coined(form: str) -> bool:
    return bool(_shapes(_COINED).match(form) or _shapes(_COINED).match(squeeze(form)) or _WITHIN.search(form))


def _innocent_parts(form: str) -> bool:
    """Whether a word that no dictionary has is an innocent one with a letter doubled, lost, put in or out of place."""
    squeezed = squeeze(form)
    if squeezed != form and known(squeezed) and not _shapes(_GROWN).match(squeezed):
        return True
    if len(form) < _SLIPPED or form.endswith("ись"):
        return False
    if known(form.replace("еб", "бе", 1)):
        return True
    return not _SOLID.match(form) and any(known(other) and not _grown(other) for other in _slips(form))


def _slips(form: str) -> Iterator[str]:
    for at in range(len(form)):
        yield form[:at] + form[at + 1 :]
        yield form[:at] + form[at + 1 : at + 2] + form[at] + form[at + 2 :]
        yield from (form[:at] + letter + form[at + 1 :] for letter in _LETTERS)
