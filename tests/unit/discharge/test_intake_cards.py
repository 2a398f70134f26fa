"""What pages say about a message, by what the reader may see."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.discharge.domain.timeline import Standing
from services.discharge.inbound.message_cards import card, held_cards, quality_row, whole_card
from services.discharge.inbound.presenters import present
from services.discharge.usecases.read_message import Shown, Stay

NOW = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
ID, OTHER, SPELL = UUID(int=0x1234), UUID(int=0x5678), UUID(int=9)


def a_message(**given: Any) -> dict[str, Any]:
    return {
        "message_id": ID,
        "received_at": NOW,
        "dialect": "hl7v2",
        "arrived_by": "mllp",
        "handed_in_by": "",
        "organisation": "ZTA",
        "application": "PAS",
        "control_id": "M1",
        "event": "A03",
        "size": 500,
        "answer": "AE",
        "error": 101,
        "place": "PID-3",
        "reason": "PID-3 is required",
        "clash": False,
        "waiting": True,
        "flags": [],
        "happened_at": None,
        "patient_key": None,
        "spell_id": None,
        "said": [],
        "resubmits": None,
    } | given


def shown(**given: Any) -> Shown:
    decision = {
        "decided_at": NOW,
        "decided_by": "integration",
        "decision": "resubmitted",
        "reason": "Mr Shaw’s number",
        "became": OTHER,
    }
    again = {"message_id": OTHER, "received_at": NOW, "answer": "AA", "handed_in_by": "integration"}
    relations = {"again": [again], "partner": None, "decisions": [decision], "waiting": False}
    stay = Stay(
        Standing("discharged", questions=("discharge-times-differ",)),
        (("2026-09-08T10:20:00+00:00", "discharged", "ZTA:PAS"),),
        "ZTA",
        "visit:SP-1",
    )
    return Shown(a_message(**given), relations, stay)


def test_a_refused_message_says_why_and_that_it_waits():
    found = card(a_message())

    assert [tag.text for tag in found["tags"]] == ["AE", "Waiting"]
    assert found["why"] == "PID-3 is required"
    assert found["event"] == "A03 Discharge"
    assert found["link"] == f"/intake/{ID}"


def test_a_clash_and_a_message_sent_again_are_marked():
    found = card(a_message(answer="AA", clash=True, resubmits=OTHER, waiting=False))

    assert [tag.text for tag in found["tags"]] == ["AA", "Clash", "Sent again"]


def test_an_event_that_nobody_knows_is_shown_as_it_came():
    assert card(a_message(event="R01"))["event"] == "R01"
    assert card(a_message(event=""))["event"] == "No event"
    assert card(a_message(event="notification-admit"))["event"] == "Admission notification"


def test_a_place_is_named_once():
    assert card(a_message(place="", reason="Too long"))["why"] == "Too long"
    assert card(a_message(place="PID", reason="It is required"))["why"] == "PID: It is required"


def test_what_people_wrote_and_local_numbers_are_for_engineers_only():
    for_engineer, for_operator = (whole_card(shown(), engineer=yes) for yes in (True, False))

    assert for_engineer["decisions"][0]["reason"] == "Mr Shaw’s number"
    assert for_engineer["stay"]["number"] == "SP-1"
    assert "Shaw" not in str(for_operator)
    assert "SP-1" not in str(for_operator)


def test_programs_get_no_more_than_people():
    told = present(shown())

    assert "Shaw" not in str(told)
    assert "SP-1" not in str(told)
    assert present(shown(), reasons=True)["decisions"][0]["reason"] == "Mr Shaw’s number"


def test_the_stay_is_told_in_words():
    stay = whole_card(shown(), engineer=False)["stay"]

    assert stay["state"] == "Discharged"
    assert stay["happenings"][0]["what"] == "Discharged"
    assert "more than an hour apart" in stay["questions"][0]


def test_a_flag_leads_to_its_messages():
    row = {"organisation": "ZTA", "application": "PAS", "flag": "unknown-code:PV1-36"}
    found = quality_row(row | {"messages": 3, "last_day": 1, "latest": NOW})

    assert (found["source"], found["place"]) == ("ZTA/PAS", "PV1-36")


def test_the_stays_of_a_held_patient_stand_together():
    row = {"patient_key": "k1", "held_since": NOW.isoformat(), "trust": "ZTA"}
    rows = [
        row | {"spell_id": SPELL, "correlation": "visit:SP-1"},
        row | {"spell_id": OTHER, "correlation": "admitted:2026-09-04"},
        row | {"patient_key": "k2", "spell_id": None, "correlation": None},
    ]

    found = held_cards(rows, engineer=True)

    assert [len(held["stays"]) for held in found] == [2, 0]
    assert [stay["number"] for stay in found[0]["stays"]] == ["SP-1", ""]
    assert held_cards(rows, engineer=False)[0]["stays"][0]["number"] == ""
