"""Mail that attacks what stands behind the reader: replies, store, log, templates, names of files, support's own name.

What breaks a reader itself, by size or depth, is built in tests/fuzz/fuzz_evil.py. Each letter here is small, is read
without trouble, and asks for something that must not happen.
"""

import base64
from collections.abc import Mapping

VICTIM = "victim@elsewhere.example"
QUESTION = "Как сменить номер телефона в кошельке? Подскажите порядок, пожалуйста."
_NO_CARE = {"To": "support@1cupis.ru", "Date": "Mon, 23 Nov 2026 10:00:00 +0300"}


def word(text: str) -> str:
    """An encoded-word, in which anything travels."""
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def mail(name: str, text: str = QUESTION, body: bytes | None = None, **headers: str) -> bytes:
    """A letter; headers stand as they are given, "_" in their names for "-"."""
    whole = _NO_CARE | {"From": f"{word('Пётр Ложкин')} <{name}@mail.example>", "Subject": word("Вопрос"),
                        "Message-ID": f"<{name}@mail.example>", "Content-Type": "text/plain; charset=utf-8",
                        "Content-Transfer-Encoding": "8bit"}  # fmt: skip
    whole |= {key.replace("_", "-"): value for key, value in headers.items()}
    head = "".join(f"{key}: {value}\r\n" for key, value in whole.items() if value)
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + (body or f"{text}\r\nПётр Ложкин\r\n".encode())


def with_file(name: str, filename: str, content: bytes = b"text of a file") -> bytes:
    """A letter with a file whose name is as given, in RFC 2231's form."""
    quoted = "".join(f"%{octet:02X}" for octet in filename.encode())
    body = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{QUESTION}\r\nПётр Ложкин\r\n--b\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''{quoted}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(content) + b"--b--\r\n"  # fmt: skip
    return mail(name, body=body, Content_Type='multipart/mixed; boundary="b"')


def html(name: str, markup: str) -> bytes:
    """A letter that is HTML alone."""
    return mail(name, body=markup.encode(), Content_Type="text/html; charset=utf-8")


BREAK = f"Вопрос\r\nBcc: {VICTIM}\r\nX-Injected: yes\r\n\r\n<b>hello</b>"
EXPRESSION = "{{ 7*191 }}{% for i in range(10**9) %}a{% endfor %}{{ cycler.__init__.__globals__ }}"
DROP = "'; DROP TABLE message; -- \"; DROP TABLE outbox; --"
FAKE_EVENT = 'x\n{"action": "injected_event", "level": "info"}\r\n\x1b]0;title\x07\x1b[2J'
FILENAMES = (
    "../../../etc/passwd", "..\\..\\windows\\system32\\cmd.exe", "/dev/null", "CON", "nul.txt", "com1.log",
    "C:autoexec", "a\x00b.txt", "..", ".", " ", "\u202efdp.exe", "a" * 5000 + ".pdf",
    "a\r\nContent-Type: text/html\r\n\r\n.txt",
    DROP, EXPRESSION, "<img src=x onerror=alert(1)>.png", "-rf", "~root", "%2e%2e%2fetc",
)  # fmt: skip
CHARSETS = ("zlib", "bz2", "hex", "rot13", "base64", "idna", "punycode", "unicode_escape", "undefined",
            "../../etc/passwd", "a" * 10_000, "utf-8\x00", "'; DROP TABLE message; --")  # fmt: skip

