"""Tells the end of a mail from its message: a client's footer, a signature, a disclaimer, the footer of a list.

The policy: what follows the delimiter "-- " (RFC 3676 4.3), a closing formula with lines of its own below it (name,
post, numbers), footers of clients ("Отправлено с iPhone"), legal disclaimers and footers of lists are no new words. A
closing typed in one line ("С уважением, Иван", "Спасибо, Иван", "-Имя") stays, as do words below a footer.
The trap: people write "Отправлено с карты", put "--" between two thoughts, and go on below their name; so a cut needs
that nothing below says anything, and in doubt all stays.
"""

import re

_TO_END = r"[^\n]{0,90}$"
_FOOTER = re.compile(
    r"^[^\w/]{0,6}(?:отправлено|послано|отослано|написано|надіслано|відправлено)\s+(?:из|с|со|через|при помощи"
    r"|с помощью|от|на|з|із|за допомогою)\s"
    + _TO_END
    + r"|^[^\w/]{0,6}(?:это |данное )?(?:письмо|сообщение|e-?mail) (?:было )?"
    r"(?:отправлено|написано|создано|набрано) (?:из|с|на|с помощью|через|при помощи)\s"
    + _TO_END
    + r"|^[^\w/]{0,6}(?:sent|written|composed) (?:from|via|using|with|by|on)\s"
    + _TO_END
    + r"|^[^\w/]{0,6}(?:gesendet (?:von|mit)|von meinem .{2,30} gesendet|envoyé (?:de|à partir de|depuis|avec)"
    r"|inviato (?:da|con)|enviado (?:desde|do|de)|verzonden (?:vanaf|met|vanuit)|verstuurd vanaf|wysłan[eo] z"
    r"|skickat från|sendt fra|lähetetty)\s"
    + _TO_END
    + r"|^[^\w/]{0,6}(?:get|download|скачать|скачайте|загрузить|загрузите|получить|получите"
    r"|установить|установите|télécharge[rz]|holen sie sich|scarica) \S{2,20}(?: \S{1,12})? (?:for|для|pour|für|per) "
    r"\W{0,2}[^\n]{2,60}$"
    r"|^[^\w/]{0,6}(?:mail\.ru|почта mail(?:\.ru)?|яндекс[. ]?почта|yandex[. ]?mail|рамблер|rambler|mymail|outlook) "
    r"(?:для|for|-)\s?(?:android|ios|iphone|мобильных|windows).{0,40}$"
    r"|^[^\w/]{0,6}(?:без вирусов|virus-free|(?:это )?(?:письмо|сообщение)?\s?проверено (?:на вирусы|антивирусом|\w+)"
    r"|this (?:e-?mail|message) has been (?:checked|scanned) (?:for|by))\W.{0,70}$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"phone|ipad|ipod|\bios\b|macos|android|андроид|айфон|телефон|смартфон|мобильн|почт|\bmail|mail\.ru|outlook|samsung"
    r"|huawei|honor|xiaomi|redmi|\bmi\b|poco|realme|oneplus|oppo|\bvivo\b|tecno|infinix|nokia|lenovo|motorola|wiko|планшет"
    r"|galaxy|pixel|устройств|windows|blackberry|thunderbird|yandex|яндекс|gmail|рамблер|rambler|the bat|myoffice"
    r"|мойофис|webmail|клиент|typeapp|bluemail|\bblue\b|spark|sparrow|airmail|zoho|yahoo|proton|tuta|aquamail|aqua mail"
    r"|компьютер|ноутбук|\bпк\b|приложени|avast|антивирус|kaspersky|касперск|dr\.?web|\bnod|вирус|virus|siri|watch",
    re.IGNORECASE,
)
_OWN_DEVICE = re.compile(
    r"^[^\w/]{0,6}(?:sent from (?:my|an?)|отправлено (?:с|со) (?:моего|моей|своего"
    r"|телефона|смартфона))\s[^,;?!]{2,50}$",
    re.IGNORECASE,
)
_EXCUSE = re.compile(r"опечат|краткость|ошибки|typos|brevity|spelling", re.IGNORECASE)
_MONEY = re.compile(
    r"\bкарт[аыеуо]|банк|\bруб|₽|сбер|тинько|т-банк|перевод|плат[её]ж|сч[её]т|кошел|деньг|денеж|\bчек|сумм|заявлен"
    r"|квитанц|паспорт|документ|курьер|\bсмс|\bне\b",
    re.IGNORECASE,
)
_STRICT = re.compile(r"^-- $")
_DELIMITER = re.compile(r"^\s{0,2}(?:--|—|–)\s*$")
_RULE = re.compile(r"^\s{0,3}(?:_{2,}|-{3,}|={2,}|\*{2,}|~{2,}|—{2,})\s*$")
_SIGN_OFF = re.compile(
    r"^\W{0,4}(?:с (?:глубоким |большим |искренним |неизменным )?(?:уважением|почтением|благодарностью|приветом)"
    r"|с ув\.?|с (?:наилучшими|лучшими|добрыми|самыми \w+|теплыми) пожеланиями|искренне ваш[аи]?"
    r"|всего (?:доброго|хорошего|наилучшего)|з повагою|(?:yours )?(?:sincerely|faithfully|truly)"
    r"|(?:best|kind|kindest|warm|warmest|with best|with kind|many)?\s?regards"
    r"|sincerely yours|best wishes|all the best|respectfully|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|cordialement"
    r"|met vriendelijke groet|saludos|cordiali saluti|z poważaniem|med vennlig hilsen)"
    r"(?:\s+к вам)?(?![\w-])\W{0,4}(.{0,80})$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|https?:|\bwww\.|\d[\d\s()+-]{4,}\d|^\W*(?:тел|моб|телефон|phone|tel|mob|e-?mail|почта|skype|telegram|whatsapp)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\?|^\W*(?:p\.?\s?s|п\.?\s?с|з\.?ы|upd)\b|\b(?:прошу|просьба|просим|верните|вернуть|жду|ждем|ждём|помогите|ответьте"
    r"|проверьте|сообщите|перезвоните|позвоните|разберитесь|хочу|могу|нужно|надо|не|нет|почему|когда|где|как|также|еще|ещё"
    r"|please|can you|waiting|why|when|not)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\W{0,3}[A-ZА-ЯЁ][\w.'-]{0,30}(?: [^\s:\d]{1,30}){0,5}\s*$")
