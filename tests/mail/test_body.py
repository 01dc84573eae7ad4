"""Which parts of a message are its text: the ladder of alternatives, forwarded messages, soft line breaks."""

import pytest

from mailtriage.mail.message import Body
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse
from mailtriage.mail.plain_text import tidy, unflowed
from mailtriage.mail.quotes import cut

HEAD = "From: ivan@mail.example\r\nTo: help@a.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


def plain(text: str, parameters: str = "") -> str:
    return f"Content-Type: text/plain; charset=utf-8{parameters}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"


def html(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{inside}--{boundary}--\r\n"


def read(message: str, options: ReadOptions | None = None) -> Body:
    return parse((HEAD + message).encode(), options or ReadOptions()).body


@pytest.mark.parametrize(
    "stub",
    [
        "",
        "  \r\n\t\r\n",
        "This message is in HTML format.",
        "Это письмо в формате HTML. Ваш почтовый клиент его не поддерживает.",
        "Для просмотра письма включите отображение HTML",
        "This is a multi-part message in MIME format.",
        "Отправлено из мобильной Почты Mail",
        "Sent from my iPhone",
        "????? ?? ??????",
    ],
)
def test_a_stub_in_plain_text_gives_way_to_the_html(stub: str) -> None:
    found = read(multipart("alternative", plain(stub), html("<p>Деньги не пришли на кошелёк</p>")))
    assert found.new_text == "Деньги не пришли на кошелёк"


@pytest.mark.parametrize(
    "text", ["Да", "HTML не открывается", "640", "Деньги не пришли\r\n\r\nОтправлено с iPhone", "> а вы?\r\nа мы"]
)
def test_plain_text_that_says_something_is_shown(text: str) -> None:
    found = read(multipart("alternative", plain(text), html("<p>совсем другое</p>")))
    assert "другое" not in found.text


def test_an_answer_of_nothing_but_a_quote_does_not_turn_to_the_html() -> None:
    quoted = "10.08.2026, 14:43, Служба <s@a.example>:\r\n> ждите"
    found = read(multipart("alternative", plain(quoted), html("<div>ждите ответа</div>")))
    assert found.new_text == ""


@pytest.mark.parametrize("kind", ["mixed", "related", "x-unknown", "signed", "parallel", "appledouble"])
def test_texts_of_multiparts_of_any_kind_are_shown_in_order(kind: str) -> None:
    assert read(multipart(kind, plain("первый"), plain("второй"))).new_text == "первый\n\nвторой"


def test_alternatives_inside_other_multiparts_are_chosen_from() -> None:
    inner = multipart(
        "alternative", plain("слова"), multipart("related", html("<b>слова</b>"), boundary="d"), boundary="c"
    )
    assert read(multipart("mixed", inner, plain("и ещё"))).new_text == "слова\n\nи ещё"


def test_pages_for_other_screens_are_not_taken_for_the_html() -> None:
    watch = html("<b>часы</b>").replace("text/html", "text/watch-html")
    assert read(multipart("alternative", watch, html("<p>письмо</p>"))).new_text == "письмо"


def test_html_that_is_called_plain_is_read_as_html() -> None:
    assert read(plain("<html><body><p>Деньги&nbsp;где?</p></body></html>")).new_text == "Деньги где?"
    assert read(plain("<p>Деньги где?</p>")).new_text == "Деньги где?"
    assert read(plain("<p и не тег, 5 < 6")).new_text == "<p и не тег, 5 < 6"


def test_styles_longer_than_the_limit_do_not_hide_the_text() -> None:
    heavy = f"<html><head><style>{'p.a{margin:0}' * 2000}</style></head><body><p>слова</p></body></html>"
    assert read(html(heavy), ReadOptions(max_text=10_000)).new_text == "слова"


def test_a_text_over_the_limit_is_cut_with_a_defect() -> None:
    message = parse((HEAD + plain("слово " * 100)).encode(), ReadOptions(max_text=60))
    assert len(message.body.text) <= 60
    assert message.defects


def test_a_forwarded_message_stands_below_the_words_and_is_not_merged() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: =?utf-8?b?0JHQsNC90Lo=?= <bank@b.example>\r\nSubject: no\r\n"
    inner += plain("Отказано.\r\n-- \r\nБанк")
    found = read(multipart("mixed", plain("Смотрите ниже.\r\n-- \r\nИван"), inner))
    assert found.new_text == "Смотрите ниже."
    assert found.signature == "--\nИван"
    assert found.quoted_text.splitlines()[:2] == [
        "-------- Пересылаемое сообщение --------",
        "От: Банк <bank@b.example>",
    ]
    assert "Отказано." in found.quoted_text
    assert found.text.index("Смотрите") < found.text.index("Пересылаемое") < found.text.index("Отказано")


def test_his_own_message_forwarded_bare_is_his_own_words() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: ivan@mail.example\r\nTo: help@a.example\r\n" + plain(
        "Где деньги?"
    )
    assert read(multipart("mixed", inner)).new_text == "Где деньги?"


