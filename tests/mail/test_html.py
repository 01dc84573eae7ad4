"""HTML bodies as a person sees them: what is hidden, how lines fall, and documents written to break the reader."""

import time

import pytest

from mailtriage.mail.html import html_to_text
from mailtriage.mail.quotes import cut

SEEN = "Деньги не пришли"


def seen(html: str) -> list[str]:
    return [line for line in html_to_text(html).split("\n") if line.strip()]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">прехедер</div>',
        '<div style="display: none !important">прехедер</div>',
        '<span style="visibility:hidden">прехедер</span>',
        '<span style="opacity:0">прехедер</span>',
        '<span style="opacity: 0.0">прехедер</span>',
        '<p style="mso-hide:all">прехедер</p>',
        "<div hidden>прехедер</div>",
        '<p style="font-size:0">прехедер</p>',
        '<p style="font-size:1px;line-height:1px">прехедер</p>',
        '<p style="font-size:0.5px">прехедер</p>',
        '<p style="font:0/0 a">прехедер</p>',
        '<p style="color:#ffffff">прехедер</p>',
        '<p style="color: white">прехедер</p>',
        '<p style="color:rgb(255, 255, 255)">прехедер</p>',
        '<p style="color:#fefefe;background:#ffffff">прехедер</p>',
        '<p style="color:rgba(0,0,0,0)">прехедер</p>',
        '<font color="#FFFFFF">прехедер</font>',
        '<div style="background:#336699"><p style="color:#336699">прехедер</p></div>',
        '<div style="max-height:0px;overflow:hidden">прехедер</div>',
        '<div style="position:absolute;left:-9999px">прехедер</div>',
        '<div style="text-indent:-9999px">прехедер</div>',
        "<style>.pre { display : none }</style><div class='a pre'>прехедер</div>",
        "<style>#pre{color:#fff}</style><div id=pre>прехедер</div>",
        "<script>прехедер</script>",
        "<noscript>прехедер</noscript>",
        "<!-- прехедер -->",
        "<!--[if mso]><p>прехедер</p><![endif]-->",
        '<img src="https://track.example/прехедер.gif" width=1 height=1 alt="прехедер">',
    ],
)
def test_what_is_hidden_from_the_eye_is_not_text(hidden: str) -> None:
    html = f"<html><head><title>прехедер</title></head><body>{hidden}<p>{SEEN}</p></body></html>"
    assert seen(html) == [SEEN]


@pytest.mark.parametrize(
    "shown",
    [
        f'<td style="font-size:0px"><div style="font-size:13px">{SEEN}</div></td>',
        f'<body bgcolor="#000000" style="color:#fff"><p>{SEEN}</p></body>',
        f'<div style="background-color:#222"><span style="color:#ffffff">{SEEN}</span></div>',
        f'<td bgcolor="navy"><font color="white">{SEEN}</font></td>',
        f'<td background="https://a.example/b.png"><font color="white">{SEEN}</font></td>',
        f'<body style="color:#ffffff"><p>{SEEN}</p></body>',
        f'<font color="#ffffff"><a href="https://a.example">{SEEN}</a></font>',
        f'<p style="font-size:1em">{SEEN}</p>',
        f'<p style="font-size:100%;opacity:1">{SEEN}</p>',
        f'<p style="max-width:0px">{SEEN}</p>',
        f"<style>@media (max-width:600px){{.wide{{display:none}}}}</style><p class=wide>{SEEN}</p>",
        f"<style>.a .b{{display:none}}</style><p class=b>{SEEN}</p>",
        f'<p style="display:none;display:block">{SEEN}</p>',
        f'<p style="color:#ffffff0">{SEEN}</p>',
    ],
)
def test_what_a_person_sees_is_text(shown: str) -> None:
    assert seen(f"<table><tr>{shown}</tr></table>" if shown.startswith("<td") else shown) == [SEEN]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("один<br>два<br/><br>три", "один\nдва\n\nтри"),
        ("<div>один</div><div><br></div><div>два<br></div><div>три</div>", "один\n\nдва\nтри"),
        ("<p>один</p><p>два</p>", "один\n\nдва"),
        ("<p style='margin:0'>один</p><p class=MsoNormal style='margin:0cm'>два</p>", "один\nдва"),
        ("<p>пере\n  нос   строки&nbsp;в исходнике</p>", "пере нос строки в исходнике"),
        ("<b>жир</b>ный <i>кур</i>сив", "жирный курсив"),
        ("&lt;тег&gt; &amp; &laquo;ёлочки&raquo; &#8470;&#x31; &nbsp;", "<тег> & «ёлочки» №1"),
        ("<ul><li>раз</li><li><p>два</p></li></ul>", "- раз\n- два"),
        ("<ol start=3><li>раз</li><li>два</li><li value=9>три</li></ol>", "3. раз\n4. два\n9. три"),
        ("<ul><li>раз<ol><li>внутри</li></ol></li><li>два</li></ul>", "- раз\n  1. внутри\n- два"),
        (
            "<table><tr><th>Дата</th><th>Сумма</th></tr><tr><td><p>10.08</p></td><td>10&nbsp;000</td></tr></table>",
            "Дата\tСумма\n10.08\t10 000",
        ),
        ("<table><tr><td>один<br>два</td><td>три</td></tr></table>", "один\nдва\nтри"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('<div style="white-space:pre-wrap">a\n\nb</div>', "a\n\nb"),
        ('<a href="https://bank.example/pay?id=1">оплата</a>', "оплата"),
        ('<a href="https://bank.example">https://bank.example</a>', "https://bank.example"),
        ('<p>ура <img alt="🎉" src=x> и <img alt="логотип банка" src=y></p>', "ура 🎉 и"),
        ("<textarea>поле</textarea><button>Отправить</button>", "Отправить"),
        ("текст без тегов", "текст без тегов"),
        ("<blockquote>чужое<blockquote>старое</blockquote></blockquote>моё", "> чужое\n>> старое\nмоё"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">с отступом</blockquote>', "с отступом"),
        ('<blockquote style="border:none;border-left:solid #CCC 1.0pt">чужое</blockquote>', "> чужое"),
        ('<div style="border-left: 2px solid blue">чужое</div>', "> чужое"),
        ('<div style="border-left:none">моё</div>', "моё"),
    ],
)
def test_lines_fall_as_the_eye_sees_them(html: str, text: str) -> None:
    assert html_to_text(html).strip() == text


