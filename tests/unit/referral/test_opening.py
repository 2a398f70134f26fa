"""From a discharge to a handover."""

from datetime import timedelta

import pytest

from services.referral.domain import opening
from services.referral.domain.facts import NotOpened
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    NOW,
    PHARMACY,
    PLACE,
    WARD,
    a_discharge,
    a_playbook,
    an_opening,
    by_rule,
    ids,
    london,
    offer_to,
)

ASTHMA = frozenset({"708038006"})


def test_a_frail_patient_is_offered_to_practice_pharmacy_and_community():
    """S01."""
    discharged = london("2026-09-08 11:20")
    received = london("2026-09-08 15:05")

    opened = an_opening(received, discharged_at=discharged)

    assert {offer.team for offer in opened.offers} == {ELM_TREE, PHARMACY, COMMUNITY}
    assert {task.rule_id: task.due_at for task in opened.tasks} == {
        "R01": london("2026-09-09 11:20"),
        "R06": london("2026-09-15 15:05"),
        "R09": london("2026-09-11 15:05"),
        "R14": london("2026-09-11 11:20"),
    }
    assert by_rule(opened, "R14").not_before == london("2026-09-09 11:20")


def test_an_asthma_attack_at_christmas_is_due_when_the_practice_closes_on_the_second_working_day():
    """S07."""
    opened = an_opening(
        discharged_at=london("2026-12-24 16:40"),
        practice="Z90002",
        pharmacy=None,
        indicators=None,
        diagnoses=ASTHMA,
    )

    assert [offer.team for offer in opened.offers] == [HARBOUR]
    assert {task.rule_id for task in opened.tasks} == {"R01", "R06", "R26"}
    assert by_rule(opened, "R26").due_at == london("2026-12-30 18:30")


def test_until_somebody_accepts_the_sender_owns_everything():
    opened = an_opening()

    assert opened.handover.coordinator_team == opened.handover.sender_team == WARD
    assert {task.owner_team for task in opened.tasks} == {WARD}


def test_the_senders_own_duty_waits_for_nobody():
    opened = an_opening()

    assert (by_rule(opened, "R01").offer_id, by_rule(opened, "R01").status) == (None, "accepted")
    assert by_rule(opened, "R06").status == "requested"


def test_two_rules_for_one_team_make_one_offer():
    opened = an_opening(diagnoses=ASTHMA)

    practice = offer_to(opened, ELM_TREE)
    assert by_rule(opened, "R06").offer_id == by_rule(opened, "R26").offer_id == practice.offer_id


def test_the_clock_started_when_the_patient_left_not_when_we_heard():
    left = NOW - timedelta(hours=30)

    opened = an_opening(discharged_at=left)

    assert opened.handover.clock_started_at == left
    assert by_rule(opened, "R01").due_at < NOW


@pytest.mark.parametrize("practice", [None, "V81999", "V81997", "Z99999"])
def test_a_practice_that_nobody_knows_is_replaced_by_the_registration_team(practice):
    """Never dropped: S09, C5."""
    opened = an_opening(practice=practice, pharmacy=None, indicators=None, diagnoses=ASTHMA)

    [offer] = opened.offers
    assert (offer.team, offer.instead_of) == (PLACE, "gp-practice")
    assert {by_rule(opened, rule).offer_id for rule in ("R06", "R26")} == {offer.offer_id}
    assert {task.owner_team for task in opened.tasks} == {WARD}


def test_a_hospital_that_nobody_knows_still_gets_an_accountable_team():
    opened = an_opening(provider="ZZZ", pharmacy=None, indicators=None)

    assert opened.handover.coordinator_team == PLACE
    assert {task.owner_team for task in opened.tasks} == {PLACE}
    assert [offer.team for offer in opened.offers] == [ELM_TREE]


@pytest.mark.parametrize(
    "said", [{"said_deceased": True}, {"method": "4"}, {"method": "5"}, {"destination": "79"}]
)
def test_after_a_death_in_hospital_the_ward_tells_the_practice_and_nobody_else_is_asked(said):
    """S04, whichever of the three places says so."""
    opened = an_opening(discharged_at=london("2026-09-11 14:00"), **said)

    assert opened.offers == ()
    [task] = opened.tasks
    assert (task.rule_id, task.owner_team, task.status) == ("R25", WARD, "accepted")
    assert task.due_at == london("2026-09-14 20:00")
    assert opened.handover.death == "said"


def test_a_test_patient_makes_no_work_in_a_live_service():
    """H17."""
    decision = opening.decide(a_discharge(test_patient=True), NOW, a_playbook(live=True), ids())

    assert isinstance(decision, NotOpened)
    assert decision.reason == "test-patient"
    assert an_opening(test_patient=True).handover.test_patient


def test_leaving_an_outpatient_clinic_is_no_discharge():
    decision = opening.decide(a_discharge(encounter_class="AMB"), NOW, a_playbook(), ids())

    assert isinstance(decision, NotOpened)
    assert decision.reason == "no-rule-applies"


def test_an_asthma_attack_in_the_emergency_department_needs_its_summary_and_the_practice():
    opened = an_opening(encounter_class="EMER", diagnoses=ASTHMA)

    assert {task.rule_id for task in opened.tasks} == {"R03", "R26"}
    assert by_rule(opened, "R26").offer_id == offer_to(opened, ELM_TREE).offer_id


@pytest.mark.parametrize(("score", "asked"), [(4.0, False), (5.0, True), (6.0, True), (9.0, True)])
def test_frailty_counts_from_five(score, asked):
    opened = an_opening(indicators={"763264000": score})

    assert any(task.rule_id == "R14" for task in opened.tasks) is asked


def test_a_demonstration_brings_deadlines_nearer():
    opened = an_opening(playbook=a_playbook(divisor=1440))

    assert by_rule(opened, "R01").due_at == NOW + timedelta(minutes=1)


def test_the_same_discharge_decides_the_same():
    assert an_opening() == an_opening()
