"""An explanation tells a lead why, in the order in which it was decided, and leaves nothing behind."""

import pytest
from app.desk import letter
from app.program import configuration, contents, mailtriage

SUBJECT = "Пополнение \x1b[2J[red]"
QUESTION = letter("Как пополнить кошелёк?\n\nПётр Ложкин", subject=SUBJECT, message_id="<q@mail.example>")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a message, and a store that holds it, a reminder and an answer of support."""
    folder = tmp_path_factory.mktemp("explain")
    config = configuration(folder)
    (folder / "mails").mkdir()
    thread = b"In-Reply-To: <q@mail.example>\nReferences: <q@mail.example>\n"
    again = thread + letter("ну что?", subject=f"Re: {SUBJECT}")
    own = thread + letter("Пополнить можно картой.", sender="support@1cupis.ru", subject="Re: Пополнение")
    own = own.replace(b"To: support@1cupis.ru", b"To: lozhkin@mail.example")
    for name, octets in (("1.eml", QUESTION), ("2.eml", again), ("3.eml", own)):
        (folder / "mails" / name).write_bytes(octets)
    done = mailtriage("ingest", folder / "mails", "--config", config, "--now", "2026-11-23T10:00+03:00", "--json")
    return folder, config, done.lines


def test_a_file_is_explained_downhill_and_nothing_is_left_behind(tmp_path):
    config, file = configuration(tmp_path), tmp_path / "q.eml"
    file.write_bytes(QUESTION)
    before = contents(tmp_path)
    done = mailtriage("explain", file, "--config", config)
    assert done.code == 0
    order = (
        "Тема:", "Слова клиента:", "Как пополнить кошелёк?", "Что программа поняла", "names: Пётр Ложкин",
        "Решение: принято", "вид обращения: консультация", "Сработали правила", "  » accept: ", "Не сработали",
        "  · loop: ", "Ответ «ack-consultation» на адрес lozhkin@mail.example", "Обещано ответить до", "Здравствуйте",
    )  # fmt: skip
    places = [done.out.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)
    assert contents(tmp_path) == before


def test_what_a_stranger_wrote_cannot_repaint_the_terminal(desk):
    shown = mailtriage("conversation", "show", "26-000001", "--config", desk[1]).out
    assert "\x1b" not in shown
    assert "[2J[red]" in shown
    assert "наше письмо" in shown


def test_stdin_is_explained_as_json_and_what_stands_in_a_file_is_the_same(desk):
    _, config, (recorded, *_) = desk
    (line,) = mailtriage("explain", "-", "--json", "--config", config, stdin=QUESTION).lines
    assert line["file"] is None
    assert line["digest"] == recorded["digest"]
    assert line["message"] == recorded["message"]
    assert line["decision"] == recorded["decision"]
    assert line["conversation"] == recorded["conversation"] | {"number": "00-000000"}
    assert line.keys() == recorded.keys()


def test_a_conversation_is_explained_as_it_was_recorded(desk):
    _, config, recorded = desk
    assert mailtriage("explain", "26-000001", "--json", "--config", config).lines == recorded
    assert mailtriage("explain", recorded[0]["digest"], "--json", "--config", config).lines == recorded[:1]


def test_a_recorded_message_shows_the_rules_of_its_own_facts(desk):
    _, config, (question, again, _) = desk
    shown = mailtriage("explain", "26-000001", "--config", config).out
    assert (question["decision"]["verdict"], again["decision"]["reason"]) == ("accept", "repeat")
    assert f"  » {question['decision']['rule']}: " in shown
    assert f"  » {again['decision']['rule']}: " in shown
    assert "Решение: отклонено: повтор" in shown
    assert "обращение: № 26-000001, узнано по" in shown
    assert "решено без правил" in shown


def test_reading_anew_gives_the_same_decision_and_the_very_same_letter(desk):
    _, config, recorded = desk
    assert mailtriage("explain", "26-000001", "--reread", "--json", "--config", config).lines == recorded
