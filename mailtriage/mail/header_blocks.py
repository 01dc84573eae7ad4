"""Blocks of copied header fields ("От: ... Тема: ..."), as Outlook and every forward put them above another's text.

The trap: a formal claim begins with "Кому:", "От кого:", "Дата:" and "Тема:" too, and a web form with "От:" and
"Сообщение:"; a mail client writes the time beside the date or an address in brackets, people hardly ever do. The names
of the fields are those of RFC 5322 3.6 as the clients translate them.
"""

import re

MAILBOX = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{2,100}")
BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>()@]{1,100}@[^\s<>()@]{2,100}[>)\]]|mailto:")
TIME = re.compile(r"(?<![\d.])\d{1,2}:\d{2}(?!\d)|\b(?:kl\.?|klo|um|в|at)\s\d{1,2}\.\d{2}(?![.\d])", re.IGNORECASE)
_FIELD = re.compile(r"^[\s>*]*([^\W\d_][^:\n]{0,30}?)[\s*]*[:：](.{0,400})")
_FROM = """от; от кого; from; отправитель; von; de; da; van; od; från; fra; lähettäjä; від; від кого; từ; 从;
    寄件者; 发件人; kimden; feladó; 差出人; кімнен; ад"""
_OTHERS = {
    "to": """кому; to; получатель; получатели; an; à; a; para; aan; do; till; til; vastaanottaja; đến; к; kime; címzett;
        收件人; 宛先; pour; per; komu""",
    "date": """дата; date; sent; отправлено; отправленные; послано; получено; gesendet; envoyé; envoyé le; enviado;
        enviado el; enviada em; inviato; datum; data; skickat; sendt; verzonden; wysłano; wysłane; dato; fecha;
        дата отправки; дата и время; lähetetty; gửi; sent at; message du; надіслано; дата надсилання; відправлено;
        tarih; dátum; 发送时间; 日期; 送信日時; päiväys""",
    "subject": """тема; тема письма; subject; betreff; objet; sujet; asunto; oggetto; assunto; onderwerp; temat; ämne;
        emne; aihe; chủ đề; konu; tárgy; 主题; 件名; předmět; re""",
    "more": """копия; скрытая копия; cc; kopie; copie; copie à; reply-to; ответить; кому ответить; обратный адрес;
        importance; важность; bcc; вложения; attachments; приоритет; копія; message-id; organization; организация""",
}
_KINDS = {
    name.strip(): kind
    for kind, names in {"from": _FROM, **_OTHERS}.items()
    for name in names.replace("\n", " ").split(";")
}
_CLIENTS_LABEL = re.compile(
    r"(?im)^[\s>*]*(?:отправлено|отправленные|sent|gesendet|envoyé|enviado|inviato|verzonden|wysłano|skickat|надіслано)[\s*]*:"
)
_FORM_FIELD = re.compile(
    r"^\W*(?:телефон|тел|имя|ваше имя|фио|ф\.и\.о\.?|сообщение|текст сообщения|вопрос|комментарий|обращение"
    r"|phone|name|your name|message|question|comment)\W{0,3}:",
    re.IGNORECASE,
)
_REACH = 14
"""Lines that a block may span, with long lists of recipients."""


def field_kind(line: str) -> tuple[str | None, str]:
    """What a line that looks like a header field says ("from", "to", "date", "subject", "more"), and its value."""
    match = _FIELD.match(line) if ":" in line or "：" in line else None
    return (_KINDS.get(match[1].strip().lower()), match[2].strip()) if match else (None, "")


def header_block(lines: list[str], index: int, *, announced: bool = False) -> int:
    """How many lines a block of copied header fields takes that starts here; 0 where none does.

    Args:
        lines: of the whole text.
        index: where the first field stands.
        announced: a separator stands above, so that neither a time nor an address is needed as a proof.
    """
    if index >= len(lines) or field_kind(lines[index])[0] is None:
        return 0
    fields, last, misses = dict[str, str](), index, 0
    for at in range(index, min(len(lines), index + _REACH)):
        kind, value = field_kind(lines[at])
        if kind:
            # An Outlook field may be folded after its colon.
            fields[kind] = f"{fields.get(kind, '')} {value or _next(lines, at)}"
            last, misses = at, 0
        else:
            if not lines[at].strip() and len(fields) >= 3 and not announced:  # noqa: PLR2004 - enough for a block
                break
            misses += 1
            if misses > 2:  # noqa: PLR2004 - a folded value, a blank line
                break
    # "Отправлено:" among the fields is a client's word; a person writes "Дата:".
    announced = announced or any(_CLIENTS_LABEL.match(line) for line in lines[index : last + 1] if len(fields) > 2)  # noqa: PLR2004 - enough for a block
    if not _is_block(fields, announced=announced) or _is_form(lines, last + 1):
        return 0
    return last - index + 1


def _next(lines: list[str], at: int) -> str:
    return lines[at + 1].strip()[:400] if at + 1 < len(lines) and field_kind(lines[at + 1])[0] is None else ""


def _is_block(fields: dict[str, str], *, announced: bool) -> bool:
    known = fields.keys() - {"more"}
    if "from" not in known:
        # Some clients leave From out of a reply to oneself; the exact time and an address are proof enough.
        return known == {"date", "to"} and _timed(fields) and bool(MAILBOX.search(fields["to"]))
    if announced:
        return len(known) >= 2  # noqa: PLR2004 - From and one more
    people = f"{fields['from']} {fields.get('to', '')}"
    if len(known) >= 3:  # noqa: PLR2004 - From and two more
        return _timed(fields) or ("date" in known and bool(BRACKETED.search(people)))
    return "date" in known and _timed(fields) and bool(BRACKETED.search(people))


def _timed(fields: dict[str, str]) -> bool:
    return bool(TIME.search(fields.get("date", "")))


def _is_form(lines: list[str], start: int) -> bool:
    return any(_FORM_FIELD.match(line) for line in lines[start : start + 3])