REPLIES = {
    "Gmail": (
        '<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        'class="gmail_attr">пн, '
        '10 авг. 2026 г. в 14:43, Служба &lt;<a href="mailto:s@help.example">s@help.example</a>&gt;:<br>'
        "</div><blockquote "
        'class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        "<div>{theirs}</div></blockquote></div>"
    ),
    "Gmail with a signature": (
        '<div dir="ltr"><div>{own}</div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div dir="ltr" '
        'class="gmail_signature" data-smartmail="gmail_signature"><div>Иван Петров</div><div>не звонить до '
        "12</div></div></div>"
        '<br><div class="gmail_quote"><div class="gmail_attr">пн, 10 авг. 2026 г. в 14:43, '
        "&lt;s@help.example&gt;:<br></div>"
        "<blockquote>{theirs}</blockquote></div>"
    ),
    "Outlook": (
        '<div class="WordSection1"><p class="MsoNormal">{own}<o:p></o:p></p><p class="MsoNormal"><o:p>'
        "&nbsp;</o:p></p><div "
        'style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        "<b>От:</b> Служба "
        "&lt;s@help.example&gt; <br><b>Отправлено:</b> понедельник, 10 августа 2026 г. 14:43<br><b>Кому:</b> "
        "ivan@mail.example"
        '<br><b>Тема:</b> RE: Вопрос</p></div><p class="MsoNormal">{theirs}</p></div>'
    ),
    "Outlook on a telephone": (
        '<div dir="auto">{own}</div><div id="ms-outlook-mobile-signature"><div>Получить <a '
        'href="https://aka.ms/x">Outlook для '
        'iOS</a></div></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><font><b>От:</b> Служба '
        "&lt;s@help.example&gt;<br><b>Отправлено:</b> понедельник, 10 августа 2026 г., 14:43<br><b>Кому:</b> "
        "Иван<br><b>Тема:"
        "</b> Re: Вопрос</font></div><div>{theirs}</div>"
    ),
    "Mail.ru": (
        "<HTML><BODY><div>{own}</div><div>&nbsp;</div><div data-signature-widget='container'><div>С "
        "уважением,<br>Иван Петров"
        '</div></div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 '
        '0 0 10px;">'
        "Понедельник, 10 августа 2026, 14:43 +03:00 от Служба &lt;s@help.example&gt;:<br>&nbsp;<div>"
        "{theirs}</div></blockquote>"
        "</BODY></HTML>"
    ),
    "Yandex": (
        '<div>{own}</div><div> </div><div>10.08.2026, 14:43, "Служба" &lt;s@help.example&gt;:</div>'
        "<blockquote><div>{theirs}"
        "</div></blockquote><div> </div><div>-- </div><div>Отправлено из мобильного приложения Яндекс Почты</div>"
    ),
    "Yandex with the addressees": (
        "<div>{own}</div><div>----------------</div><div>Кому: Иван (ivan@yandex.example);</div><div>Тема: "
        "Вопрос;</div><div>"
        '10.08.2026, 14:43, "Служба" &lt;s@help.example&gt;:</div><blockquote><p>{theirs}</p></blockquote>'
    ),
    "Apple": (
        '<html><body dir="auto">{own}<div><br><div id="AppleMailSignature" dir="ltr">Отправлено с '
        'iPhone</div><div dir="ltr"><br>'
        '<blockquote type="cite">10 авг. 2026 г., в 14:43, Служба &lt;s@help.example&gt; написал(а):<br><br>'
        "</blockquote></div>"
        '<blockquote type="cite"><div dir="ltr">{theirs}</div></blockquote></div></body></html>'
    ),
    "Thunderbird": (
        '<p>{own}</p><div class="moz-cite-prefix">10.08.2026 14:43, Служба пишет:<br></div><blockquote type="cite" '
        'cite="mid:1@help.example"><p>{theirs}</p></blockquote><pre class="moz-signature" cols="72">-- \nИван</pre>'
    ),
    "Thunderbird in a language of its own": (
        '<p>{own}</p><div class="moz-cite-prefix">Служба, 10.08.2026 14:43 (EET) zapsala toto:<br></div><blockquote '
        'type="cite">{theirs}</blockquote>'
    ),
    "Zimbra": (
        '<div style="font-size: 12pt"><div>{own}</div><hr id="zwchr" data-marker="__DIVIDER__"><div '
        'data-marker="__HEADERS__"><b>'
        'От: </b>"Служба" &lt;s@help.example&gt;<br><b>Кому: </b>"Иван" &lt;ivan@mail.example&gt;<br><b>'
        "Отправленные: </b>"
        "Понедельник, 10 Август 2026 г 14:43:10<br><b>Тема: </b>Re: Вопрос<br></div><br><div>{theirs}</div></div>"
    ),
    "Samsung": (
        '<div dir="auto">{own}</div><div id="composer_signature" dir="auto"><div style="font-size:12px">'
        "Отправлено с моего Galaxy"
        '</div></div><div><br></div><div align="left"><div>-------- Исходное сообщение --------</div><div>'
        "От: s@help.example "
        "</div><div>Дата: 10.08.26 14:43 (GMT+03:00) </div><div>Кому: ivan@mail.example </div><div>Тема: Re: "
        "Вопрос </div>"
        "<div><br></div></div><div>{theirs}</div>"
    ),
    "Yahoo": (
        '<div>{own}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>понедельник, 10 августа 2026 г. '
        "в 14:43:10 GMT+3, "
        "Служба &lt;s@help.example&gt; написал(а):</div><div>{theirs}</div></div>"
    ),
}


