import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from services.notify.domain.alert import FOR_PATIENTS, FOR_TEAMS, Audience, Channel, Kind
from services.notify.domain.decision import Send
from services.notify.domain.lint import BannedWords
from services.notify.outbound.messages import ALLOWED, TemplateFolder, UnfitTemplateError
from services.notify.outbound.site_data import DATA, read_banned_lists, read_task_words
from services.notify.usecases.compose_message import compose_message, hash_token
from services.notify.usecases.ports import CannotWriteError
from tests.unit.notify.builders import (
    NOW,
    a_desk,
    a_person,
    a_plan,
    a_task,
    an_alert,
    for_team,
)

BANNED = read_banned_lists()
FOLDER = TemplateFolder(DATA / "messages", BANNED)
NAMES = sorted(FOLDER.files)
MAIL = Send(Channel.EMAIL, "edna@patients.example.net", 12)
POST = Send(Channel.LETTER, "Mrs Edna Hartley\n12 Mill Lane\nFellside\nFE1 2AB", 20)
CARRIED_OUT = re.compile(r"49|7777777|<class|&lt;class|Undefined")


def compose(send: Send = MAIL, **changes):
    plan = changes.pop("plan", None) or a_plan(a_task())
    return compose_message(changes.pop("alert", None) or an_alert(), plan, send, NOW, a_desk())


def a_template(**changes) -> dict:
    return {
        "audience": "team",
        "kind": "opened",
        "channel": "email",
        "version": 1,
        "owner": "Somebody",
        "reviewed": date(2026, 11, 1),
        "review_by": date(2027, 11, 1),
        "reading_age": "9",
        "placeholders": ["team"],
        "subject": "For {{ team }}",
        "body": "Hello {{ team }}",
    } | changes


def folder_of(tmp_path: Path, **changes) -> TemplateFolder:
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(a_template(**changes)), encoding="utf-8")
    return TemplateFolder(tmp_path, BANNED)


def test_there_is_a_template_for_everything_that_may_have_to_be_said():
    said = {(file.audience, file.kind, file.channel) for file in FOLDER.files.values()}

    teams = {(Audience.TEAM, kind, Channel.EMAIL) for kind in FOR_TEAMS}
    patient = {(Audience.PATIENT, kind, channel) for kind in FOR_PATIENTS for channel in Channel}
    assert said == teams | patient


@pytest.mark.parametrize("name", NAMES)
def test_every_template_has_an_owner_and_a_day_on_which_it_is_looked_at_again(name):
    file = FOLDER.files[name]

    assert file.owner
    assert file.reading_age
    assert file.reviewed < file.review_by


@pytest.mark.parametrize("name", NAMES)
def test_no_template_says_a_banned_word(name):
    file = FOLDER.files[name]

    assert BANNED.found_in(f"{file.subject}\n{file.body}", file.audience, file.channel) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_uses_only_what_its_readers_may_be_told(name):
    file = FOLDER.files[name]

    assert file.placeholders <= ALLOWED[file.audience, file.channel]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("After your Asthma attack", ["asthma"]),
        ("two TABLETS", ["tablets"]),
        ("your  nhs\nnumber", ["nhs\nnumber"]),
        ("Strokestown Road, forward, toward", []),
    ],
)
def test_banned_words_are_found_whole_and_in_any_case(text, found):
    words = BannedWords(["asthma", "tablet", "nhs number", "stroke", "ward"])

    assert [" ".join(word.split()) for word in words.found_in(text)] == [
        " ".join(word.split()) for word in found
    ]


def test_how_tasks_are_said_to_patients_names_no_illness():
    for words in read_task_words().values():
        assert BANNED.every_message.found_in(words.what) == []
        assert words.what.format(who="Elm Tree Surgery").startswith(("Elm", "A nurse from Elm"))


@pytest.mark.parametrize("kind", [Kind.WITHDRAWN, Kind.CHANGED, Kind.OPENED, Kind.DUTY])
def test_why_something_is_so_is_told_to_a_team_without_a_banned_word(kind):
    desk = a_desk()

    for because in desk.reasons[kind]:
        told = for_team(kind, because=because)
        composed = compose(alert=an_alert(told))
        assert desk.why(kind, because) in composed.message.body
        assert BANNED.every_message.found_in(composed.message.body) == []


def test_a_team_that_is_told_nothing_of_why_reads_no_gap():
    assert a_desk().why(Kind.OPENED, "") == ""
    assert a_desk().why(Kind.ESCALATED, "anything") == ""
    assert "\n\n\n" not in compose(alert=an_alert(for_team())).message.body


def test_mail_to_a_patient_says_nothing_of_who_they_are_or_where_they_were():
    composed = compose()

    text = f"{composed.message.subject}\n{composed.message.body}"
    for private in ("Edna", "Hartley", "Mill Lane", "9995000105", "Ward", "Elm Tree", "medicine"):
        assert private.lower() not in text.lower()
    assert "01632 960101" in text
    assert "https://plan.example.net/p/" in text