ATTACKS: Mapping[str, bytes] = {
    # headers of our reply
    "break-in-subject": mail("break-in-subject", Subject=word(BREAK)),
    "break-in-name": mail("break-in-name", From=f"{word(BREAK)} <break-in-name@mail.example>"),
    "break-in-reply-to": mail("break-in-reply-to", Reply_To=f"{word(BREAK)} <break-in-reply-to@mail.example>"),
    "break-in-message-id": mail("break-in-message-id", Message_ID=f"<a@mail.example>\r\n\tBcc: {VICTIM}"),
    "break-in-references": mail("break-in-references", References=f"<a@b>{word(BREAK)}\r\n <c@d>"),
    "many-reply-tos": mail("many-reply-tos", Reply_To=", ".join(f"v{n}@elsewhere.example" for n in range(200))),
    "group-as-sender": mail("group-as-sender", From=f"list: {VICTIM}, b@elsewhere.example;"),
    "two-addresses": mail("two-addresses", From=f"a@mail.example> RCPT TO:<{VICTIM}"),
    "route-address": mail("route-address", From=f"<@relay.example:{VICTIM}>"),
    "percent-address": mail("percent-address", From="<victim%elsewhere.example@mail.example>"),
    "quoted-address": mail("quoted-address", From='<"a\\" <b@c.example>, x"@mail.example>'),
    "literal-address": mail("literal-address", From="<a@[127.0.0.1]>"),
    "command-as-address": mail("command-as-address", From="<a@b.example\x0bDATA>"),
    "bang-address": mail("bang-address", From=f"<mail.example!{VICTIM}>"),
    # words of our reply
    "expression-in-name": mail("expression-in-name", From=f"{word(EXPRESSION)} <expression-in-name@mail.example>"),
    "expression-in-subject": mail("expression-in-subject", Subject=word(EXPRESSION)),
    "expression-in-signature": mail("expression-in-signature", f"{QUESTION}\r\nС уважением, {EXPRESSION}"),
    "markup-in-name": mail("markup-in-name", From=f"{word('<script>alert(1)</script>')} <markup-in-name@mail.example>"),
    "advertising-in-name": mail("advertising-in-name",
                                From=f"{word('Заходите на casino.example')} <advertising-in-name@mail.example>"),
    # the store and the log
    "sql-in-subject": mail("sql-in-subject", Subject=word(DROP)),
    "sql-in-name": mail("sql-in-name", From=f"{word(DROP)} <sql-in-name@mail.example>"),
    "sql-in-text": mail("sql-in-text", f"{QUESTION} {DROP} %s %(x)s :x ? \\"),
    "sql-in-message-id": mail("sql-in-message-id", Message_ID=f"<{DROP.replace(' ', '')}@mail.example>"),
    "event-in-subject": mail("event-in-subject", Subject=word(FAKE_EVENT)),
    "event-in-name": mail("event-in-name", From=f"{word(FAKE_EVENT)} <event-in-name@mail.example>"),
    "event-in-message-id": mail("event-in-message-id", Message_ID=f"<{FAKE_EVENT[:40]!r}@mail.example>"),
    "surrogates": mail("surrogates", body=b"\xed\xa0\x80\xed\xb0\x80 \xff\xfe " + QUESTION.encode()),
    # who writes
    "homoglyph-of-support": mail("x", From=f"{word('Первый ЦУПИС')} <support@1\u0441upis.ru>"),
    "punycode-of-support": mail("y", From=f"{word('Первый ЦУПИС')} <support@xn--1upis-6ve.ru>"),
    "support-as-name": mail("support-as-name", From='"support@1cupis.ru" <support-as-name@mail.example>'),
    "support-in-a-comment": mail("support-in-a-comment", From="support-in-a-comment@mail.example (support@1cupis.ru)"),
    "decision-of-a-stranger": mail("decision-of-a-stranger", X_Mailtriage_Decision="final", X_Mailtriage="1"),
    "override-in-name": mail("override-in-name", From=f"{word(chr(0x202E) + 'ЦУПИС')} <override-in-name@mail.example>"),
    # HTML
    "script": html("script", f"<p>{QUESTION}</p><script>steal('{VICTIM}')</script><img src=x onerror=steal()>"),
    "hidden-words": html("hidden-words", f"<p>{QUESTION}</p><div style='display:none'>тайная угроза убить</div>"),
    "tracker": html("tracker", f"<p>{QUESTION}</p><img src='http://{VICTIM}/x.gif'><iframe src='file:///etc/passwd'>"),
    **{f"file-{number:02}": with_file(f"file-{number:02}", name) for number, name in enumerate(FILENAMES)},
    **{f"charset-{number:02}": mail(f"charset-{number:02}", Content_Type=f'text/plain; charset="{name}"')
       for number, name in enumerate(CHARSETS)},
}  # fmt: skip
