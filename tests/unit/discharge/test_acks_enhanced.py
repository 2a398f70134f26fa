from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.discharge.domain.message import ACCEPTED, INTERNAL_ERROR, Answer
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.acks import acknowledge, answers
from services.discharge.inbound.hl7.message import read_head, read_hl7
from services.discharge.inbound.profiles.load import usual_profiles
from services.discharge.inbound.profiles.profile import Profile, Profiles
from tests.support.hospital import an_adt

AT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
ID = UUID("01a200b3-cabd-7322-bf0e-354f94479b51")
WRONG = Answer("AE", 100, "PID", "PID is required")
REFUSED = Answer("AR", 201, "MSH-9", "MSH-9 is not an event that is taken here")
NOT_NOW = Answer("AE", INTERNAL_ERROR, "", "Not stored; send it again later")


def a_message(accept, application):
    return an_adt().replace(b"||||||UNICODE", f"|||{accept}|{application}||UNICODE".encode())


def said(accept, application, answer):
    header = read_head(a_message(accept, application))
    return [each.decode() for each in answers(header, answer, ID, AT)]


def codes(accept, application, answer):
    return [text.split("\rMSA|")[1][:2] for text in said(accept, application, answer)]


@pytest.mark.parametrize("answer", [ACCEPTED, WRONG, REFUSED])
def test_a_sender_that_asks_for_nothing_special_gets_one_application_answer(answer):
    assert codes("", "", answer) == [answer.code]


@pytest.mark.parametrize(
    ("accept", "application", "success", "error", "reject"),
    [
        ("AL", "NE", ["CA"], ["CE"], ["CR"]),
        ("AL", "", ["CA"], ["CE"], ["CR"]),
        ("NE", "AL", ["AA"], ["AE"], ["AR"]),
        ("", "AL", ["AA"], ["AE"], ["AR"]),
        ("AL", "AL", ["CA", "AA"], ["CE"], ["CR"]),
        ("ER", "NE", [], ["CE"], ["CR"]),
        ("SU", "NE", ["CA"], [], []),
        ("SU", "ER", ["CA"], ["AE"], ["AR"]),
        ("ER", "SU", ["AA"], ["CE"], ["CR"]),
        ("NE", "NE", [], [], []),
        ("al", "ne", ["CA"], ["CE"], ["CR"]),
        ("??", "NE", ["CA"], ["CE"], ["CR"]),
    ],
)
def test_a_sender_is_answered_when_and_how_it_asks(accept, application, success, error, reject):
    found = [codes(accept, application, answer) for answer in (ACCEPTED, WRONG, REFUSED)]

    assert found == [success, error, reject]


@pytest.mark.parametrize(("accept", "application"), [("NE", "NE"), ("SU", "SU"), ("NE", "")])
def test_that_a_message_was_not_stored_is_told_to_everybody(accept, application):
    assert codes(accept, application, NOT_NOW) == ["CE"]


def test_the_two_answers_to_one_message_have_control_ids_of_their_own():
    commit, application = said("AL", "AL", ACCEPTED)

    ids = {text.split("|")[9] for text in (commit, application)}
    assert len(ids) == 2
    assert all(len(each) <= 20 for each in ids)


def test_an_answer_in_the_enhanced_mode_wants_no_answer_itself():
    for text in said("AL", "AL", ACCEPTED):
        assert text.split("\r")[0].split("|")[14:16] == ["NE", "NE"]


def test_a_commit_error_says_what_is_wrong_as_an_application_error_does():
    (text,) = said("AL", "NE", WRONG)

    assert "MSA|CE|M1001|PID is required" in text
    assert "ERR|PID^1^^100&Segment sequence error&HL70357" in text


def test_where_the_way_itself_commits_the_answer_is_always_of_the_application():
    assert b"MSA|AA|" in acknowledge(read_head(a_message("AL", "NE")), ACCEPTED, ID, AT)


def test_a_sender_that_fills_in_msh_15_by_habit_can_have_the_original_mode_by_its_profile():
    usual = usual_profiles().all[0]
    habit = Profile("habit", "Habit", usual.places, (("ZTA", ""),), original_mode=True)

    arrival = Arrival(AT, "mllp")
    _, header = read_hl7(a_message("AL", "NE"), arrival, frozenset(), Profiles([usual, habit]))

    assert b"MSA|AA|" in answers(header, ACCEPTED, ID, AT)[0]
