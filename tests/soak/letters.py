"""A dozen letters of every kind that mail to a support desk is of, made anew with other people for each run."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

OWN = "support@1cupis.ru"
_SURNAMES = ("Ложкин", "Вилкин", "Чашкин", "Блюдцев", "Тарелкин", "Кастрюлин", "Скатертин", "Половников")
_NAMES = ("Пётр", "Анна", "Борис", "Вера", "Глеб", "Дина", "Егор", "Жанна")


@dataclass(frozen=True)
class Letter:
    """One message, found again by its Message-ID wherever it lies."""

    kind: str
    octets: bytes
    message_id: str


def dozen(run: str, size: int = 12) -> list[Letter]:
    """Letters of `size` in order of arrival; `run` (letters and digits) is in every address, so no two runs meet."""
    letters: list[Letter] = []
    while len(letters) < size:
        letters += _twelve(f"{run}x{len(letters)}")
    return letters[:size]


def _twelve(run: str) -> list[Letter]:
    seed = sum(run.encode())
    claim = "Перевёл 990 рублей на счёт в букмекерской конторе, деньги не зачислены. Прошу вернуть платёж 7700112233."
    question = _letter(run, "question", "Как изменить номер телефона в кошельке? Подскажите порядок.", seed + 1)
    return [
        _letter(run, "claim", claim, seed),
        _letter(run, "repeat", claim, seed, sender="claim"),
        question,
        _letter(run, "blocked", "Мой кошелёк заблокирован, не могу войти. Разблокируйте, пожалуйста.", seed + 2),
        _letter(run, "proposal", "Предлагаю добавить в приложение тёмную тему, с ней было бы удобнее.", seed + 3),
        _letter(run, "anonymous", "Верните деньги за платёж.", None),
        _letter(run, "keys", "ываолдж фывлдоа щшгцук йзхъфы длорпав ячсмить бьтимс\nцукенг шщзхъф ывапро лджэяч", None),
        _letter(run, "away", "Я в отпуске до понедельника.", seed + 4, {"Auto-Submitted": "auto-replied"}),
        _letter(run, "news", "Скидки на всё!", None, {"List-Id": "<news.shop.example>", "Precedence": "bulk"}),
        _bounce(run),
        question,
        _letter(run, "english", "How can I change the phone number of my wallet?", seed + 5, name="John Miller"),
    ]


def _letter(
    run: str, kind: str, text: str, person: int | None, headers: dict[str, str] | None = None, *,
    sender: str = "", name: str = "",
) -> Letter:  # fmt: skip
    message = EmailMessage(policy=SMTP)
    who = name or (f"{_NAMES[person % 8]} {_SURNAMES[person // 8 % 8]}" if person is not None else "")
    message["From"] = f"{who} <{sender or kind}-{run}@mail.example>" if who else f"{kind}-{run}@mail.example"
    message["To"], message["Subject"] = OWN, f"Обращение {kind}"
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 +0300"
    message["Message-ID"] = f"<{kind}-{run}@mail.example>"
    for key, value in (headers or {}).items():
        message[key] = value
    message.set_content(f"Здравствуйте! {text}\n\n{who}\n")
    return Letter(kind, message.as_bytes(), message["Message-ID"])


def _bounce(run: str) -> Letter:
    message_id = f"<bounce-{run}@mail.example>"
    head = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example\r\nTo: {own}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: {id}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nIt could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; nobody-{run}@mail.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    return Letter("bounce", head.format(own=OWN, id=message_id, run=run).encode(), message_id)
