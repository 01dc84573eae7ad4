"""Words that mean one matter at a payment centre, and matters that are news wherever they were not told before.

The trap is the letter told again in other words: "карту пополнил, а денег нет" and "внёс с карточки, не зачислено"
share no word and are one matter. The other trap is the width of a group: what is put together here can no longer be
told apart, so "удалить" and "закрыть", "вернуть" and "вывести" stay two matters, for a changed wish is news.
All entries are normal forms, folded; a star stands for any ending.
"""

from mailtriage.language.by_word import kept


def _alternatives(written: str) -> tuple[str, ...]:
    return tuple(written.split())


SYNONYMS: dict[str, tuple[str, ...]] = {
    "arrive": _alternatives(
        "дойти прийти придти приходить доходить поступ* зачисл* получ* упасть засчит* начисл* появ* отобраз* "
        "отображ* отразиться отражаться капнуть долететь добраться arriv* receiv* come came credit* got"
    ),
    "stuck": _alternatives(
        "зависнуть висеть зависать застрять задерж* подвиснуть остановить остановиться застопор* stuck pending delay*"
    ),
    "money": _alternatives(
        "деньги деньга денежка денежный средство сумма рубль руб копейка бабки бабло тысяча остаток баланс money "
        "ruble* rouble* rub balance"
    ),
    "pay": _alternatives(
        "платеж оплат* плат* заплат* уплат* перевод перевести переводить переведен* перевод* перечисл* пополн* "
        "внести внесение внос* закинуть закидывать положить занести операция транзакция pay* paid transfer* "
        "deposit* topped"
    ),
    "withdraw": _alternatives("вывод вывести выводить выведен* выплат* withdr*"),
    "charge": _alternatives(
        "списа* списыв* снять снимать снимание удержа* удержив* взять взимать взимание взыск* содрать уйти уходить "
        "улететь исчезнуть пропасть пропажа вычесть вычитать отнять отобрать забрать увести уводить утечь "
        "charge* debit* took taken"
    ),
    "return": _alternatives(
        "вернуть вернуться возврат* возвращ* возмест* возмещ* отдать отдавать компенс* скинуть скидывать обратно "
        "refund* return*"
    ),
    "block": _alternatives(
        "блокир* заблок* блок заморо* замораж* закрыть закрывать закрыт* закрытие огранич* приостан* перекры* "
        "отрезать отрубить забан* бан запереть запирать заперт* замок захлопнуть block* lock* restrict* suspend* "
        "frozen clos*"
    ),
    "unblock": _alternatives(
        "разблок* разморо* размораж* открыть открывать открыт* восстан* возобнов* разбан* отпереть отпирать отворить "
        "отворять отомкнуть unblock* unlock* restor*"
    ),
    "account": _alternatives(
        "кабинет аккаунт акк учетка учетный кошелек кошель профиль лк доступ account wallet access"
    ),
    "fee": _alternatives("комисс* сбор fee commission"),
    "bookmaker": _alternatives("букмекер* бк контора bookmaker*"),
    "bank": _alternatives("банк банковский bank"),
    "operator": _alternatives("оператор"),
    "receipt-paper": _alternatives("чек квитанц* receipt"),
    "picture": _alternatives("скрин* снимок фото фотка фотограф* screenshot photo picture"),
    "card": _alternatives("карт карта карточка карточный пластик card"),
    "phone": _alternatives("телефон телефонный аппарат смартфон мобильник мобильный сотовый трубка phone"),
    "sim": _alternatives("сим симка сим-карта сим-карточка симкарта"),
    "can": _alternatives("получаться удаваться удаться получиться"),
    "identify": _alternatives("идентифи* верифи* verif* identif*"),
    "delete": _alternatives("удал* delet*"),
    "cancel": _alternatives("отмен* аннулир* отзывать отозвать передумать cancel*"),
    "refuse": _alternatives("отклон* отверг* reject* declin*"),
    "change": _alternatives("смен* поменя* менять заменить заменять сменять chang*"),
    "enter": _alternatives(
        "войти входить вход зайти заходить залогин* авториз* впустить впускать пускать пустить попасть логин login "
        "log-in enter"
    ),
    "work": _alternatives("работать заработать функционировать работоспособн* наладиться наладить восстановиться"),
    "sms": _alternatives("смс sms смска эсэмэс эсэмэска sms-сообщение смс-сообщение смс-ка"),
    "suspicious": _alternatives("подозр* suspicious"),
    "mistake": _alternatives("ошиб* перепут* промах* случайно нечаянно mistake* error"),
    "alien": _alternatives("чужой посторонний незнаком* неизвестный"),
    "double": _alternatives("дважды двойной вдвойне двукрат* задво* twice double"),
    "loss": _alternatives("утер* утрат* утрач* lost"),
    "buy": _alternatives("куп* приобре* покуп*"),
    "email": _alternatives("электронка имейл емейл мейл e-mail email мыло"),
    "hack": _alternatives("взлом* взлам* хакер* хакнуть hack*"),
    "fraud": _alternatives("мошенни* украсть красть обокрасть кража похитить хищение fraud* stolen scam*"),
    "citizenship": _alternatives("граждан*"),
    "mend": _alternatives("исправ* поправ* откоррект* устран* починить correct* fix* repair*"),
    "bet": _alternatives("ставка ставить поставить игра играть сыграть пари bet* wager*"),
    "disown": (),
    "search": _alternatives("искать поиск разыск* найти находить отыскать розыск find found search*"),
}
"""What counts as one matter when a letter is told again in other words."""

