"""How a Russian word sounds, roughly: people who write as they hear write "придлажение" and "замарожена".

Unstressed vowels and voiced consonants at the end are what they get wrong, so both are folded (after the "русский
метафон" of Р. Каньковски, 2002). The trap is the other word with the same sound: only words that no dictionary knows
are looked up by it.
"""

import re
from functools import lru_cache

_REFLEXIVE = re.compile("т[ьъ]?с[яа]$|дс|т[ьъ]?с")
_RUN = re.compile(r"(.)\1+")
_DEVOICED = str.maketrans("бзждвг", "псштфк")
_VOWELS = str.maketrans({"о": "а", "ы": "а", "я": "и", "е": "и", "э": "и", "ю": "у", "ь": None, "ъ": None, "й": "и"})
_BEFORE_VOICELESS = re.compile("[бзждвг](?=[пстфкхцчшщ]|$)")


@lru_cache(maxsize=16_384)
def sounding(form: str) -> str:
    """The key that a folded Cyrillic word shares with those that sound alike."""
    sound = _REFLEXIVE.sub("ц", form).translate(_VOWELS)
    sound = _BEFORE_VOICELESS.sub(lambda match: match[0].translate(_DEVOICED), sound)
    return _RUN.sub(r"\1", sound)
