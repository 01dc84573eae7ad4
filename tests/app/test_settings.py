"""The configuration tells every mistake at once, with its place, and never a secret."""

from pathlib import Path

import pytest

from mailtriage.configuration import load_configuration, shipped
from mailtriage.errors import MailtriageError, Problems
from mailtriage.settings import secret

WHOLE = """\
mailboxes:
  - {name: support, host: imap.example.org, port: 993, tls: implicit, user: u, password: "env:IMAP_PASSWORD"}
smtp: {host: smtp.example.org, port: 465, tls: implicit, from: "Центр <support@example.org>"}
database: sqlite:///var/mailtriage.db
octets: file://var/octets
rules: rules/
own_addresses: [support@example.org]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "config" / "mailtriage.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(Problems) as caught:
        load_configuration(file, environment or {})
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_the_shipped_configuration_is_whole():
    assert load_configuration(shipped() / "config" / "mailtriage.yaml", {}).settings.own_addresses == (
        "support@1cupis.ru",
    )


def test_the_fixed_keys_alone_are_a_whole_configuration(tmp_path):
    settings = load_configuration(written(tmp_path, WHOLE), {}).settings
    assert settings.mailboxes[0].folder == "INBOX"
    assert settings.folders.reject == "Triage/Rejected/{reason}"


def test_relative_paths_start_above_the_configuration_folder(tmp_path):
    settings = load_configuration(written(tmp_path, WHOLE), {}).settings
    assert settings.database == f"sqlite:///{tmp_path}/var/mailtriage.db"
    assert settings.octets == f"file://{tmp_path}/var/octets"
    assert settings.rules == tmp_path / "rules"


def test_all_mistakes_are_told_at_once_with_line_column_and_the_nearest_word(tmp_path):
    wrong = (
        WHOLE.replace("port: 993", "port: many")
        .replace("own_addresses", "own_adresses")
        .replace("tls: implicit, from", "tls: ssl, from")
    )
    assert problems_of(written(tmp_path, wrong)) == [
        '1:1: "own_addresses" is missing here',
        "2:51: port: Input should be a valid integer, unable to parse string as an integer",
        "3:48: tls: Input should be 'implicit', 'starttls' or 'none'",
        '7:1: unknown key "own_adresses" (did you mean "own_addresses"?)',
    ]


def test_a_pasted_password_is_refused_and_not_repeated(tmp_path):
    (problem,) = problems_of(written(tmp_path, WHOLE.replace("env:IMAP_PASSWORD", "hunter2")))
    assert "the secret itself does not belong here" in problem
    assert "hunter2" not in problem


def test_plain_text_is_refused_for_any_host_but_loopback(tmp_path):
    (problem,) = problems_of(written(tmp_path, WHOLE.replace("port: 993, tls: implicit", "port: 143, tls: none")))
    assert "tls: none is for loopback alone" in problem


def test_a_variable_overrides_any_key(tmp_path):
    environment = {"MAILTRIAGE_SMTP__HOST": "relay.example.org", "MAILTRIAGE_MAILBOXES__0__PORT": "1993"}
    settings = load_configuration(written(tmp_path, WHOLE), environment).settings
    assert (settings.smtp.host, settings.mailboxes[0].port) == ("relay.example.org", 1993)


def test_a_wrong_variable_is_named(tmp_path):
    environment = {"MAILTRIAGE_SMTP__HOTS": "x", "MAILTRIAGE_BATCH": "none", "MAILTRIAGE_MAILBOXES__7__PORT": "1"}
    assert problems_of(written(tmp_path, WHOLE), environment) == [
        "environment variable MAILTRIAGE_BATCH: Input should be a valid integer, unable to parse string as an integer",
        "environment variable MAILTRIAGE_MAILBOXES__7__PORT: leads to no place in the configuration",
        'environment variable MAILTRIAGE_SMTP__HOTS: unknown key "hots" (did you mean "host"?)',
    ]


def test_a_key_that_stands_twice_and_bad_yaml_have_their_places(tmp_path):
    (problem,) = problems_of(written(tmp_path, WHOLE + "rules: other/\n"))
    assert problem == '8:1: "rules" stands here twice, first on line 6'


def test_a_missing_file_is_one_sentence(tmp_path):
    assert problems_of(tmp_path / "config" / "none.yaml") == [" cannot be read: No such file or directory"]


def test_secrets_come_from_environment_file_or_systemd(tmp_path):
    (tmp_path / "word").write_text("from a file\n")
    assert secret("env:A", {"A": "from the environment"}) == "from the environment"
    assert secret(f"file:{tmp_path}/word", {}) == "from a file"
    assert secret("credential:word", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "from a file"


def test_a_secret_that_is_no_text_is_refused_by_its_reference(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MailtriageError, match="expected one line of UTF-8 text"):
        secret(f"file:{tmp_path}/key", {})


@pytest.mark.parametrize("reference", ["env:NONE", "file:/none", "credential:none"])
def test_a_missing_secret_names_its_reference(reference):
    with pytest.raises(MailtriageError, match=reference):
        secret(reference, {})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("{endpoint: 'http://s3.example.org'}", "http:// is for loopback alone"),
        ("{access_key: 'env:KEY'}", "access_key and secret_key belong together"),
        ("{access_key: AKIA0, secret_key: 'env:S'}", "the secret itself does not belong here"),
    ],
)
def test_a_bucket_is_reached_encrypted_and_with_both_keys_or_neither(tmp_path, options, told):
    (problem,) = problems_of(written(tmp_path, f"{WHOLE}octets_options: {options}\n"))
    assert told in problem
    assert "AKIA0" not in problem


def test_workers_need_a_database_that_they_reach(tmp_path):
    (problem,) = problems_of(written(tmp_path, f"{WHOLE}readers: {{where: workers}}\n"))
    assert "readers.where: workers needs a database that they reach: postgresql+psycopg://" in problem