def test_mail_to_a_team_carries_counts_urgency_deadline_and_a_link_and_no_more():
    composed = compose(
        Send(Channel.EMAIL, "practice-z90001@teams.example.net", 12), alert=an_alert(for_team())
    )

    assert composed.message.subject == "Routine: 2 tasks for Elm Tree Surgery"
    assert "Tue 8 Sep 2026, 11:30" in composed.message.body
    assert f"https://work.example.net/handovers/{UUID(int=2)}" in composed.message.body
    assert "edna" not in composed.message.body.lower()
    assert composed.token_hash is None


def test_a_letter_honours_the_print_size_and_needs_no_internet():
    letter = compose(POST, plan=a_plan(a_task(code="community-follow-up"))).message.body

    assert "font: 20pt/1.5 Arial, sans-serif" in letter
    assert "Mrs Edna Hartley<br>12 Mill Lane<br>Fellside<br>FE1 2AB<br>" in letter
    assert "A nurse from Elm Tree Surgery will ring or visit you at home" in letter
    assert "by Tuesday 15 September" in letter
    assert "You do not need the internet" in letter
    assert "9995000105" not in letter


def test_the_token_of_a_link_is_long_different_each_time_and_not_kept():
    first, second = compose(), compose()

    token = re.search(r"/p/(\S+)", first.message.body).group(1)
    assert len(token) == 43
    assert token not in second.message.body
    assert first.token_hash == hash_token(token)
    assert len(first.token_hash) == 32
    assert token not in repr(first)
    assert token not in str(first.said)
    assert "link" not in first.said


def test_what_is_kept_of_a_letter_holds_neither_name_nor_address():
    kept = str(compose(POST).said)

    for private in ("Edna", "Hartley", "Mill Lane", "FE1"):
        assert private not in kept
    assert "Elm Tree Surgery" in kept


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
        "{{ missing.attribute }}",
    ],
)
def test_a_name_that_looks_like_a_template_comes_out_as_it_is(name):
    person = a_person(given=name)
    send = Send(Channel.LETTER, f"{person.full_name}\n12 Mill Lane\nFE1 2AB", 12)

    letter = compose(send).message.body

    assert "{" in letter.split("<address>")[1].split("</address>")[0]
    assert not CARRIED_OUT.search(letter.split("<address>")[1].split("</address>")[0])


def test_markup_in_a_name_or_an_address_is_shown_and_not_obeyed():
    person = a_person(given="<script>alert(1)</script>", address_lines=('"><img src=x>',))
    send = Send(Channel.LETTER, "\n".join((person.full_name, *person.postal_address)), 12)

    letter = compose(send).message.body

    assert "<script" not in letter
    assert "<img" not in letter
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in letter


def test_a_line_break_in_a_name_moves_no_line_of_the_address():
    person = a_person(given="Ed\r\nna", address_lines=("12 Mill\nLane", "Fellside"))

    assert person.full_name == "Mrs Ed na Hartley"
    assert person.postal_address == ("12 Mill Lane", "Fellside", "FE1 2AB")


def test_a_value_that_is_missing_stops_the_message():
    with pytest.raises(CannotWriteError):
        FOLDER.render(Audience.TEAM, Kind.OPENED, Channel.EMAIL, {"team": "Elm Tree Surgery"})


def test_open_mail_is_stopped_when_a_value_says_a_banned_word():
    values = {"phone": "the asthma clinic", "hours": "always", "link": "x", "last_day": "Monday"}
    values["contact"] = "your care team"

    with pytest.raises(CannotWriteError):
        FOLDER.render(Audience.PATIENT, Kind.OPENED, Channel.EMAIL, values)


def test_a_link_whose_random_letters_spell_a_banned_word_stops_nothing():
    values = {
        "contact": "your care team",
        "phone": "01632 960101",
        "hours": "day and night",
        "link": "https://plan.example.net/p/a-HIV-b",
        "last_day": "Monday",
    }

    assert FOLDER.render(Audience.PATIENT, Kind.OPENED, Channel.EMAIL, values).version == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "Hello {{ team }}, {{ patient }}"},
        {"placeholders": ["team", "patient"], "body": "{{ patient }}"},
        {"body": "Hello", "subject": "No team", "placeholders": ["team"]},
        {"body": "Your asthma, {{ team }}"},
    ],
)
def test_a_template_that_says_what_it_may_not_stops_the_service_at_its_start(tmp_path, changes):
    with pytest.raises(UnfitTemplateError, match=r"one\.yaml"):
        folder_of(tmp_path, **changes)


@pytest.mark.parametrize(
    "body", ["{{ team.__class__.__mro__ }}", "{{ team.__init__.__globals__ }}"]
)
def test_a_template_cannot_leave_its_sandbox(tmp_path, body):
    folder = folder_of(tmp_path, body=body)

    with pytest.raises(CannotWriteError):
        folder.render(Audience.TEAM, Kind.OPENED, Channel.EMAIL, {"team": "Elm Tree Surgery"})


def test_a_subject_stays_on_one_line_whatever_a_team_is_called(tmp_path):
    folder = folder_of(tmp_path)

    rendered = folder.render(
        Audience.TEAM, Kind.OPENED, Channel.EMAIL, {"team": "Elm\r\nBcc: all@example.net"}
    )

    assert rendered.subject == "For Elm Bcc: all@example.net"
