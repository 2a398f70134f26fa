"""What becomes of a handover when the patient dies, is back in hospital, or is somebody else; and of open questions."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.referral.domain import adding, ending, opening, questioning
from services.referral.domain.facts import HandoverOpened, HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Whole
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    PHARMACY,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    london,
    new_id,
    offer_to,
    rules_of,
    with_handover,
    with_tasks,
)

LATER = NOW + timedelta(hours=2)
ANOTHER_STAY = UUID(int=80001)


def test_after_a_death_nobody_follows_up_and_the_ward_and_the_practice_clear_away():
    """S04 (b)."""
    whole = accepted(a_whole(), COMMUNITY)

    [fact] = ending.die(whole, LATER, a_playbook(), new_id, asks=True)

    assert rules_of(whole, fact.cancelled) == {"R06", "R09", "R14"}
    assert {task.code for task in fact.tasks} == {
        "cancel-appointments",
        "collect-equipment",
        "stop-repeat-medicines",
    }
    [medicines] = [task for task in fact.tasks if task.code == "stop-repeat-medicines"]
    assert medicines.offer_id == offer_to(whole, ELM_TREE).offer_id
    assert (fact.reason, fact.death) == ("deceased", "said")
    assert set(fact.withdrawn) == {offer_to(whole, PHARMACY).offer_id}


def test_a_death_counts_once():
    assert (
        ending.die(with_handover(a_whole(), death="said"), LATER, a_playbook(), new_id, asks=True)
        == ()
    )
    assert (
        ending.die(
            with_handover(a_whole(), state="completed"), LATER, a_playbook(), new_id, asks=True
        )
        != ()
    )


def test_nobody_is_reached_or_told_anything_in_person_after_a_death():
    gone = with_handover(a_whole(), state="withdrawn")
    [explain] = adding.put_right(gone, UUID(int=5), LATER, LATER, a_playbook(), new_id)
    gone = replace(with_tasks(gone, "R01", "R06", "R09", "R14", status="cancelled"))
    gone = replace(gone, tasks=(*gone.tasks, explain.task))

    [fact] = ending.die(gone, LATER, a_playbook(), new_id, asks=True)

    assert (rules_of(gone, fact.cancelled), fact.tasks) == ({"explain-in-person"}, ())


def test_a_death_that_is_taken_back_reopens_nothing_and_asks_one_person_to_look():
    """S04 (c): Friday, so due on Monday."""
    friday = london("2026-09-18 10:00")
    whole = with_handover(a_whole(), death="said")

    [fact] = ending.doubt_death(whole, friday, a_playbook(), new_id, asks=True)

    [task] = fact.tasks
    assert (task.code, task.owner_team) == ("review-death-removed", WARD)
    assert task.due_at == london("2026-09-21 20:00")
    assert fact.death == "removed"
    removed = with_handover(whole, death="removed")
    assert ending.doubt_death(removed, friday, a_playbook(), new_id, asks=True) == ()


def test_back_in_hospital_the_follow_up_of_the_earlier_stay_is_called_off_and_the_summary_is_not():
    """C1, A01."""
    whole = accepted(a_whole(), ELM_TREE)

    [fact] = ending.readmit(whole, ANOTHER_STAY, LATER, LATER, a_playbook(), new_id)

    assert isinstance(fact, HandoverReplanned)
    assert rules_of(whole, fact.cancelled) == {"R06", "R09", "R14"}
    assert (fact.reason, fact.readmitted_by) == ("readmitted", ANOTHER_STAY)


def test_back_in_hospital_with_nothing_left_the_earlier_handover_is_withdrawn():
    whole = with_tasks(a_whole(), "R01", status="completed")

    [fact] = ending.readmit(whole, ANOTHER_STAY, LATER, LATER, a_playbook(), new_id)

    assert isinstance(fact, HandoverWithdrawn)
    assert (fact.reason, fact.readmitted_by) == ("readmitted", ANOTHER_STAY)


def test_an_admission_before_the_discharge_or_of_the_same_stay_ends_nothing():
    whole = a_whole()

    assert ending.readmit(whole, whole.handover.spell_id, LATER, LATER, a_playbook(), new_id) == ()
    assert (
        ending.readmit(whole, ANOTHER_STAY, NOW - timedelta(hours=1), LATER, a_playbook(), new_id)
        == ()
    )


def test_an_admission_that_did_not_count_asks_again_on_the_original_clock():
    whole = with_tasks(a_whole(), "R01", status="completed")
    gone = with_tasks(whole, "R06", "R09", "R14", status="cancelled")
    gone = with_handover(gone, state="withdrawn", readmitted_by=ANOTHER_STAY)

    opened = ending.undo_readmission(gone, ANOTHER_STAY, LATER, a_playbook(), new_id)

    assert isinstance(opened, HandoverOpened)
    assert opened.handover.replaces == gone.handover.handover_id
    assert {task.rule_id: task.due_at for task in opened.tasks} == {
        rule: by_rule(whole, rule).due_at for rule in ("R06", "R09", "R14")
    }


def test_an_admission_that_did_not_count_gives_an_open_handover_its_follow_up_back():
    whole = with_tasks(a_whole(), "R06", "R09", "R14", status="cancelled")
    whole = with_handover(whole, readmitted_by=ANOTHER_STAY)

    [fact] = ending.undo_readmission(whole, ANOTHER_STAY, LATER, a_playbook(), new_id)

    assert {task.rule_id for task in fact.tasks} == {"R06", "R09", "R14"}
    assert fact.readmitted_by is None
    assert ending.undo_readmission(whole, UUID(int=9), LATER, a_playbook(), new_id) is None


def test_each_question_is_a_task_of_the_ward_for_four_hours():
    opened = opening.open_loose_end(
        ANOTHER_STAY,
        "0" * 32,
        "ZTA",
        questioning.asked(["cancelled-elsewhere", "discharge-times-differ"]),
        NOW,
        a_playbook(),
        new_id,
    )

    assert opened.handover.purpose == "loose-end"
    assert {task.code for task in opened.tasks} == {
        "answer-discharge-time",
        "answer-which-discharge-stands",
    }
    assert {task.owner_team for task in opened.tasks} == {WARD}
    assert {task.due_at for task in opened.tasks} == {NOW + timedelta(hours=4)}


def test_questions_replace_what_was_asked_before():
    whole = a_whole()
    [asked] = questioning.answer(whole, ["discharge-times-differ"], LATER, a_playbook(), new_id)
    whole = replace(whole, tasks=(*whole.tasks, *asked.tasks))

    assert questioning.answer(whole, ["discharge-times-differ"], LATER, a_playbook(), new_id) == ()
    [answered] = questioning.answer(whole, [], LATER, a_playbook(), new_id)
    assert rules_of(whole, answered.cancelled) == {"question-times"}
    assert answered.reason == "answered-since"


def test_a_handover_of_nothing_but_questions_ends_with_them():
    opened = opening.open_loose_end(
        ANOTHER_STAY,
        "0" * 32,
        "ZTA",
        questioning.asked(["cancelled-elsewhere"]),
        NOW,
        a_playbook(),
        new_id,
    )
    whole = Whole(opened.handover, opened.offers, opened.tasks)

    [fact] = questioning.answer(whole, [], LATER, a_playbook(), new_id)

    assert isinstance(fact, HandoverWithdrawn)
    assert fact.reason == "answered-since"


def test_joined_records_are_checked_by_the_ward_once_at_a_time():
    """P14."""
    whole = a_whole()

    [added] = adding.check_records(whole, LATER, LATER, a_playbook(), new_id)

    assert (added.task.code, added.task.owner_team) == ("review-merged-records", WARD)
    whole = replace(whole, tasks=(*whole.tasks, added.task))
    assert adding.check_records(whole, LATER, LATER, a_playbook(), new_id) == ()
