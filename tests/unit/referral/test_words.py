"""The words that people read: deadlines, ages, owners over time, history."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.chassis.access import Actor, Role
from services.referral.domain.counting import (
    CalendarSpan,
    ClockHours,
    OpenDayHours,
    Window,
    WorkingDays,
)
from services.referral.domain.wording import counting_in_words
from services.referral.inbound.handover_cards import owner_rows, task_card, told_rows
from services.referral.inbound.history_lines import history_lines
from services.referral.inbound.words import Tag, all_of, born, due_tag, listed, sentence
from services.referral.inbound.worklist_cards import Reader, in_place_of, person_card, task_line
from services.referral.usecases.views import (
    EntryView,
    OwnerView,
    PersonView,
    RuleView,
    TaskView,
    WholeView,
)
from tests.support.this_year import in_2026
from tests.unit.referral.builders import ELM_TREE, NOW, SAFETY, WARD, a_playbook, london

DIRECTORY = a_playbook().directory
HANDOVER, TASK, ALERT = UUID(int=1), UUID(int=2), UUID(int=3)
EDNA = PersonView("Hartley", "Edna", date(1948, 3, 2), "9995000105", nhs_number_verified=True)


@pytest.fixture(autouse=True)
def this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    in_2026(monkeypatch)


def a_task(**changes) -> TaskView:
    given = {
        "task_id": TASK,
        "handover_id": HANDOVER,
        "code": "gp-asthma-review",
        "owner_team": WARD,
        "status": "requested",
        "status_reason": "",
        "needs_outcome": False,
        "anchored_at": NOW,
        "not_before": None,
        "due_at": NOW + timedelta(days=2),
        "escalated_at": None,
        "told_teams": (),
        "closed_at": None,
        "offer_id": None,
        "offer_team": ELM_TREE,
        "offer_state": "offered",
        "handover_state": "open",
        "late": False,
        "rule": RuleView("R26", "2026.1", "Review the patient", "guideline", "NICE QS25", "V"),
        "person": EDNA,
    }
    return TaskView(**given | changes)


def a_whole(**changes) -> WholeView:
    given = {
        "handover_id": HANDOVER,
        "spell_id": UUID(int=9),
        "sender": "ZTA",
        "sender_team": WARD,
        "coordinator_team": WARD,
        "clock_started_at": NOW,
        "opened_at": NOW,
        "state": "open",
        "closed_at": None,
        "closed_by": None,
        "closed_because": "",
        "test_patient": False,
        "open_tasks": 1,
        "next_due_at": None,
        "purpose": "discharge",
        "replaces": None,
        "replaced_by": None,
        "coordinator_state": "",
        "coordinator_at": "",
        "coordinator_name": "",
        "coordinator_phone": "",
        "person": EDNA,
        "offers": (),
        "tasks": (a_task(),),
        "owners": (),
        "history": (),
    }
    return WholeView(**given | changes)


def reads(team):
    return Reader(Actor("staff.somebody", frozenset({Role.TEAM}), frozenset({team})), team, {})


@pytest.mark.parametrize(
    ("due_at", "says", "colour"),
    [
        (london("2026-11-25 18:30"), "Due tomorrow 18:30", "blue"),
        (london("2026-11-26 18:30"), "Due Thu 26 Nov, 18:30", "blue"),
        (london("2026-11-25 00:00"), "Due end of today", "blue"),
        (london("2026-11-26 00:00"), "Due end of tomorrow", "blue"),
        (london("2026-11-27 00:00"), "Due end of Thu 26 Nov", "blue"),
        (NOW + timedelta(hours=1), "Due today 11:00", "orange"),
        (NOW, "Due now", "red"),
        (NOW - timedelta(minutes=1), "1 minute overdue", "red"),
        (NOW - timedelta(minutes=25, seconds=40), "25 minutes overdue", "red"),
        (NOW - timedelta(minutes=119), "119 minutes overdue", "red"),
        (NOW - timedelta(hours=2), "2 hours overdue", "red"),
        (NOW - timedelta(hours=47), "47 hours overdue", "red"),
        (NOW - timedelta(days=3, hours=5), "3 days overdue", "red"),
    ],
)
def test_a_deadline_is_said_in_words_first(due_at, says, colour):
    assert due_tag(due_at, NOW) == Tag(says, colour)


@pytest.mark.parametrize(
    ("birth_date", "says"),
    [
        (date(1948, 3, 2), "2 Mar 1948 (78 years)"),
        (date(1948, 11, 24), "24 Nov 1948 (78 years)"),
        (date(1948, 11, 25), "25 Nov 1948 (77 years)"),
        (date(2026, 10, 24), "24 Oct 2026 (1 month)"),
        (date(2025, 1, 31), "31 Jan 2025 (21 months)"),
        (date(2026, 11, 20), "20 Nov 2026 (0 months)"),
        (None, "not known"),
    ],
)
def test_an_age_is_right_on_the_day(birth_date, says):
    assert born(birth_date, NOW) == says


def test_an_unknown_code_is_still_readable():
    assert sentence("some-new-reason", {}) == "Some new reason"


@pytest.mark.parametrize(
    ("counting", "says"),
    [
        (ClockHours(24), "Within 24 hours after the patient left hospital; weekends and bank holidays count"),
        (ClockHours(1), "Within 1 hour after the patient left hospital; weekends and bank holidays count"),
        (OpenDayHours(72), "Within 72 hours after the patient left hospital, without days on which the team is closed"),
        (WorkingDays(2), "Within 2 working days after the patient left hospital, by the team's closing time"),
        (CalendarSpan(1, "week", keeps_time=True), "Within 1 week after the patient left hospital, at the same time of day"),
        (Window(ClockHours(24), ClockHours(72)), "Between 24 and 72 hours after the patient left hospital; weekends and bank holidays count"),
    ],
)  # fmt: skip
def test_every_way_of_counting_has_words(counting, says):
    assert counting_in_words(counting, "discharged_at") == says


def test_a_person_nobody_described_is_shown_as_such():
    card = person_card(PersonView(), NOW)

    assert (card.name, card.nhs_number, card.born, card.tags) == ("Name not known here", "", "", [])


def test_what_must_be_known_of_a_person_is_a_tag():
    person = replace(EDNA, restricted=True, deceased=True, nhs_number_verified=False)

    texts = [tag.text for tag in person_card(person, NOW).tags]

    assert texts == ["Restricted: share no location", "Has died", "NHS number not verified"]


def test_the_owner_is_named_when_it_is_not_the_readers_team():
    task = a_task(status="accepted", escalated_at=NOW)

    assert task_line(task, DIRECTORY, NOW, reads(WARD)).remark == ""
    assert (
        task_line(task, DIRECTORY, NOW, reads(SAFETY)).remark
        == "Accountable: Ward 7, Fellside Hospital"
    )
    assert (
        task_line(task, DIRECTORY, NOW, reads("")).remark
        == "Accountable: Ward 7, Fellside Hospital"
    )


def test_a_declined_part_names_who_declined():
    row = task_line(a_task(status="accepted", offer_state="declined"), DIRECTORY, NOW, reads(WARD))

    assert row.remark == "Declined by Elm Tree Surgery"


def test_a_task_on_offer_says_whose_it_is_and_whom_it_waits_for():
    card = task_card(a_task(), DIRECTORY, NOW)

    assert (card.owner, card.waits_for) == ("Ward 7, Fellside Hospital", "Elm Tree Surgery")


def test_a_closed_task_says_how_it_ended():
    closed = a_task(status="failed", closed_at=NOW, status_reason="Moved away")

    card = task_card(closed, DIRECTORY, NOW)

    assert card.due == Tag("Could not be done Tue 24 Nov, 10:00", "pink")
    assert (card.is_open, card.reason) == (False, "Moved away")


@pytest.mark.parametrize(("confidence", "says"), [("V", "Verified"), ("P", "Local default, unverified"), ("K", "Local default, unverified")])  # fmt: skip
def test_a_number_that_nobody_verified_says_so(confidence, says):
    task = a_task(rule=replace(a_task().rule, confidence=confidence))

    assert task_card(task, DIRECTORY, NOW).rule.confidence.text == says


def test_owners_follow_each_other_without_gap_or_overlap():
    later = NOW + timedelta(hours=2)
    owners = (
        OwnerView(HANDOVER, NOW, WARD, "system"),
        OwnerView(TASK, NOW, WARD, "system"),
        OwnerView(TASK, later, ELM_TREE, "staff-elm-tree"),
    )

    rows = owner_rows(a_whole(owners=owners), DIRECTORY)

    assert [(row.what, row.team, row.since, row.until) for row in rows] == [
        ("The whole handover (coordination)", "Ward 7, Fellside Hospital", "Tue 24 Nov, 10:00", ""),
        ("Review the patient", "Ward 7, Fellside Hospital", "Tue 24 Nov, 10:00", "Tue 24 Nov, 12:00"),
        ("Review the patient", "Elm Tree Surgery", "Tue 24 Nov, 12:00", ""),
    ]  # fmt: skip


def test_who_was_told_says_whether_they_saw_it():
    history = (
        EntryView(NOW, "alert.not_delivered", UUID(int=5), "patient", "", "no-usable-channel"),
        EntryView(NOW, "alert.acknowledged", ALERT, ELM_TREE, "staff-elm-tree", ""),
        EntryView(NOW, "alert.sent", ALERT, ELM_TREE, "", "email"),
        EntryView(NOW, "alert.sent", UUID(int=4), SAFETY, "", "email"),
        EntryView(NOW, "task.completed", TASK, WARD, "staff-ward", ""),
    )

    rows = told_rows(history, DIRECTORY)

    assert {(row.who, row.state.text) for row in rows} == {
        ("The patient", "Not reached"),
        ("Elm Tree Surgery", "Seen Tue 24 Nov, 10:00"),
        ("Patient safety lead, Fellside Hospital", "Sent"),
    }


def test_what_was_said_again_and_again_is_one_row_and_whom_nothing_reached_comes_first():
    day = timedelta(days=1)
    history = (
        EntryView(NOW, "alert.sent", UUID(int=1), WARD, "", "email"),
        EntryView(NOW + day, "alert.sent", UUID(int=2), WARD, "", "email"),
        EntryView(NOW + 2 * day, "alert.sent", ALERT, WARD, "", "email"),
        EntryView(NOW + 2 * day, "alert.acknowledged", ALERT, WARD, "staff-ward", ""),
        EntryView(NOW + day, "alert.not_delivered", UUID(int=5), "patient", "", "restricted"),
    )

    rows = told_rows(history, DIRECTORY)

    assert [(row.who, row.state.text, row.times, row.since, row.at) for row in rows] == [
        ("The patient", "Not reached", 1, "Wed 25 Nov, 10:00", "Wed 25 Nov, 10:00"),
        ("Ward 7, Fellside Hospital", "Sent", 2, "Tue 24 Nov, 10:00", "Wed 25 Nov, 10:00"),
        ("Ward 7, Fellside Hospital", "Seen Thu 26 Nov, 10:00", 1, "Thu 26 Nov, 10:00", "Thu 26 Nov, 10:00"),
    ]  # fmt: skip


def test_several_names_and_sentences_read_as_one():
    assert all_of([]) == ""
    assert all_of(["Elm Tree Surgery", "Harbour"]) == "Elm Tree Surgery and Harbour"
    assert all_of(["Ward 7, Fellside", "Harbour", "Podiatry"]) == "Ward 7, Fellside; Harbour and Podiatry"  # fmt: skip
    assert listed(()) == ""
    assert listed(("A message", "A call", "GP records")) == "A message; a call; GP records"


def test_history_reads_as_sentences_and_ends_where_it_began():
    history = (
        EntryView(NOW, "task.failed", TASK, ELM_TREE, "staff-elm-tree", "Moved away {subject}"),
        EntryView(NOW, "offer.declined", UUID(int=7), ELM_TREE, "staff-elm-tree", "no-capacity"),
        EntryView(NOW, "something.new", None, "", "", ""),
    )

    lines = history_lines(a_whole(history=history), DIRECTORY, {})

    assert [(line.sentence, line.detail) for line in lines] == [
        ("Elm Tree Surgery could not do: Review the patient", "Moved away {subject}"),
        ("Elm Tree Surgery declined", "We cannot take this on in the time it needs"),
        ("something.new", ""),
        ("Ward 7, Fellside Hospital opened the handover", ""),
    ]


def test_a_team_that_was_asked_in_anothers_place_learns_why():
    assert in_place_of("", DIRECTORY) == ""
    assert "no GP practice for this patient is in the directory" in in_place_of(
        "gp-practice", DIRECTORY
    )
    assert "Mill Lane Surgery (Z90003) has closed" in in_place_of("Z90003", DIRECTORY)


def test_times_are_those_of_the_wall_clock_in_england():
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)

    assert due_tag(summer, summer - timedelta(days=2)).text == "Due Wed 1 Jul, 10:00"
