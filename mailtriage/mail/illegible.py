"""Whether anything in a message can be read, and for each part that cannot, why, in words for leads and for the notice.

The trap: a message is unreadable only when its body and every file fail, so one legible scan saves an empty mail, and a
signature file beside a mashed body saves nothing.
"""

from mailtriage.language.headline import stands_for_the_letter
from mailtriage.language.legibility import Legibility, judge
from mailtriage.mail.message import Attachment, Message

_MAX_FILE = 4_000
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
"""RFC 9580 6.2: what follows is for the owner of a key that nobody here has."""
_BODY = {
    "": "текста нет",
    "empty": "текста нет",
    "pgp": "текст зашифрован (PGP)",
    "random keys": "текст набран случайными клавишами",
    "question marks instead of letters": "вместо букв вопросительные знаки",
    "broken encoding": "испорчена кодировка текста",
    "punctuation alone": "только знаки препинания",
}
_FILE = {
    "encrypted": "зашифрован или закрыт паролем",
    "damaged": "повреждён и не открывается",
    "empty": "пустой",
    "blank": "на изображении ничего нет",
    "blurred": "изображение размыто",
    "too_large": "слишком большой",
    "bomb": "при распаковке превышает допустимый размер",
    "unsupported": "формат не читается",
}
_UNSUPPORTED = {
    "application/vnd.rar": "архив RAR не открывается",
    "application/x-rar": "архив RAR не открывается",
    "application/x-7z-compressed": "архив 7-Zip не открывается",
    "application/pkcs7-mime": "письмо S/MIME не раскрывается",
    "application/x-pkcs7-mime": "письмо S/MIME не раскрывается",
}
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})


def legible_parts(message: Message, legibility: Legibility) -> tuple[bool, tuple[str, ...]]:
    """Whether any part can be read, with the reason for each that cannot.

    Args:
        message: parsed.
        legibility: of its new words, or of all its text where nothing is new.
    """
    because: list[str] = []
    readable = readable_body(message, legibility)
    headed = not readable and stands_for_the_letter(message.subject, legibility.because)
    if not readable and not headed:
        reason = "pgp" if _is_locked(message) else legibility.because if _own_words(message) else ""
        because.append(f"письмо: {_BODY.get(reason, 'текст не читается')}")
    readable_file = False
    for file in message.attachments:
        reason = _file_problem(file)
        readable_file = readable_file or not reason
        # A signature is no part that anybody meant to be read.
        if reason and file.media_type not in _SIGNATURES:
            because.append(f"{file.filename}: {reason}")
    return readable or headed or readable_file, tuple(because)


def readable_body(message: Message, legibility: Legibility) -> bool:
    """Whether the text of a message can be read; arguments as for `legible_parts`."""
    body = message.body
    # "!!!" above a quote says that he waits; by itself it says nothing.
    sign_above_quote = bool(body.quoted_text.strip()) and not any(map(str.isalnum, body.new_text))
    return _own_words(message) and (legibility.legible or sign_above_quote) and not _is_locked(message)


def _own_words(message: Message) -> bool:
    return bool(message.body.new_text.strip() or message.body.quoted_text.strip())


def _is_locked(message: Message) -> bool:
    return message.body.new_text.lstrip().startswith(_PGP_MESSAGE)


def _file_problem(file: Attachment) -> str:
    """Why a file cannot be read, or ""."""
    if file.problem:
        named = _UNSUPPORTED.get(file.media_type) if file.problem == "unsupported" else None
        return named or _FILE[file.problem]
    if file.media_type in {"text/plain", "application/rtf"} and file.text:
        found = judge(file.text[:_MAX_FILE])
        return "" if found.legible else _BODY.get(found.because, "текст не читается")
    return ""
