"""Rudeness in English: obscene words of the writer's own, insults and threats aimed at the reader or the staff.

The trap is the same as in Russian: "somebody stupid hacked me" insults nobody here, "scammers took my money" is a
complaint, "Scunthorpe" and "classic" are no obscenity, and "this will kill my bank balance" threatens nobody.
"""

import re
from collections.abc import Iterator

from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text

_OBSCENE = sparse(
    r"\b(?:(?:mother|cluster)?-?f(?:u|\*|@|#)+c?(?:k|\*)+(?:s|ed|er|ers|ing|in|wit|wits|head|heads|up)?|wtf|stfu|gtfo"
    r"|(?:bull|horse|dip)?sh(?:i|\*|1|!)t(?:s|ty|tier|head|heads|hole|show|ting)?|cunts?|cocksuckers?|dickheads?|dicks"
    r"|(?:ass|arse)holes?|jackass(?:es)?|dumbass(?:es)?|wankers?|pricks|twats?|son of a bitch|sons of bitches"
    r"|bitch(?:es)?|slags?|whores?|fu?ck(?:ing?|ers?|ed)?|fuk(?:ing?|ers?|ed)?"
    r"|f[ .-]u[ .-]c[ .-]k|s[ .-]h[ .-]i[ .-]t)\b"
    r"|\b(?:the|as|so|for|how|what) f\*{2,3}(?=[\s.,!?]|$)",
    re.IGNORECASE,
)
_PEOPLE = (
    r"(?:idiots?|morons?|imbeciles?|cretins?|retards?|bastards?|scum(?:bags?)?|pigs?|clowns?|parasites?|dimwits?"
    r"|degenerates?|trash|garbage|filth|vermin|losers?|dumb|stupid|brainless|brain-?dead|retarded|useless idiots?)"
)
_STAFF = r"(?:staff|support|team|operators?|managers?|agents?|employees|people|girls?|guys?|boss|director)"
_CALLED = rf"(?:{_PEOPLE}|cows?|donkeys?|monkeys?|apes?|rats?|sheep|crooked scum)"
_PIECES = r"(?:useless |worthless |stupid )?pieces? of (?:crap|trash|garbage|filth|dirt)"
_INSULT = sparse(
    rf"\byou(?:'re| are| all| guys| people| lot| bunch of| bloody| damn(?:ed)?| stupid| dumb| useless| greedy| lazy"
    rf"|,? (?:are )?a bunch of){{0,4}} {_PEOPLE}\b"
    rf"|\b(?:your (?:\w+ )?{_STAFF}|they) (?:is|are)(?: all| just| complete| total| a bunch of| a)"
    rf"{{0,3}} {_PEOPLE}\b"
    rf"|\b(?:your|the|that) (?:\w+ )?{_STAFF} (?:is|was|are|were) (?:such )?an?"
    rf" (?:stupid|dumb|fat|useless|total|complete) {_CALLED}\b"
    rf"|\byou(?:'re| are| all| guys| people| lot| are all| are an?|,)?"
    rf"(?: (?:incompetent|pathetic|lying|greedy|lazy|rotten|filthy|miserable))? {_PIECES}"
    rf"|\b(?:you|staff|operators?|support)\b[^.!?\n]{{0,20}}\b(?:bunch|pack|gang|herd) of (?:\w+ )?{_CALLED}\b"
    rf"|(?:^|[.!?]\s*)(?:what )?an? ?(?:bunch|pack|gang|herd) of (?:\w+ )?{_PEOPLE}\b"
    rf"|(?:^|[.!?]\s*)(?:bunch|pack|gang|herd) of (?:\w+ )?{_PEOPLE}\b"
    rf"|(?:^|[.!?,]\s*)(?:\w+ )?(?:pigs?|scum|idiots|morons|bastards|vermin) (?:that )?you (?:all )?are\b"
    rf"|\bare you(?: people| guys| all)? (?:completely |really )?(?:retarded|brain-?dead|idiots|morons|imbeciles)\b"
    rf"|\b(?:i )?hope you (?:all )?(?:die|rot|choke|burn)\b"
    rf"|\byou (?:all )?(?:deserve to|should|can all) (?:die|rot|burn)\b"
    rf"|\beat shit\b"
    rf"|(?:^|[.!?,]\s*){_PEOPLE}\s*[!.]*$"
    r"|\b(?:go to hell|rot in hell|burn in hell|drop dead|screw you|piss off|kiss my ass|shove it up)\b",
    re.IGNORECASE | re.MULTILINE,
)
_THREAT = sparse(
    r"\bi(?:'ll| will| am going to|'m going to|'m gonna)(?: \w+){0,2} (?:kill|shoot|stab|strangle|beat|hurt|burn"
    r"|bomb|blow up|smash) (?:you|your (?:staff|people|operators?|office|family|face|teeth)|every one of you"
    r"|all of you)"
    r"|\bi know where you (?:live|work)\b|\byou(?:'ll| will) (?:all )?(?:die|be dead|bleed)\b",
    re.IGNORECASE,
)


def obscenities(text: Text) -> Iterator[str]:
    """Obscene words as they stand in the text."""
    return (found[0] for found in _OBSCENE.finditer(text.written, text.holding))


def insults(text: Text) -> Iterator[str]:
    """Phrases that insult the reader or the staff, as written."""
    return (found[0].strip(" .,!?\n") for found in _INSULT.finditer(text.written, text.holding))


def threats(text: Text) -> Iterator[str]:
    """Phrases that threaten the reader or the staff with violence, as written."""
    return (found[0] for found in _THREAT.finditer(text.written, text.holding))