@pytest.mark.parametrize("style", REPLIES)
def test_a_reply_in_html_alone_keeps_its_own_words_alone(style: str) -> None:
    own, theirs = "Прошло пять дней,<br>а денег нет.", "<p>Ваше обращение принято.</p><p>Ожидайте.</p>"
    found = cut(html_to_text(REPLIES[style].format(own=own, theirs=theirs)))
    assert found.new_text == "Прошло пять дней,\nа денег нет."
    assert "Ожидайте." in found.quoted_text
    assert "Ожидайте." not in found.signature


def test_answers_between_html_quotes_stay_in_their_order() -> None:
    html = (
        '<div>Ответы ниже.</div><div class="moz-cite-prefix">10.08.2026 14:43, Служба пишет:</div>'
        '<blockquote type="cite">Сумма?'
        '</blockquote><p>1500 рублей</p><blockquote type="cite">Дата?</blockquote><p>3 августа</p>'
    )
    assert cut(html_to_text(html)).new_text.split("\n\n") == ["Ответы ниже.", "1500 рублей", "3 августа"]


def test_words_below_a_signature_of_the_client_are_not_taken_for_it() -> None:
    html = '<div>Добрый день.</div><div class="gmail_signature">Иван</div><div>Деньги не пришли, жду ответа.</div>'
    assert "Деньги не пришли" in cut(html_to_text(html)).new_text


HOSTILE = {
    "nested blocks": "<div>" * 50_000 + SEEN,
    "nested unknown elements": "<x>" * 50_000 + SEEN,
    "nested letters": "<b>" * 50_000 + SEEN,
    "nested quotes": "<blockquote>" * 1_900 + SEEN,
    "nested tables": "<table><tr><td>" * 600 + SEEN,
    "half a million cells": "<table><tr>" + "<td>" * 60_000 + SEEN,
    "open comments": SEEN + "<!--" * 250_000,
    "open styles": SEEN + "<style>" * 100_000,
    "rules without end": "<style>" + ".a{color:red}" * 40_000 + "</style>" + SEEN,
    "at-rules without end": "<style>" + "@media{" * 40_000 + "</style>" + SEEN,
    "an endless style": f"<p style='{'a:b;' * 200_000}'>{SEEN}",
    "heavy classes": (
        "<style>" + "".join(f".a{n}{{{';'.join(f'p{i}:1' for i in range(99))}}}" for n in range(99)) + "</style>"
        f"<p class='{' '.join(f'a{n}' for n in range(99))}'>x</p>" * 1_500 + SEEN
    ),
    "angle brackets": "<" * 500_000 + SEEN,
    "closing tags": "</div>" * 200_000 + SEEN,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_documents_written_to_break_the_reader_end_soon_and_lose_nothing(kind: str) -> None:
    start = time.process_time()
    assert SEEN in html_to_text(HOSTILE[kind])
    assert time.process_time() - start < 5
