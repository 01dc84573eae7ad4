"""The lines that mail clients put above what they quote: attributions, separators, header blocks.

The trap: people write "вы писали:" and "Дата:" themselves, so an attribution needs a date or an address beside its
verb, and a header block needs a From line and two more of its fields.
"""

import re

_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{1,2}\W{1,3}[^\W\d]{3,10}\.?,?\s+(?:19"
    r"|20)\d\d|[^\W\d]{3,10}\.?\s\d{1,2},?\s(?:19|20)\d\d"
    r"|\d{1,2}\s[^\W\d]{3,9}\.?\s(?:19|20)\d\d|\d{4}年)(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
_MAILBOX = re.compile(r"<?[^\s<>@]{1,100}@[^\s<>@]{2,100}>?")
_WROTE = re.compile(
    r"(?:\b(?:пи[сш](?:ал|ала|али|ет|ете)|написал|написала|написали|сообщил|сообщила|ответил|ответила|сообщает"
    r"|отправил|отправила)(?:\s?\(-?л?а\))?"
    r"|\b(?:wrote|writes|written|sent|a écrit|schrieb|geschrieben|escribió|ha scritto|escreveu|schreef|skrev"
    r"|skrifaði|napisał|napisała|pisze|kirjoitti|"
    r"napsal|написав|пише|yazdı|viết|geschreven|đã viết)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[:：>]\s*\**\s*$")
_MAX_ATTRIBUTION = 400
_SEPARATOR = re.compile(
    r"^\s*(?:[-_=*~ >]{2,}\s*)(?:исходное|первоначальное|оригинальное|пересылаемое|пересланное|переадресованное"
    r"|перенаправленное|original|forwarded|"
    r"ursprüngliche|originele?|message d'origine|mensaje original|messaggio originale|mensagem original|oprindelig"
    r"|alkuperäinen|replied)"
    r"\b[^\n]{0,60}?[-_=*~ ]{2,}:?\s*$"
    r"|^\s*[-_=*~]{2,}\s*(?:исходное|первоначальное|пересылаемое|пересланное|original|forwarded)\s+(?:сообщение"
    r"|письмо|message|mail)\b.{0,80}$"
    r"|^\s*[>*]*\s*(?:начало (?:переадресованного|пересланного|пересылаемого) сообщения|begin forwarded message"
    r"|пересылаемое сообщение|пересланное сообщение"
    r"|forwarded message|исходное сообщение|original message)\s*[:*]*\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"пересыл|переслан|переадрес|перенаправ|forwarded", re.IGNORECASE)
_RULE = re.compile(r"^\s*[_\-=]{5,}\s*$")
_FIELD = re.compile(r"^[\s>*]*([^\W\d_][^:\n]{1,30}?)[\s*]*:(?:[\s*]|$)(.{0,400})")
_FROM = frozenset(
    {
        "от",
        "от кого",
        "from",
        "отправитель",
        "von",
        "de",
        "da",
        "van",
        "od",
        "från",
        "fra",
        "lähettäjä",
        "від",
        "从",
        "寄件者",
        "发件人",
        "từ",
    }
)
_OTHERS = {
    **dict.fromkeys(
        ("кому", "to", "получатель", "an", "à", "para", "a", "aan", "do", "till", "til", "vastaanottaja", "đến"), "to"
    ),
    **dict.fromkeys(
        (
            "дата",
            "date",
            "sent",
            "отправлено",
            "послано",
            "gesendet",
            "envoyé",
            "enviado",
            "inviato",
            "datum",
            "data",
            "skickat",
            "sendt",
            "verzonden",
            "wysłano",
            "dato",
            "fecha",
            "дата отправки",
            "lähetetty",
            "gửi",
            "sent at",
        ),
        "date",
    ),
    **dict.fromkeys(
        (
            "тема",
            "subject",
            "betreff",
            "objet",
            "asunto",
            "oggetto",
            "assunto",
            "onderwerp",
            "temat",
            "ämne",
            "emne",
            "aihe",
            "chủ đề",
        ),
        "subject",
    ),
    **dict.fromkeys(
        (
            "копия",
            "cc",
            "kopie",
            "copie",
            "reply-to",
            "ответить",
            "importance",
            "важность",
            "bcc",
            "вложения",
            "attachments",
        ),
        "more",
    ),
}


def attribution(lines: list[str], index: int) -> int:  # noqa: PLR0911 - one return a way to be none
    """How many lines an attribution that starts here takes ("Иван писал(а) 10.08.2026:"), 0 where none does."""
    first = lines[index].strip()
    if not first or len(first) > _MAX_ATTRIBUTION or first.startswith(("http://", "https://")):
        return 0
    joined = ""
    for size in range(1, 5):
        if index + size > len(lines) or (size > 1 and not lines[index + size - 1].strip()):
            return 0
        joined = f"{joined} {lines[index + size - 1].strip()}".strip()
        if size > 1 and lines[index + size - 1].lstrip().startswith(">"):
            return 0
        if len(joined) > _MAX_ATTRIBUTION:
            return 0
        if _ENDS.search(joined):
            return size if _is_attribution(joined) else 0
        if size == 1 and not _opens(first):
            return 0
    return 0


def _opens(line: str) -> bool:
    """Whether a first line may be continued on the next: only one with a date, or "On ...", earns the look."""
    return bool(_DATE.search(line) or re.match(r"(?:On|Le|Am|El|Il|Em|Op|Den|W dniu)\s", line) or _MAILBOX.search(line))


def _is_attribution(line: str) -> bool:
    dated = bool(_DATE.search(line))
    timed = bool(_TIME.search(line))
    mailbox = bool(_MAILBOX.search(line))
    wrote = bool(_WROTE.search(line))
    if not line.rstrip(" *").endswith((":", "：")):
        # "2026-08-10 14:43 GMT+03:00 Иван <a@b>", without a colon.
        return dated and timed and mailbox and len(line) < 160 and line.rstrip().endswith(">")  # noqa: PLR2004
    if dated and wrote:
        return True
    if mailbox and (wrote or (dated and timed)):
        return True
    # "Здравствуйте, Иван. Вы писали 3 сентября, 12:00:" and "On Tue 12:30, Ann wrote:".
    return wrote and timed and len(line) < 200  # noqa: PLR2004


def separator(lines: list[str], index: int) -> bool:
    """Whether everything from this line on is quoted or forwarded: "-----Исходное сообщение-----"."""
    line = lines[index]
    if len(line) > 200:  # noqa: PLR2004 - a paragraph
        return False
    if _SEPARATOR.match(line):
        return True
    if _RULE.match(line):
        following = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at].strip()), None)
        return following is not None and header_block(lines, following) > 0
    return False


def forwarded(line: str) -> bool:
    """Whether a separator line says that a mail is passed on rather than answered."""
    return bool(_SEPARATOR.match(line) and _FORWARDED.search(line))


def header_block(lines: list[str], index: int) -> int:
    """How many lines a block of copied header fields takes that starts here with From or a date; 0 where none does."""
    match = _FIELD.match(lines[index]) if index < len(lines) else None
    if not match:
        return 0
    first = match[1].strip().lower()
    if first not in _FROM and _OTHERS.get(first) is None:
        return 0
    kinds, last, at, misses = set[str](), index, index, 0
    while at < len(lines) and at < index + 14 and misses <= 2:  # noqa: PLR2004 - a folded value, a blank line
        found = _FIELD.match(lines[at])
        kind = None
        if found:
            name = found[1].strip().lower()
            kind = "from" if name in _FROM else _OTHERS.get(name)
        if kind:
            kinds.add(kind)
            last, misses = at, 0
        else:
            misses += 1
        at += 1
    return last - index + 1 if "from" in kinds and len(kinds - {"more"}) >= 3 else 0  # noqa: PLR2004
