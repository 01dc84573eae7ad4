"""What only people write: a customer's matters, demands, the first person. It weighs against every worded robot.

The trap: absence notes and newsletters name payments and accounts too, so a subject of business alone is a weak sign;
a demand or "my" is a strong one.
"""

import re

from mailtriage.language.sparse import sparse

CUSTOMER = sparse(
    r"\?|деньг|денег|кошел|\bсч[её]т|верните|вернуть|списал|зачисл|заблокир|разблокир|аккаунт|личн\w+ кабинет|пополн"
    r"|\bвывод|\bвывест|помогите|подскажите|платеж|платёж|оплат|комисси|\bставк|\bкарт[уыае]\b|паспорт|refund|withdraw"
    r"|my (?:account|money|wallet|payment|card|deposit|bet)\b|прошу (?!прощ|извин|обращаться|писать|связ|направ"
    r"|звонить|адресовать|учесть|принять)|требую",
    re.IGNORECASE,
)
DEMANDS = re.compile(
    r"\?(?:\s|$)|верните|помогите|подскажите|требую|почему|где мо[ийяе]|прошу (?!обращаться|писать|связ|направ|звонить"
    r"|адресовать|учесть|принять)|\bмо(?:й|его|ему|им|ём|ем|я|ю|ей|и|их) (?:кошел|аккаунт|сч[её]т|деньг|профил)"
    r"|\bi (?:need|want|demand)\b|please (?:help|return|explain|unblock)",
    re.IGNORECASE,
)
OWN = re.compile(
    r"\b(?:мо[йяеёюи]|моего|моей|мне|меня|я(?! (?:робот|в отпуске|сейчас))|пришлите|вышлите|ответа нет|нет ответа"
    r"|так и не|назад|отпишите|что я|my|me)\b"
    r"|\bunsubscribe me",
    re.IGNORECASE,
)
PROMISES = sparse(
    r"\b(?:пришлю|пришл[её]м|вышлю|приложу|отправлю|направлю|прикладываю|прилагаю|высылаю|(?:вложил|приложил"
    r"|прикрепил|выслал)[аи]?|во вложении"
    r"|i (?:will|'ll) send|attached)\b",
    re.IGNORECASE,
)