@pytest.mark.parametrize(
    ("text", "delete_space", "shown"),
    [
        ("один \nдва\nтри", False, "один два\nтри"),
        ("оди \nн", True, "один"),
        ("> чужое \n> слово\n> дальше\nмоё", False, "> чужое слово\n> дальше\nмоё"),
        ("> чужое \nмоё", False, "> чужое \nмоё"),
        (">> а \n> б", False, ">> а \n> б"),
        ("слова \n-- \nИван", False, "слова \n-- \nИван"),
        (" >не цитата", False, ">не цитата"),
        (" From me", False, "From me"),
        ("один\n\nдва", False, "один\n\nдва"),
    ],
)
def test_soft_line_breaks_are_undone(text: str, delete_space: bool, shown: str) -> None:  # noqa: FBT001 - a case of the table
    assert unflowed(text, delete_space=delete_space) == shown


def test_flowed_text_is_shown_in_whole_paragraphs() -> None:
    flowed = plain("Деньги \r\nне пришли \r\nникому.\r\n\r\n> вы \r\n> ждите\r\n-- \r\nИван", "; format=flowed")
    found = read(flowed)
    assert found.new_text == "Деньги не пришли никому."
    assert found.quoted_text == "> вы ждите"
    assert found.signature == "--\nИван"


def test_enriched_text_loses_its_commands() -> None:
    enriched = plain("<bold>Деньги</bold>\r\n<color><param>red</param>где?</color>").replace("plain", "enriched")
    assert read(enriched).new_text == "Деньги где?"


def test_odd_characters_become_plain() -> None:
    assert tidy("а\u200bб\u00a0в\u202fг\r\nд\re\u2028ж\x00 ") == "аб в г\nд\ne\nж"
    assert tidy("слова\n-- \nИван  ") == "слова\n-- \nИван"


SHARED = {
    "quote marks": ">" * 500_000,
    "quoted lines": ">\n" * 250_000,
    "fields": "От: a <a@b.example>\n" * 25_000,
    "delimiters": "-- \n" * 100_000,
    "rules": "____\n\n" * 80_000,
    "attributions": "10.08.2026, 14:43, A <a@b.example>:\n> x\nя\n" * 10_000,
    "almost attributions": ("On 1 " * 70 + ":\n") * 1_500,
    "separators": "-----Исходное сообщение-----\nслова\n" * 15_000,
    "footers": "Отправлено с iPhone\n" * 25_000,
    "one line": "а" * 500_000,
    "blank lines": "\n" * 500_000,
}


@pytest.mark.parametrize("kind", SHARED)
def test_half_a_million_hostile_characters_are_cut_in_time_and_kept(kind: str) -> None:
    found = cut(SHARED[kind], "ivan@mail.example")
    kept = sum(len(view.split()) for view in (found.new_text, found.quoted_text, found.signature))
    assert kept >= len(SHARED[kind].split()) or kind in {"quote marks", "quoted lines"}