_THIS_MAIL = re.compile(
    r"^\W{0,4}(?:(?:внимание|disclaimer|notice|уведомление о конфиденциальности|confidentiality notice)\W{1,4})?"
    r"(?:(?:информация|сведения)[^.]{0,40}?,? (?:в|содержащ\w+ся в) )?(?:это|этом|данное|данном|настоящее"
    r"|настоящем|the information|this|le informazioni|diese|ce)\s(?:[\w-]+\s){0,3}?"
    r"(?:сообщени[ею]|письм[оеу]|e-?mail|mail|message|communication|transmission|messaggio|nachricht)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"конфиденциальн|адресат|получател|уничтож|удал|ошибочно|по ошибке|распространен|копирован|раскрыт|предназначен"
    r"|привилегирован|тайн|confidential|intended|recipient|delete|in error|disclos|distribut|privileged"
    r"|destinatario|riservate",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"mailing list|список рассылки|listinfo|unsubscribe|отписаться|groups\.google|googlegroups", re.IGNORECASE
)
_LINES = 12
_SIZE = 900
_REACH = 40
"""Lines at the end of a text among which its signature is looked for."""


def is_footer(line: str) -> bool:
    """Whether a line was added by a mail client ("Отправлено с iPhone")."""
    if len(line) > 140 or not _FOOTER.match(line):  # noqa: PLR2004 - longer is prose
        return False
    rest = line.split("<", maxsplit=1)[0]
    return (
        (bool(_OWN_DEVICE.match(rest)) or bool(_DEVICE.search(rest)))
        and not _MONEY.search(rest)
        and not _says_more(rest)
    )


def _says_more(line: str) -> bool:
    """Whether a sentence goes on after what looked like a footer ("Sent from my desk, is much easier")."""
    if _EXCUSE.search(line):
        return False
    return "?" in line or bool(re.search(r", \w+ \w+ \w+|[.!] +\w+ \w+ \w+ \w+", line))


