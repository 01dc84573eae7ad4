"""Whose words they are: somebody else's speech is cut out before a writer is judged by his words.

The trap is the scare quote: who writes that the "..." service is to blame speaks for himself, quotation marks or not.
So one or two quoted words count as reported only beside a word of reporting, and what the writer says he himself said
or says stays his own.
"""

import re

from mailtriage.language import lexicon
from mailtriage.language.sparse import sparse
from mailtriage.language.words import fold, lemmas_of, readings

_QUOTED = sparse(
    r"«[^»\n]{1,600}»|“[^”“\n]{1,600}[”“]|„[^“”\n]{1,600}[“”]|\"[^\"\n]{1,600}\"|(?<!\w)'[^'\n]{2,600}'(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?…\n]")
_COLON_SPEECH = re.compile(r":\s*[-–—]?\s*(?=[^\s\d])")
_LINE_QUOTE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_TREATED = sparse(
    r"\b(?:обозва|назва|обзыва|называ|посыла|посла|покры|оскорби|крыл|кроет|"
    r"обматери)\w*\b[^.!?\n:]{0,40}?\b(?:меня|нас|мою|моего|клиент\w*|мать|жену|мужа)\b[^.!?\n]{0,50}"
    r"|\b(?:меня|нас)\b[^.!?\n:]{0,30}?\b(?:обозва|назва|обзыва|называ|посыла|посла|оскорби|"
    r"обматери)\w*\b[^.!?\n]{0,50}"
)
_OWN = frozenset(("я", "мы"))
_REACH = 120
_OWN_REACH = 3
_SCARE = 2


def own_words(text: str, holding: int) -> str:
    """The text, which holds this at most, with somebody else's speech blanked out, the same length."""
    blanked = _LINE_QUOTE.sub(_blank, text) if ">" in text else text
    for quote in list(_QUOTED.finditer(blanked, holding)):
        if _reported(blanked, quote):
            blanked = blanked[: quote.start()] + " " * len(quote[0]) + blanked[quote.end() :]
    folded = fold(blanked)
    for colon in list(_COLON_SPEECH.finditer(folded)):
        if _says(folded[max(0, colon.start() - _REACH) : colon.start()]):
            end = _SENTENCE_END.search(blanked, colon.end())
            stop = end.start() if end else len(blanked)
            blanked = blanked[: colon.end()] + " " * (stop - colon.end()) + blanked[stop:]
    for treated in list(_TREATED.finditer(folded, holding)):
        blanked = blanked[: treated.start()] + " " * len(treated[0]) + blanked[treated.end() :]
    return blanked


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _reported(text: str, quote: re.Match[str]) -> bool:
    before = text[max(0, quote.start() - _REACH) : quote.start()]
    after = re.split(_SENTENCE_END, text[quote.end() : quote.end() + _REACH], maxsplit=1)[0]
    words = _WORD.findall(quote[0])
    if len(words) <= _SCARE:
        return _says(before) or _says(after)
    return not _own_speech(before)


def _says(before: str) -> bool:
    """Whether the last sentence of `before` reports somebody else's words."""
    sentence = re.split(_SENTENCE_END, before)[-1]
    return any(
        lemmas_of(word) & lexicon.entries("reporting.txt") for word in _WORD.findall(sentence)
    ) and not _own_speech(before)


def _own_speech(before: str) -> bool:
    """Whether the last who speaks there is the writer: "пишу:", "я им говорю:", but not "я звоню, а он отвечает:"."""
    words = _WORD.findall(fold(re.split(_SENTENCE_END, before)[-1]))
    said = [at for at, word in enumerate(words) if lemmas_of(word) & lexicon.entries("reporting.txt")]
    verbs = [at for at in said if "VERB" in _likeliest(words[at])] or said
    if not verbs:
        return False
    last, since = verbs[-1], verbs[-2] + 1 if len(verbs) > 1 else 0
    subjects = words[max(since, last - _OWN_REACH) : last]
    return {"VERB", "1per"} <= _likeliest(words[last]) or not _OWN.isdisjoint(subjects)


def _likeliest(form: str) -> frozenset[str]:
    found = readings(form)
    return found[0][1] if found else frozenset()
