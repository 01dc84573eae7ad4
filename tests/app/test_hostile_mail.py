"""Attacks by mail, through the real readers and all of receive, and through a pass of the daemon: none gets anywhere.

The trap is an attack that fails for the wrong reason: every letter here is recorded, and those that ask something
reasonable are answered, to their sender alone.
"""

import email
import json
import re
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from app.desk import Desk
from app.hostile import ATTACKS, EXPRESSION, VICTIM
from app.program import configuration, mailtriage

from mailtriage.store.database import Database

_PATTERN = "- {{rule: a, title: t, when: {{text|matches: '{}'}}, then: {{accept: true}}}}\n"
EVIL_RULES = {
    "laughing": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)),
    "deep": "- rule: " + "[" * 50_000,
    "object": "- rule: !!python/object/apply:os.system ['touch /tmp/never']\n",
    "merged": "- &a {<<: *a}\n",
    "endless pattern": _PATTERN.format("(a+)+" * 20_000),
    "counted pattern": _PATTERN.format("((a{1000}){1000}){1000}"),
}  # fmt: skip
_FROM_THE_VICTIM = ("<group-as-sender@", "<route-address@")
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]], str]:
    """The folder, what was recorded of each attack by its name, and the log."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "mail").mkdir()
    for name, octets in ATTACKS.items():
        (folder / "mail" / f"{name}.eml").write_bytes(octets)
    config = configuration(folder, replies_html=True, log={"level": "debug"})
    started = time.process_time()
    done = mailtriage("ingest", folder / "mail", "--json", "--config", config)
    assert time.process_time() - started < 60
    assert done.code == 0, done.err
    return folder, {Path(line["file"]).stem: line for line in done.lines}, done.err


def replies(folder: Path) -> list[tuple[str, EmailMessage]]:
    """Recipient and letter of every reply that would leave."""
    with Database(f"sqlite:///{folder}/store/mailtriage.db").read() as connection:
        rows = connection.exec_driver_sql(
            "select recipient, octets from outbox where kind = 'reply' and status = 'due'"
        )
        return [(to, email.message_from_bytes(octets, policy=SMTP)) for to, octets in rows]


def test_each_is_recorded_once_with_a_verdict_and_most_are_answered(ingested: Any) -> None:
    folder, lines, _ = ingested
    assert set(lines) == set(ATTACKS)
    assert all(line["decision"]["verdict"] in {"accept", "reject", "skip", "hold"} for line in lines.values())
    accepted = [name for name, line in lines.items() if line["decision"]["verdict"] == "accept"]
    assert len(accepted) > len(ATTACKS) * 0.8, sorted(set(ATTACKS) - set(accepted))
    assert len(replies(folder)) >= len(ATTACKS) * 0.7


def test_a_reply_goes_to_one_address_and_has_no_header_that_we_did_not_write(ingested: Any) -> None:
    folder, _, _ = ingested
    allowed = {
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
        "content-transfer-encoding", "content-language", "auto-submitted", "precedence", "x-auto-response-suppress",
        "reply-to", "x-mailtriage-loop", "x-mailtriage-number", "x-mailtriage",
    }  # fmt: skip
    for to, letter in replies(folder):
        assert re.fullmatch(r"[a-z0-9.%!_+-]+@[a-z0-9.-]+", to), to
        # From may name anybody; but nobody is answered who only stands beside the sender.
        assert to != VICTIM or letter["In-Reply-To"].startswith(_FROM_THE_VICTIM)
        assert {name.lower() for name, _ in letter.items()} <= allowed
        assert [address.addr_spec.lower() for address in letter["To"].addresses] == [to]
        for name, value in letter.items():
            assert not _ONE_LINE.search(str(value)), (name, str(value))
        assert len(letter["References"] or "") < 2000


def test_nothing_of_a_template_is_carried_out_and_markup_stays_words(ingested: Any) -> None:
    folder, lines, _ = ingested
    for _, letter in replies(folder):
        plain, markup = (letter.get_body([kind]) for kind in ("plain", "html"))
        words = plain.get_content() + str(letter["Subject"])
        assert "1337" not in words
        assert "__globals__" not in words.replace(EXPRESSION, "")
        assert "casino" not in words
        assert not re.search(r"(?i)<script|onerror|<iframe|javascript:", markup.get_content() if markup else "")
    for name in ("script", "hidden-words", "tracker"):
        text = lines[name]["message"]["text"]
        assert "телефона" in text
        assert not re.search("steal|тайная|passwd|x.gif", text)


def test_the_store_holds_the_words_and_obeys_none(ingested: Any) -> None:
    folder, lines, _ = ingested
    database = Database(f"sqlite:///{folder}/store/mailtriage.db")
    assert database.integrity() == ()
    with database.read() as connection:
        count = connection.exec_driver_sql("select count(*) from message").scalar_one()
    assert count == len(set(ATTACKS.values()))
    assert lines["sql-in-subject"]["message"]["subject"].startswith("'; DROP TABLE message")
    assert "DROP TABLE" in lines["sql-in-text"]["message"]["text"]
    assert {path.name for path in folder.iterdir()} == {"mail", "config", "store"}
    stored = [path for path in (folder / "store" / "mailtriage.db").parent.rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"[0-9a-f]{64}|mailtriage\.db.*", path.name) for path in stored)


def test_the_log_has_no_line_that_a_stranger_wrote(ingested: Any) -> None:
    _, _, told = ingested
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert len(events) >= len(ATTACKS)
    assert "injected_event" not in told
    assert "\x1b" not in told
    assert not {event["action"] for event in events} & {"triage_failed", "message_unrecordable", "reader_failed"}


def test_no_name_of_a_file_leaves_its_folder_or_turns_its_line_around(ingested: Any) -> None:
    _, lines, _ = ingested
    names = [file["filename"] for line in lines.values() for file in line["message"]["attachments"]]
    assert len(names) >= 20
    for name in names:
        assert 0 < len(name) <= 120
        assert not re.search(r'[\x00-\x1f\x7f/\\<>:"|?*\u202a-\u202e]', name), name
        assert not re.match(r"(?i)(con|nul|com1)(\.|$)", name), name
        assert name.strip(". ")


def test_nobody_passes_for_support(ingested: Any) -> None:
    _, lines, _ = ingested
    for name in ("homoglyph-of-support", "punycode-of-support", "support-as-name", "support-in-a-comment"):
        assert lines[name]["decision"]["verdict"] is not None, name
        assert lines[name]["message"]["from"]["address"] != "support@1cupis.ru"
    assert lines["decision-of-a-stranger"]["decision"]["verdict"] != "decided"


@pytest.mark.parametrize("name", EVIL_RULES)
def test_rules_that_attack_are_refused_by_name_and_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "10-evil.yaml").write_text(EVIL_RULES[name])
    started = time.process_time()
    done = mailtriage("check", "--config", configuration(tmp_path, rules=str(tmp_path / "rules")))
    assert done.code != 0 or "is costly" in done.err
    assert "10-evil.yaml" in done.err + done.out
    assert time.process_time() - started < 20
    assert not Path("/tmp/never").exists()  # noqa: S108 - named in the attack, and never made


def test_a_whole_pass_of_the_daemon_records_moves_and_answers_them_and_nobody_else(quick_desk: Desk) -> None:
    chosen = [octets for name, octets in ATTACKS.items() if not name.startswith(("file", "charset"))]
    quick_desk.put(*chosen)
    assert quick_desk.once() == ()
    assert quick_desk.uids() == []
    assert quick_desk.rows("select count(*), count(distinct digest) from message") == [(len(chosen),) * 2]
    for received in quick_desk.smtp.received:
        assert len(received.recipients) == 1
        assert b"\r\nBcc:" not in received.octets
    assert len(quick_desk.smtp.received) >= len(chosen) * 0.7
