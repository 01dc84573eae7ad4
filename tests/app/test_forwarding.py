"""A rule that forwards: colleagues get the original, the customer his acknowledgement, each once."""

import shutil
from email import message_from_bytes, policy

from app.desk import letter

from mailtriage.configuration import shipped

RULE = """
- rule: own-theft-to-security
  title: О краже сразу узнаёт служба безопасности
  when: {said|words: [украсть]}
  then: {forward: security, queue: security}
  examples:
    - match: "У меня украли деньги"
    - miss: "У меня вопрос"
"""


def test_a_rule_forwards_the_original_and_the_customer_is_still_acknowledged(desk):
    rules = desk.folder / "rules"
    shutil.copytree(shipped() / "rules", rules)
    (rules / "80-own.yaml").write_text(RULE, encoding="utf-8")
    desk.write(rules=str(rules), forwards={"security": "security@1cupis.example"})
    mail = letter("С кошелька украли деньги, 500 рублей. Пётр Ложкин")
    desk.put(mail)

    desk.once()
    desk.once()

    assert sorted(to for sent in desk.smtp.received for to in sent.recipients) == [
        "lozhkin@mail.example",
        "security@1cupis.example",
    ]
    [copy] = [sent for sent in desk.smtp.received if "security@1cupis.example" in sent.recipients]
    [file] = message_from_bytes(copy.octets, policy=policy.default).iter_attachments()
    assert file.get_content().replace(b"\r\n", b"\n") == mail.replace(b"\r\n", b"\n")


def test_a_name_that_the_configuration_does_not_know_is_refused_at_its_place(desk):
    rules = desk.folder / "rules"
    shutil.copytree(shipped() / "rules", rules)
    (rules / "80-own.yaml").write_text(RULE, encoding="utf-8")
    desk.write(rules=str(rules), forwards={"secrity": "security@1cupis.example"})
    told = desk.run("check", check=False)
    assert told.returncode == 1
    assert "80-own.yaml:5:" in told.stderr
    assert "secrity" in told.stderr
