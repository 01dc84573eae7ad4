"""The words for what a rule names by a key: documents to send, and what a message is about.

The trap is grammar: a document stands after «пришлите» and «please send», so it is a phrase in the accusative; a topic
stands in a list of its own, in the nominative. No phrase may ask for a full card number, a CVC, a password or a code.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple


class Phrase(NamedTuple):
    """The same thing in both languages of our replies."""

    ru: str
    en: str

    def within(self, language: str) -> str:
        """The words in "en" or, for any other language, in Russian."""
        return self.en if language == "en" else self.ru


DOCUMENTS: Final[Mapping[str, Phrase]] = {
    "account_phone": Phrase("номер телефона, к которому привязан кошелёк", "the phone number of your wallet"),
    "amount": Phrase("сумму операции", "the amount of the transaction"),
    "application": Phrase(
        "подписанное вами заявление в свободной форме (фото или скан)",
        "a signed statement in free form (a photo or a scan)",
    ),
    "bank_name": Phrase("название банка", "the name of the bank"),
    "bank_refusal": Phrase("ответ банка об отказе", "the bank's answer with its refusal"),
    "bookmaker_account": Phrase("номер вашего счёта у букмекера", "the number of your account with the bookmaker"),
    "bookmaker_name": Phrase("название букмекера", "the name of the bookmaker"),
    "card_last_digits": Phrase(
        "последние четыре цифры карты (полный номер не нужен)",
        "the last four digits of the card (we do not need the whole number)",
    ),
    "correspondence": Phrase(
        "переписку с букмекером, банком или оператором связи, если она была",
        "your correspondence with the bookmaker, the bank or the mobile operator, if there was any",
    ),
    "death_certificate": Phrase("копию свидетельства о смерти", "a copy of the death certificate"),
    "description": Phrase("описание того, что произошло, по порядку", "a description of what happened, step by step"),
    "full_name": Phrase("фамилию, имя и отчество полностью", "your full name"),
    "income_proof": Phrase(
        "документ о доходах (например, справку с работы или из банка)",
        "a proof of income (for instance a letter from your employer or your bank)",
    ),
    "inheritance_certificate": Phrase(
        "копию свидетельства о праве на наследство", "a copy of the certificate of inheritance"
    ),
    "name_change": Phrase(
        "документ о смене фамилии или имени (например, свидетельство о браке)",
        "a document about the change of name (for instance a marriage certificate)",
    ),
    "operation_date": Phrase("дату и время операции", "the date and time of the transaction"),
    "passport": Phrase("фото разворота паспорта с вашей фотографией", "a photo of the passport page with your picture"),
    "payment_number": Phrase("номер платежа или операции", "the number of the payment or transaction"),
    "phone_contract": Phrase(
        "справку оператора связи о том, что номер принадлежит вам",
        "a letter from your mobile operator that the number is yours",
    ),
    "police_report": Phrase(
        "копию талона-уведомления из полиции, если вы туда обращались",
        "a copy of the police notification slip, if you reported it",
    ),
    "power_of_attorney": Phrase("копию доверенности", "a copy of the power of attorney"),
    "receipt": Phrase("чек или квитанцию об оплате", "the receipt of the payment"),
    "screenshot": Phrase(
        "снимок экрана, на котором видна ошибка или операция", "a screenshot of the error or transaction"
    ),
    "statement": Phrase("выписку банка с этой операцией", "the bank statement that shows this transaction"),
}
"""By key, what a rule may ask the customer to send."""

TOPICS: Final[Mapping[str, Phrase]] = {
    "account_use": Phrase("работа в личном кабинете", "using the account"),
    "app": Phrase("работа приложения или сайта", "the app or the site"),
    "blocking": Phrase("блокировка кошелька", "the blocking of the wallet"),
    "certificate": Phrase("справка или документ от нас", "a certificate from us"),
    "change_of_data": Phrase("изменение личных данных", "a change of personal details"),
    "charged": Phrase("списание денег", "a charge"),
    "commission": Phrase("комиссия", "the fee"),
    "cooperation": Phrase("сотрудничество", "cooperation"),
    "deletion": Phrase("закрытие кошелька", "closing the wallet"),
    "double_charge": Phrase("двойное списание", "a double charge"),
    "entry": Phrase("вход в личный кабинет", "signing in"),
    "formal_claim": Phrase("претензия", "a formal claim"),
    "fraud": Phrase("подозрение на мошенничество", "a suspected fraud"),
    "held": Phrase("задержка денег", "money that is held"),
    "identification": Phrase("идентификация", "identification"),
    "inheritance": Phrase("наследство", "an inheritance"),
    "limits": Phrase("лимиты", "limits"),
    "linking": Phrase("привязка счёта к букмекеру", "linking the account to a bookmaker"),
    "not_credited": Phrase("деньги, которые не поступили", "money that did not arrive"),
    "other_centre": Phrase("вопрос ко второму центру учёта", "a matter of the other accounting centre"),
    "password": Phrase("пароль", "the password"),
    "phone_number": Phrase("номер телефона", "the phone number"),
    "refund": Phrase("возврат денег", "a refund"),
    "review": Phrase("отзыв о нашей работе", "feedback on our work"),
    "suggestion": Phrase("предложение по нашей работе", "a suggestion"),
    "top_up": Phrase("пополнение кошелька", "topping up the wallet"),
    "unauthorised": Phrase("операция, которую вы не совершали", "a transaction that was not yours"),
    "unblocking": Phrase("разблокировка кошелька", "unblocking the wallet"),
    "withdrawal": Phrase("вывод денег", "a withdrawal"),
    "wrong_sum": Phrase("расхождение в сумме", "a difference in the amount"),
}
"""By key, what a message may be about, as a rule's `topic` names it."""


def phrases(keys: Iterable[str], known: Mapping[str, Phrase], language: str) -> tuple[str, ...]:
    """The words for each key, once and in order; a key that is not known has no words and is left out."""
    return tuple(known[key].within(language) for key in dict.fromkeys(keys) if key in known)
