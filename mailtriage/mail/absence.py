"""Absence notes and auto-replies that no header betrays, known by subject and words, in Russian and English.

The trap: customers use the same words about themselves ("я был в отпуске, деньги не пришли"), so each sign is weighed
and a mail that asks for something is a person's.
"""

import re

from mailtriage.language.sparse import sparse
from mailtriage.mail.person_words import CUSTOMER, DEMANDS, OWN, PROMISES

_SUBJECT = re.compile(
    r"^\s*(?:(?P<answer>re|отв|ответ|fwd?|aw|ha)\s*:)?\s*\[?\(?\s*(?:автоответ\w*|авто-?ответ|авто-?reply"
    r"|автоматический (?:ответ|отклик)|автоматическое (?:уведомление|сообщение)|автоматична відповідь"
    r"|auto(?:matic)?[- ]?(?:reply|response|answer)|autoreply|auto:|out of (?:the )?office|ooo\b|вне офиса"
    r"|отсутстви[ея] на рабочем месте|(?:меня )?нет (?:на (?:рабочем )?месте|в офисе|на работе)|отсутствую"
    r"|буду отсутствовать|on vacation|i am (?:on|away)|vacation|away from|нахожусь (?:вне офиса|в отпуске)"
    r"|(?:я )?в отпуске|abwesen\w+"
    r"|automatische antwort|r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica)",
    re.IGNORECASE,
)
_SUBJECT_ENDS = re.compile(
    r"\s*(?:$|[:;,.!()\[\]<>«\"\-–—/]|\d|(?:до|с|по|на|в|re|for|until|till|reply|response|notification|message"
    r"|auto)\b)",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\s*:")
"""What a mail program puts between its own words and the subject that it answers."""
_SUBJECT_INSIDE = re.compile(
    r"(?:автоответ|автоматический ответ|automatic reply|auto-?reply|out of office|вне офиса|нет в офисе|нет на месте"
    r"|в отпуске|(?:отвечает|ответил) автоответчик)\b",
    re.IGNORECASE,
)
_MACHINE = sparse(
    r"автоматическ(?:ое|ий) (?:сообщение|ответ|письмо|уведомление)|автоответ(?!чик)|(?:сообщение|письмо|ответ"
    r"|уведомление)\W+(?:\w+\W+){0,2}(?:создан|сформирован|сгенерирован|отправлен)\w*\W+автоматически"
    r"|(?:отправлен|сформирован|создан|сгенерирован)\w* автоматически|автоматически сгенерирован"
    r"|this is an? auto(?:matic|mated)(?:ally generated)? (?:reply|response|message|e-?mail)"
    r"|auto(?:matic|mated)?-?(?:reply|response)\b|(?:отправил|это|я) автоответчик|(?<!что )(?<!не )я робот\b",
    re.IGNORECASE,
)
_MACHINE_ITSELF = re.compile(
    r"(?:это|данное)\b(?! не)[^.\n]{0,30} (?:автоматическ|автоответ)|(?:сформирован|создан|отправлен"
    r"|сгенерирован)\w* автоматически"
    r"|this is an auto",
    re.IGNORECASE,
)
_ABSENT = sparse(
    r"(?:меня|нас|его|её|ее|сотрудника|менеджера) (?:сейчас |временно |сегодня |пока )?(?:нет|не будет) (?:в офисе"
    r"|на (?:рабочем )?месте|на работе|(?:до|с)\b)|меня (?:сейчас|временно|пока) нет\b|нахожусь (?:в|вне"
    r"|на) (?:\S+ ){0,2}(?:отпуск|командировк|офис|больничн"
    r"|декрет)|(?:я |сейчас |пока |временно |уш(?:ёл|ел|ла) )*(?:в (?:ежегодном |очередном |декретном "
    r"|учебном )?(?:отпуск[еу]?|командировке|отъезде)|на больничном|на сессии)(?: (?:до|с|по|без|и)\b|[.,!]|\s*$)"
    r"|(?:буду отсутствовать|отсутствую)\s*(?:$|[.,!]|\d|(?:до|с|по|на (?:рабоч|работ)\w*|в офис\w*|в период)\b)"
    r"|\bбуд(?:у|ет) (?:снова )?(?:на (?:рабочем )?месте|на работе|в офисе) (?:с|после|только)\b|не на рабочем месте"
    r"|отдыхаю (?:до|на|в|с)|(?:уехал[аи]?|уезжаю|улетел[аи]?) (?:в отпуск|в командировку|до)"
    r"|\bi(?: am|['’]m| will be|['’]ll be) (?:currently |now )?(?:out of|away|on (?:vacation|leave|holiday|annual"
    r"|maternity|sick|parental|a business))|out of (?:the )?office|away from (?:my desk|the office|e-?mail)"
    r"|(?:limited|no) access to (?:my )?e-?mail|\bwill not be (?:reading|checking) (?:my )?e?-?mail"
    r"|офис (?:закрыт|не работает)|компания не работает"
    r"|(?:сотрудник|он|она|\w+ов[а]?) больше не работает|больше не работа(?:ет|ю) в|уволил(?:ся|ась)"
    r"|no longer (?:with|works? (?:for|at))|mailbox is not monitored|(?:ящик|адрес|почта) (?:больше )?не"
    r" (?:обслуживается|используется|проверяется|работает)",
    re.IGNORECASE | re.MULTILINE,
)
_RETURN = sparse(
    r"верн(?:усь|ёмся|емся|ётся|ется)|буду (?:снова )?(?:на (?:связи|работе|месте)|в офисе|доступ)|(?:отвечу|прочту"
    r"|прочитаю|рассмотрю|свяжусь)\b[^.!?\n]{0,60}(?:позже|по возвращени|после|когда|в понедельник|как только|с \d)"
    r"|по возвращени|отвеча(?:ю|ть) с задержк|замеща|вместо меня|по (?:всем )?(?:срочным|неотложным|экстренным"
    r"|рабочим|текущим) (?:вопросам|делам)|по срочным|(?:если|когда) (?:вопрос |дело |это )?срочн|обращайтесь к"
    r"|пишите:? (?:на|коллег|\S+@)|звоните|по (?:всем )?вопросам[^.!?\n]{0,40}(?:[-–—:]|обра|пишите|звоните)"
    r"|с вопросами обращайтесь|обращаться к|(?:в|на время|во время) (?:мо[её]|моего|его|е[её])? ?отсутстви[ея]"
    r"|связь нестабильн|(?:почту|письма|сообщения) (?:не )?(?:смотрю|читаю|проверяю|прочту|прочитаю)|доступ\S* к почте"
    r"|почта (?:читается|не читается)|(?:i )?will (?:be back|return|respond|reply|get back|be read when)|(?:for"
    r"|in) (?:anything )?urgent|urgent matters|please contact|contact my|back on (?:monday|tuesday|wednesday|thursday"
    r"|friday|\d)|спасибо за (?:ваше |ваш )?(?:письмо|сообщение)|thank you for your (?:e-?mail|message)"
    r"|ваше письмо (?:получено"
    r"|принято|очень важно)",
    re.IGNORECASE,
)
_DELEGATES = re.compile(r"(?:по|with|for) (?:\w+ )?(?:вопросам|делам|questions|matters)[^\n.;]{0,80}", re.IGNORECASE)
_ANSWERS = re.compile(r"\s*(?:re|ha|aw|отв|ответ)\s*:", re.IGNORECASE)
_ROBOT_OF_OURS = (
    r"(?:авто-?ответ\w*|отписк\w*|шаблон\w*|робот\w*|бот(?:а|ы|у|ов|ом|ами)?"
    r"|автоматическ\w+ (?:ответ|письм|сообщени|отписк|отбивк)\w*"
    r"|auto-?(?:matic |mated )?(?:repl|respon|answer|e-?mail)\w*"
    r"|robots?|bots?)"
)
_COMPLAINS = re.compile(
    r"\b(?:ваш(?:а|е|и|у|ей|его|ему|им|ими|их)?\b(?! ?(?:письм|сообщ|обращ|запрос|вопрос|заявк))"
    rf"|your\b(?! ?(?:e-?mail|mail|message|request))) (?:\w+ ){{0,2}}?{_ROBOT_OF_OURS}\b"
    r"|\b(?:вы|you)\b[^.!?\n]{0,40}\b(?:шл[её]те|присылаете|прислали|отвечаете|ответили|отписываетесь|отделываетесь"
    rf"|отделались|кормите|пишете|keep sending|send me|sent me|answer me)\b[^.!?\n]{{0,60}}\b{_ROBOT_OF_OURS}\b"
    r"|\b(?:от вас|у вас|from you)\b[^.!?\n]{0,40}\b(?:приход\w+|пришл[аио]|приш[её]л|получаю|получил\w*|i get|i got)\b"
    rf"[^.!?\n]{{0,60}}\b{_ROBOT_OF_OURS}\b"
    r"|\b(?:уберите|убрать|отключите|отключить|выключите|хватит|надоел\w*|достал\w*|прекратите|перестаньте|смените"
    r"|перепишите|сколько можно|вместо (?:ответ|помощ|оператор|человек|решени)\w*|одни|один и тот же|stop"
    rf"|instead of an? (?:answer|person|human))\b[^.!?\n]{{0,40}}\b{_ROBOT_OF_OURS}\b"
    rf"|\b{_ROBOT_OF_OURS}\b[^.!?\n]{{0,40}}\b(?:вместо (?:ответ|помощ|оператор|человек|решени)\w*|надоел\w*"
    r"|достал[аио]?|бесит|бесят|раздража\w+)\b",
    re.IGNORECASE,
)
"""What only people say of automatic replies: that they get them, from whom, and that it is enough."""
_LONG = 1_200
"""Characters beyond which nobody's absence note goes."""
_NOTHING_ELSE = 120
"""Characters that leave no room for anything but an absence."""
_ENOUGH = 2.0


def absence(subject: str, text: str, holding: int, *, null_sender: bool) -> tuple[str, ...]:
    """The words of an automatic reply or absence note, or nothing for a person's mail; the text holds this at most."""
    opening = text[:_LONG]
    if match := _SUBJECT.search(subject):
        robot = null_sender or (_subject_of_robot(match, opening) and not _COMPLAINS.search(opening))
        return (match[0].strip(),) if robot else ()
    machine, absent = _MACHINE.search(opening, holding), _ABSENT.search(opening, holding)
    inside = _SUBJECT_INSIDE.search(subject)
    # To return, or to name somebody else, is anybody's: alone it never weighs enough.
    returns = _RETURN.search(opening, holding) if machine or absent or inside or null_sender else None
    signs = ((machine, 2.0), (absent, 1.0), (returns, 1.0), (inside, 1.0))
    found = [(match[0].strip(), worth) for match, worth in signs if match]
    weight = sum(worth for _, worth in found) + null_sender
    if _ANSWERS.match(subject):
        bare = len(found) == 1 and len(text) < _NOTHING_ELSE and absent
        weight += (len(text) < _LONG) / 2 + bool(bare) / 2
    if weight < _ENOUGH or (machine and not null_sender and _COMPLAINS.search(opening)):
        return ()
    weight -= 1.5 * min(2, _asks(opening)) + bool(PROMISES.search(opening))
    return tuple(words for words, _ in found) if weight >= _ENOUGH and len(text) < _LONG * 2 else ()


def _asks(opening: str) -> int:
    """How many of a customer's matters are named, apart from those that somebody else is to be asked about."""
    return CUSTOMER.count(_DELEGATES.sub("", opening))


def _subject_of_robot(match: re.Match[str], opening: str) -> bool:
    """Whether a robot wrote "Автоответ: ..."; "Автоответ вместо помощи" is a person's subject."""
    after = match.string[match.end() :]
    demands, asks = bool(DEMANDS.search(opening)), _asks(opening)
    absent, returns = bool(_ABSENT.search(opening)), bool(_RETURN.search(opening))
    machine = bool(_MACHINE.search(opening))
    if _STAMP.match(after) and not match["answer"]:
        return not (demands and OWN.search(opening)) or (absent and returns)
    if match["answer"]:
        return not demands and not asks and (absent or returns or bool(_MACHINE_ITSELF.search(opening)))
    if not _SUBJECT_ENDS.match(after):
        return asks <= 1 and not demands and (machine or absent or returns)
    if demands:
        return bool(_MACHINE_ITSELF.search(opening)) or (absent and returns)
    return asks <= 1 or absent or machine
