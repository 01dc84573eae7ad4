"""Lists without the marks of a list: "1 как сменить почту 2 где чек", "предлагаю: поиск; крупный шрифт".

The trap is the number that counts something: "1 раз не прошло, 2 раза прошло" is no list, and steps ("сначала код;
потом пароль") are one wish. So behind a bare number there must stand what begins a request, and pieces between
semicolons are wishes only where the writer says that wishes follow.
"""

import re

from mailtriage.language.by_word import kept
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text
from mailtriage.language.words import readings

_NUMBER = re.compile(r"(?:^|(?<=\s))([1-9]) (?=([^\W\d_]+))")
_OPENS = frozenset(
    "как каким где куда откуда когда почему зачем за сколько какой какая какие какую можно нельзя могу хочу прошу мне "  # noqa: SIM905 - a list of words reads best as words
    "меня у я мой моя мои не есть нужно нужна нужен надо подскажите скажите пожалуйста почините верните".split()
)
_WISHES_FOLLOW = sparse(
    r"\b(?:предлагаю|предложить|предложени\w+|пожелани\w+|иде[ия]|хотелось бы|хорошо бы|вопрос\w*|добавьте)\b"
    r"(?: [^.!?:;\n]{0,60})?:\s"
)
_STEPS = re.compile(r"\b(?:так|следующее|сначала|потом|затем|после этого)\b")
_END = re.compile(r"[.!?…\n]")


def numbered(text: Text) -> list[str]:
    """The items of a list with bare numbers, in one line or several."""
    if "1" not in text.pieces or "2" not in text.pieces:
        return []
    run: list[re.Match[str]] = []
    for mark in _NUMBER.finditer(text.folded):
        if mark[1] == str(len(run) + 1) and _opens(mark[2]):
            run.append(mark)
    ends = [*(mark.start() for mark in run[1:]), len(text.written)]
    items = [text.written[mark.end() : end] for mark, end in zip(run, ends, strict=True)] if run else []
    return items if len(items) > 1 else []


def wished(text: Text) -> list[str]:
    """Wishes or questions that are told one behind the other with semicolons."""
    for begun in _WISHES_FOLLOW.finditer(text.folded, text.holding):
        end = _END.search(text.folded, begun.end())
        listed = text.written[begun.end() : end.start() if end else len(text.written)]
        items = [item for item in listed.split(";") if any(map(str.isalpha, item))]
        if len(items) > 1 and not _STEPS.search(text.folded, begun.start(), begun.end() + len(listed)):
            return items
    return []


@kept(4_096)
def _opens(form: str) -> bool:
    """Whether a folded word may begin a request."""
    return form in _OPENS or any({"impr", "VERB"} <= kinds for _, kinds, _ in readings(form)[:1])
