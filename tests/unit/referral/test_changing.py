"""What becomes of a handover when its discharge is cancelled, repeated or corrected."""

from dataclasses import replace
from datetime import timedelta

from services.referral.domain import adding, closing, opening, replanning
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.handover import Whole
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    NOW,
    PHARMACY,
    WARD,
    a_discharge,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    london,
    new_id,
    offer_to,
    refused,
    rules_of,
    somebody,
    with_handover,
    with_offer,
    with_tasks,
)

ASTHMA = frozenset({"708038006"})
LATER = NOW + timedelta(hours=2)


def corrected(whole: Whole, now=LATER, *, known_dead=False, **changes):
    discharge = replace(whole.handover.discharge, **changes)
    return replanning.correct(whole, discharge, now, a_playbook(), new_id, known_dead=known_dead)


def test_a_cancelled_discharge_calls_off_what_others_accepted_and_began():
    """S02."""
    whole = with_tasks(accepted(a_whole(), ELM_TREE), "R06", status="in-progress")

    [withdrawn] = closing.call_off(whole, LATER, reason="discharge-cancelled")

    assert rules_of(whole, withdrawn.tasks) == {"R01", "R06", "R09", "R14"}
    assert len(withdrawn.offers) == 3
    assert (withdrawn.reason, withdrawn.by) == ("discharge-cancelled", "system")


def test_a_withdrawn_handover_is_not_withdrawn_again_and_a_completed_one_is():
    done = with_handover(
        with_tasks(a_whole(), "R01", "R06", "R09", "R14", status="completed"), state="completed"
    )
    gone = with_handover(a_whole(), state="withdrawn")

    [withdrawn] = closing.call_off(done, LATER, reason="discharge-cancelled")

    assert withdrawn.tasks == ()
    assert closing.call_off(gone, LATER, reason="discharge-cancelled") == ()


def test_every_asked_team_must_say_by_its_next_closing_time_that_it_knows_of_the_withdrawal():
    """S02: cancelled on Wednesday afternoon."""
    whole = a_whole()
    at = london("2026-09-09 16:30")
    [withdrawn] = closing.call_off(whole, at, reason="discharge-cancelled")

    assert dict(closing.teams_to_stop(whole, withdrawn, a_playbook())) == {
        ELM_TREE: london("2026-09-10 18:30"),
        PHARMACY: london("2026-09-10 18:00"),
        COMMUNITY: london("2026-09-10 20:00"),
    }


def test_a_team_that_did_not_answer_is_the_wards_to_tell_after_a_withdrawal_only():
    gone = with_handover(a_whole(), state="withdrawn")

    [added] = adding.tell_to_stop(gone, ELM_TREE, LATER, a_playbook(), new_id)

    assert (added.task.code, added.task.owner_team) == ("tell-to-stop", WARD)
    assert adding.tell_to_stop(gone, WARD, LATER, a_playbook(), new_id) == ()
    assert adding.tell_to_stop(a_whole(), ELM_TREE, LATER, a_playbook(), new_id) == ()


def test_the_next_discharge_of_a_stay_starts_new_tasks_and_clocks():
    """S02."""
    before = a_whole()
    again = a_discharge(discharged_at=london("2026-09-11 10:00"))

    opened = opening.decide(
        again,
        london("2026-09-11 10:01"),
        a_playbook(),
        new_id,
        replaces=before.handover.handover_id,
    )

    assert opened.handover.replaces == before.handover.handover_id
    assert by_rule(opened, "R01").due_at == london("2026-09-12 10:00")
    known = {task.task_id for task in before.tasks}
    assert known.isdisjoint(task.task_id for task in opened.tasks)


def test_a_corrected_time_moves_what_counts_from_it_and_nothing_else():
    whole = accepted(a_whole(), COMMUNITY)
    earlier = NOW - timedelta(hours=3)

    fact = corrected(whole, discharged_at=earlier)

    assert {task.rule_id: task.due_at for task in fact.moved} == {
        "R01": earlier + timedelta(hours=24),
        "R14": earlier + timedelta(hours=72),
    }
    assert {task.owner_team for task in fact.moved} == {WARD, COMMUNITY}
    assert fact.clock_started_at == earlier
    assert (fact.tasks, fact.offers, fact.cancelled, fact.withdrawn) == ((), (), (), ())


def test_silence_about_a_deadline_that_moved_ahead_counts_no_more():
    whole = with_tasks(a_whole(), "R01", escalation_step=1)

    ahead = corrected(whole, discharged_at=NOW + timedelta(hours=1))
    behind = corrected(whole, discharged_at=NOW - timedelta(days=3))

    assert [task.escalation_step for task in ahead.moved if task.rule_id == "R01"] == [0]
    assert [task.escalation_step for task in behind.moved if task.rule_id == "R01"] == [1]