FURNITURE = frozenset("money account card pay stuck work can email phone".split())  # noqa: SIM905 - reads best as words
"""What every letter to a payment centre is about: half as telling as another word."""

OUTCOMES = frozenset(
    "arrive return unblock enter work can identify delete withdraw cancel refuse search mend".split()  # noqa: SIM905 - reads best as words
)
"""What is asked for or missing; told as done, it is news, however often it was asked for."""

WISHES = frozenset("delete unblock return withdraw cancel change".split())  # noqa: SIM905 - reads best as words
"""Another wish is news, alone among many known words."""

IMPLIED = {"unblock": "block", "enter": "block"}
"""Who tells the second means the first, too, as long as it is not told as done: "закрыли доступ", "откройте"."""

TELLING = _alternatives(
    "выписка справка receipt-paper договор постановление иск протокол подтверждение документ доказательство свидетель "
    "свидетельство устроиться трудоустроиться зарплата увольнение уволить умереть смерть больница больной болезнь "
    "болеть инвалид инвалидность пенсионер пенсионерка пенсия студент переезд переехать приложить прикладывать "
    "прикрепить прикреплять прилагать вложение picture следователь экспертиза sms hack доверенность наследство "
    "наследник развод роды беременная граница заграница загранпаспорт инн снилс перевыпуск перевыпустить истечь "
    "муж жена супруг супруга сын дочь мать отец мама папа брат сестра внук внучка бабушка дедушка друг подруга "
    "родственник опекун ребенок банкротство арест пристав чекбокс гражданство военный мобилизация фамилия double"
)
"""Matters that bring something new wherever they were not mentioned before."""

ON_FILES = frozenset(
    "picture receipt-paper документ вложение приложить прикладывать прикрепить прикреплять прилагать файл копия скан "  # noqa: SIM905 - reads best as words
    "выписка справка договор согласие заявление подтверждение чек страница паспорт".split()
)
"""Words that speak of an enclosure: nothing new beside one that was sent before."""

ACTORS: dict[str, str] = {
    word: actor
    for actor, words in {
        "bank": "банк сбербанк сбер тинькофф втб альфа-банк т-банк bank",
        "bookmaker": "букмекер контора бк фонбет винлайн bookmaker",
        "operator": "оператор билайн мегафон мтс",
        "court": "суд судья арбитраж",
        "authority": "центробанк цб прокуратура полиция роспотребнадзор омбудсмен следователь пристав мвд налоговая",
        "other side": "получатель отправитель магазин продавец работодатель бухгалтерия нотариус юрист адвокат",
        "kin": "муж жена сын дочь мать отец мама папа брат сестра внук внучка друг подруга супруг супруга",
    }.items()
    for word in words.split()
}
"""Third parties: what they answered or did is a circumstance."""

SPEECH = frozenset(
    "говорить отвечать писать сообщать утверждать уверять подтверждать отказывать заявлять ссылаться разводить "  # noqa: SIM905 - reads best as words
    "say says said tells told".split()
)
"""In the present tense, too."""

_EXACT = {word: concept for concept, written in SYNONYMS.items() for word in written if not word.endswith("*")}
_STEMS = {word[:-1]: concept for concept, written in SYNONYMS.items() for word in written if word.endswith("*")}


@kept(16_384)
def synonym(lemma: str) -> str:
    """The group that a normal form belongs to, or itself."""
    if lemma in _EXACT:
        return _EXACT[lemma]
    for length in range(len(lemma), 2, -1):
        if lemma[:length] in _STEMS:
            return _STEMS[lemma[:length]]
    return lemma
