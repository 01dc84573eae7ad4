"""The roots of Russian obscenity and the shapes in which morphology grows words from them.

The trap is innocence: "застрахуйте", "хлебная", "употреблять", "команда" hold the same letters. So a root counts only
where a word can begin with it: at the start or after real prefixes. And what the dictionary knows counts only when
its normal form is grown from a root too: "сухую" is с-у-хую to a regex and "сухой" to the dictionary.
"""

import re
from functools import lru_cache

from mailtriage.language import lexicon
from mailtriage.language.plausibility import squeeze
from mailtriage.language.words import known, readings

_PREFIX = (
    "(?:(?:вы|до|за|на|не|ни|по|при|про|пере|пре|у|о|а|недо|по?л?у|само|супер|мега|архи|без|бес|ис|рас"
    "|(?:в|об|от|под|над|раз|из|с|вз)[оъь]?){0,3})"
)
_OPEN = "(?:вы|до|за|на|не|ни|по|при|про|пере|пре|у|недо|пол?у|само|[а-я]*[аеиоуыяю])"
"""A prefix, or the first part of a compound, that ends in a vowel: only so may a root that begins with one follow."""

# Each is matched from the beginning of a word; where nothing may follow, that is said.
_GROWN = re.compile(
    f"""
      {_PREFIX}ху(?:й|и(?:$|л[оаи]|ще?|ш|с[оа]|сь$|в|т)|я(?:$|м|х|[рчтцк]|ве|б|сик|н)|ю$|юш|юл|е(?:$|м$|в|
        т[аыуо]|с[оа]|пл|ст?р|глот|ват|т[ья]|т$|л[аои]?$|ли|н|вш|ю|гр|рг|мр|к$|ц|ш|щ|пут|бл)|ёв|йл|ищ|яс|ярс)
    | (?:на|по|ни|до|о|за)(?:нах)?ху(?:й|я|ю|и|е)
    | [оа]ху(?:е|и(?!р)|я|ю)
    | [а-я]*п[иые]зд
    | {_PREFIX}п[ие]зж[уе]
    | п+з+д+(?:е?ц|а|ы|ит|еть) | {_PREFIX}п[ие]сд(?:а|ец|ы|и)
    | эб(?:а(?:ть|л|н[ыоу])|у(?:т|ч))
    | [йь]?еб(?:а(?:$|л|н(?:$|[нуыоаиеью])|т[ьо]|ш|в|ч[еи]|р[ья]|к[ау]?$|ц|ст|с[яь])|у(?:$|т|ч|щ|н[ьее]|к|нд)|
      и(?:$|с[ьяо]|те$|ч|ло|ш)|е(?:$|т|м|ш|н)|л[аиоеяуы]|н[уеи]|ош|ыва|ую|ля|ть?$|тв|ск$)
    | (?:и|й|йе|йо|ио)б(?:а(?:ть|л[аио]?$|н[ыоау]|ш|ц)|ну|уч|ыр|ись)
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
    | (?:за|раз|вы)?залуп
    | г[ао]ндон
    | (?:с|за|о|по|про|вы|на|от)?п[ие]д[оа]р(?:ас|ил|ищ|юг|ск|ств|яч|ов|ы$|$|о?к[иа]|ам|а$|у$|ом$|ня|ню|ень|ик)
    | пед(?:ик[аиу]?$|ик(?:ам|ов|ом)|рил|ераст) | пидр
    | с?[сц]ук(?:[аиеуо]|ой|ою|ам|ами|ах)$ | суч(?:к[аиуе]$|кой$|ар[аыуе]|онок|еныш)
    | (?:на|вз|по|об|за|от|у)?дроч(?!ен|не) | задрот
    | (?:на|по|ни|до|о|за|с|вы|от|рас|раз|при|а)?хер(?:$|[ауы]$|ом$|ам$|н[яиюей]{1, 2}$|ня|ов(?:$|ы|о|а|ат)|ач|
      ищ|ел[аои]?$|ет[ьи]|е[вю]|ак|асе)
    """,
    re.VERBOSE,
)
_WITHIN = re.compile(
    "пизд|нахуй|похуй|хуйн|хуйл|хуесос|хуепл|хуяр|хуяч|ебан[ыоу]|ебуч|ебтво|долбо?еб|пидорас|пидарас|блядь|мудак|"
    "ебать|охуе|заеб[аиы]|наеб[аи]"
)
_LONGEST = 40


@lru_cache(maxsize=65_536)
def obscene(form: str) -> bool:
    """Whether a folded Cyrillic word, without any disguise left, is obscene."""
    if len(form) < 2 or len(form) > _LONGEST or form in lexicon.entries("innocent.txt"):  # noqa: PLR2004 - no letter is a word
        return False
    if form in lexicon.entries("obscene.txt"):
        return True
    if not _grown(form):
        return not known(form) and bool(_WITHIN.search(form)) and not _innocent_parts(form)
    if not known(form):
        return not _innocent_parts(form)
    return any(_grown(normal) or normal in lexicon.entries("obscene.txt") for normal, _, _ in readings(form)[:3])


def _grown(form: str) -> bool:
    return bool(_GROWN.match(form) or _GROWN.match(squeeze(form)))


def _innocent_parts(form: str) -> bool:
    squeezed = squeeze(form)
    return squeezed != form and known(squeezed) and not _GROWN.match(squeezed)