def signature_lines(lines: list[str], *, before: bool) -> set[int]:
    """Which lines of one own segment, all at its end but for footers, are no words of the writer.

    Args:
        lines: between two quotes, or the whole text.
        before: own words stand above, so that this segment may be a signature altogether.
    """
    cut = {index for index, line in enumerate(lines) if is_footer(line)}
    said = [index for index, line in enumerate(lines) if index not in cut and line.strip()]
    _cut_disclaimers(lines, said, cut, before=before)
    # From the end up, so that a time spent on a million delimiters is a time spent on forty lines.
    start = next(iter(_starts(lines, said, before=before)), None)
    if start is not None:
        cut.update(range(said[start], said[-1] + 1))
        del said[start:]
    if said and _opens_nothing(lines, said[-1], cut, before=before):
        cut.add(said[-1])
    return cut


def _opens_nothing(lines: list[str], last: int, cut: set[int], *, before: bool) -> bool:
    """Whether the last line left is a delimiter whose signature is gone, or never was."""
    if _DELIMITER.match(lines[last]):
        return before or bool(cut)
    return bool(_RULE.match(lines[last])) and any(index > last for index in cut)


def _starts(lines: list[str], said: list[int], *, before: bool) -> list[int]:
    """The places in `said` where a signature begins, the uppermost first."""
    found = []
    for place in range(max(0 if before else 1, len(said) - _LINES - 1), len(said)):
        line = lines[said[place]]
        sign_off = _SIGN_OFF.match(line)
        if not (sign_off or _DELIMITER.match(line) or _RULE.match(line)):
            continue
        below = [lines[index] for index in said[place + 1 :]]
        if not below or sum(map(len, below)) > _SIZE:
            continue
        if (
            _STRICT.match(line)
            or (_DELIMITER.match(line) and not any(_SAYS.search(one) for one in below))
            or (_RULE.match(line) and (_any_list(below) or _is_card(below)))
            or (sign_off and _is_name(sign_off[1]) and len(below) <= 8 and not _any_says(below))  # noqa: PLR2004 - a visiting card
        ):
            found.append(place)
    return found


def _any_list(below: list[str]) -> bool:
    return any(_LIST.search(line[:200]) for line in below)


def _is_card(below: list[str]) -> bool:
    """Whether lines below a rule are a name with its addresses, and not a table or a note."""
    contact = any(_CONTACT.search(line[:200]) for line in below)
    return contact and bool(_NAME.match(below[0])) and not _any_says(below)


def _any_says(below: list[str]) -> bool:
    """Whether a line is more than a name, a post, an address or a number."""
    for line in below:
        words = line.split()
        if len(line) > 120 or _SAYS.search(line) or line.rstrip().endswith(":"):  # noqa: PLR2004 - a sentence
            return True
        if _CONTACT.search(line):
            continue
        if len(words) > 9 or (len(words) > 5 and line.rstrip().endswith((".", "!", "…"))):  # noqa: PLR2004 - a sentence
            return True
    return False


def _is_name(text: str) -> bool:
    """Whether what follows a closing formula on its line can be a name ("Иванов И. И., абонент")."""
    text = text.strip()
    return not text or (len(text.split()) <= 6 and text[0].isupper() and not _SAYS.search(text))  # noqa: PLR2004 - a name and a post


def _cut_disclaimers(lines: list[str], said: list[int], cut: set[int], *, before: bool) -> None:
    """Take away the last paragraphs while they are legal notices about the mail itself."""
    while said:
        end = len(said)
        start = end - 1
        while start > 0 and end - start < _REACH and said[start - 1] == said[start] - 1:
            start -= 1
        # A notice may begin below a closing line without a blank one between.
        start = next((at for at in range(start, end) if _THIS_MAIL.match(lines[said[at]][:300])), -1)
        paragraph = " ".join(lines[index] for index in said[start:end])[:4000] if start >= 0 else ""
        terms = {one.lower() for one in _LEGAL.findall(paragraph)}
        if start < 0 or (start == 0 and not before) or len(terms) < 3:  # noqa: PLR2004 - one word is anybody's
            return
        cut.update(range(said[start], said[end - 1] + 1))
        del said[start:end]
        if said and (_RULE.match(lines[said[-1]]) or _DELIMITER.match(lines[said[-1]])):
            cut.add(said.pop())