def test_a_diagnosis_that_arrives_late_asks_for_its_review():
    """R26 by A08: the practice that has not answered finds it in the offer that it has."""
    fact = corrected(a_whole(), diagnoses=ASTHMA)

    [task] = fact.tasks
    assert (task.rule_id, task.owner_team, task.status) == ("R26", WARD, "requested")
    assert task.offer_id == offer_to(a_whole(), ELM_TREE).offer_id
    assert (fact.offers, fact.cancelled) == ((), ())


def test_a_practice_that_accepted_is_asked_again_for_what_is_new():
    fact = corrected(accepted(a_whole(), ELM_TREE), diagnoses=ASTHMA)

    [offer], [task] = fact.offers, fact.tasks
    assert (offer.team, task.offer_id, task.owner_team) == (ELM_TREE, offer.offer_id, WARD)


def test_what_has_no_reason_any_more_is_called_off_though_it_was_accepted():
    whole = accepted(a_whole(diagnoses=ASTHMA), ELM_TREE)

    fact = corrected(whole, diagnoses=frozenset(), indicators={})

    assert rules_of(whole, fact.cancelled) == {"R14", "R26"}
    assert fact.withdrawn == (offer_to(whole, COMMUNITY).offer_id,)
    assert fact.reason == "discharge-corrected"


def test_what_is_done_stays_done():
    whole = with_tasks(a_whole(diagnoses=ASTHMA), "R01", "R26", status="completed")

    fact = corrected(whole, diagnoses=frozenset(), discharged_at=NOW - timedelta(hours=1))

    assert fact.cancelled == ()
    assert {task.rule_id for task in fact.moved} == {"R14"}


def test_another_practice_is_asked_in_place_of_one_that_has_not_answered():
    whole = a_whole()

    fact = corrected(whole, practice="Z90002")

    [offer], [task] = fact.offers, fact.tasks
    assert (offer.team, task.rule_id) == (HARBOUR, "R06")
    assert task.due_at == by_rule(whole, "R06").due_at
    assert fact.withdrawn == (offer_to(whole, ELM_TREE).offer_id,)
    assert rules_of(whole, fact.cancelled) == {"R06"}


def test_another_practice_is_asked_after_one_that_declined():
    whole = with_tasks(with_offer(a_whole(), ELM_TREE, "declined"), "R06", status="accepted")

    fact = corrected(whole, practice="Z90002")

    assert [offer.team for offer in fact.offers] == [HARBOUR]
    assert fact.withdrawn == ()


def test_a_practice_that_accepted_keeps_its_tasks_when_another_one_is_named():
    whole = accepted(a_whole(), ELM_TREE)

    fact = corrected(whole, practice="Z90002")

    assert fact.kept == (offer_to(whole, ELM_TREE).offer_id,)
    assert (fact.offers, fact.cancelled) == ((), ())


def test_a_correction_that_says_nothing_new_changes_nothing():
    assert corrected(a_whole()) is None
    assert corrected(with_handover(a_whole(), state="withdrawn"), diagnoses=ASTHMA) is None


def test_a_correction_after_completion_opens_what_is_asked_in_addition():
    whole = with_tasks(a_whole(), "R01", "R06", "R09", "R14", status="completed")
    whole = with_handover(whole, state="completed")

    opened = corrected(whole, diagnoses=ASTHMA)

    assert isinstance(opened, HandoverOpened)
    assert [task.rule_id for task in opened.tasks] == ["R26"]
    assert corrected(whole, discharged_at=NOW - timedelta(hours=1)) is None


def test_a_discharge_corrected_to_a_death_leaves_the_wards_call_to_the_practice():
    """S04 (a), heard in two messages."""
    whole = accepted(a_whole(), ELM_TREE)

    fact = corrected(whole, method="4")

    assert rules_of(whole, fact.cancelled) == {"R01", "R06", "R09", "R14"}
    assert [task.rule_id for task in fact.tasks] == ["R25"]
    assert (fact.reason, fact.death, fact.offers) == ("deceased", "said", ())


def test_a_death_in_hospital_that_was_a_slip_asks_for_everything_again():
    whole = a_whole(method="4")

    fact = corrected(whole, method="1")

    assert rules_of(whole, fact.cancelled) == {"R25"}
    assert {task.rule_id for task in fact.tasks} == {"R01", "R06", "R09", "R14"}
    assert fact.death == ""


def test_where_the_death_is_known_from_elsewhere_a_person_decides_about_the_slip():
    fact = corrected(a_whole(method="4"), method="1", known_dead=True)

    assert [task.rule_id for task in fact.tasks] == ["death-removed"]
    assert (fact.reason, fact.death) == ("death-removed", "removed")


def test_a_person_cannot_give_the_reasons_that_only_messages_give():
    for reason in ("admission-cancelled", "answered-since", "discharge-corrected"):
        assert (
            refused(closing.withdraw, a_whole(), somebody(WARD), NOW, reason=reason)
            == "offer.reason_unknown"
        )
