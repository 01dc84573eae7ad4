"""A lead's own words in an acknowledgement: one edit of one rule file, and they stand in the letter."""

import json
import shutil

from app.desk import letter

from mailtriage.configuration import shipped

RULE = """
- rule: own-gift-cards
  title: Подарочные сертификаты — отдельной очередью
  when: {said|phrase: [подарочный сертификат]}
  then:
    queue: gifts
    say:
      ru: "О сертификатах отвечает отдельная группа, она напишет вам первой."
      en: "A group of its own answers about gift cards."
  examples:
    - match: "Куда делся мой подарочный сертификат?"
    - miss: "Куда делся мой перевод?"
"""


def test_a_rule_sends_to_its_queue_and_speaks_in_its_own_words(quick_desk, tmp_path):
    rules = tmp_path / "own-rules"
    shutil.copytree(shipped() / "rules", rules)
    (rules / "80-own.yaml").write_text(RULE, encoding="utf-8")
    quick_desk.write(rules=str(rules))
    mail = tmp_path / "gift.eml"
    mail.write_bytes(letter("Подскажите, как потратить подарочный сертификат? Пётр Ложкин"))

    assert quick_desk.run("check").returncode == 0
    told = json.loads(quick_desk.run("explain", str(mail), "--json").stdout)

    assert told["decision"]["queue"] == "gifts"
    assert "О сертификатах отвечает отдельная группа" in " ".join(told["reply"]["text"].split())
    assert "A group of its own" not in told["reply"]["text"]


def test_words_that_could_be_markup_are_refused_at_their_place(quick_desk, tmp_path):
    rules = tmp_path / "own-rules"
    shutil.copytree(shipped() / "rules", rules)
    (rules / "80-own.yaml").write_text(RULE.replace("О сертификатах", "{{ number }}"), encoding="utf-8")
    quick_desk.write(rules=str(rules))
    told = quick_desk.run("check", check=False)
    assert told.returncode == 1
    assert "80-own.yaml:8:11:" in told.stderr
