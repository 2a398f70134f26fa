"""The pathway files: each rule fires where it should and only there, and together they ask for no more than they must."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.referral.domain.handover import Handover, Whole
from services.referral.domain.happening import after, done, happen
from services.referral.domain.planning import plan, plan_on
from services.referral.domain.referral import Referral
from services.referral.domain.replanning import correct
from services.referral.domain.rules import HAPPENED
from services.referral.domain.task_facts import TaskChanged
from services.referral.outbound.condition_entries import read_value_sets
from services.referral.outbound.happening_files import read_happenings
from tests.unit.referral.builders import (
    NOW,
    PHARMACY,
    a_discharge,
    a_playbook,
    an_opening,
    by_rule,
    ids,
    london,
    new_id,
    with_handover,
)

RULES = (
    [f"R{number:02}" for number in range(1, 37)]
    + [f"R{number}" for number in range(42, 57)]
    + [f"R{number}" for number in range(71, 78)]
)
SETS = read_value_sets()
FRAIL, AT_RISK = {"763264000": 6.0}, {"225444004": 1.0}
ON_A_WARD = {"indicators": None, "pharmacy": None}
ACUTE = {"provider": "ZTM", "specialty": "710", "age": 34} | ON_A_WARD


def of(value_set: str) -> frozenset[str]:
    """One code of a value set."""
    return frozenset({min(SETS[value_set])})


def fired(**changes) -> list[str]:
    return [one.rule.id for one in plan(a_discharge(**changes), NOW, a_playbook())]


def a_referral(**changes) -> Referral:
    given = {
        "referral_id": UUID(int=45),
        "patient_key": "4" * 32,
        "kind": "referral",
        "priority": "routine",
        "referrer": "Z90001",
        "service": "podiatry-ZTA",
        "clock_started_at": NOW,
        "received_at": NOW,
        "age": 45,
    }
    return Referral(**given | changes)


def on(trigger: str, **changes) -> list[str]:
    """What a trigger asks for in the handover of a discharge, or of a referral when its fields are given."""
    referral = None
    if "kind" in changes or "referral" in changes:
        changes.pop("referral", None)
        referral = a_referral(**changes)
    handover = Handover(
        handover_id=UUID(int=1),
        spell_id=UUID(int=2),
        patient_key="4" * 32,
        sender="Z90001" if referral else "ZTA",
        sender_team="practice-Z90001" if referral else "ward-ZTA",
        coordinator_team="practice-Z90001" if referral else "ward-ZTA",
        clock_started_at=NOW,
        opened_at=NOW,
        discharge=None if referral else a_discharge(**changes),
        referral=referral,
    )
    return [one.rule.id for one in plan_on(trigger, handover, NOW, a_playbook())]


def test_every_rule_of_the_standards_is_carried_by_a_file():
    carried = {name for rule in a_playbook().rules for name in (rule.covers or (rule.id,))} | {
        rule.id for rule in a_playbook().rules
    }

    assert set(RULES) - carried == set()


DISCHARGES = {
    "R01": ({}, {"encounter_class": "EMER"}),
    "R03": ({"encounter_class": "EMER"}, {}),
    "practice-not-known": ({"practice": None}, {}),
    "practice-none": ({"practice": "V81997"}, {"practice": "V81999"}),
    "summary-to-patient": ({"practice": "V81998"}, {}),
    "R06": ({}, ACUTE),
    "R09": ({}, {"pharmacy": None}),
    "R14": ({"indicators": FRAIL}, {"indicators": {"763264000": 4.0}}),
    "R18": ({"destination": "54"}, {"destination": "19"}),
    "R24": ({"method": "2"}, {"method": "1"}),
    "R26": ({"diagnoses": of("asthma-attack")}, {"diagnoses": of("stroke")}),
    "R27": ({"diagnoses": of("copd-exacerbation")}, {}),
    "R28": ({"diagnoses": of("acute-heart-failure")}, {}),
    "R29": (
        {"diagnoses": of("bacterial-meningitis"), "age": 18},
        {"diagnoses": of("bacterial-meningitis"), "age": 17},
    ),
    "R29-child": (
        {"diagnoses": of("bacterial-meningitis"), "age": 17},
        {"diagnoses": of("bacterial-meningitis"), "age": None},
    ),
    "R30": ({"diagnoses": of("bacterial-meningitis")}, {}),
    "R31": (
        {"diagnoses": of("bacterial-meningitis"), "age": 3},
        {"diagnoses": of("bacterial-meningitis"), "age": 30},
    ),
    "R33": ({"diagnoses": of("stroke")}, {"encounter_class": "EMER", "diagnoses": of("stroke")}),
    "R42": (ACUTE, ACUTE | {"age": 17}),
    "R43": (ACUTE | {"indicators": AT_RISK}, ACUTE),
    "R44": (ACUTE | {"specialty": "715"}, ACUTE),
    "R45": (ACUTE, ACUTE | {"specialty": "715"}),
    "R46": (ACUTE | {"specialty": "711"}, {"specialty": "300"}),
}


@pytest.mark.parametrize("rule", DISCHARGES)
def test_a_rule_fires_for_the_discharge_that_it_is_about_and_not_for_another(rule):
    applies, does_not = DISCHARGES[rule]

    assert rule in fired(**applies)
    assert rule not in fired(**does_not)


MENINGITIS = {"diagnoses": of("bacterial-meningitis")}
REFERRAL = {"referral": True}
LATER = {
    "R02": ("happened.patient-copy-missing", {}),
    "R04": ("happened.results-pending", {}),
    "R05": ("happened.results-pending", {}),
    "R06-mental-health": ("happened.summary-acknowledged", ACUTE),
    "R07": ("happened.admitted-on-medicines", {}),
    "R08": ("happened.medicines-changed", {}),
    "R10": ("happened.dms-stage-1-done", {}),
    "R11": ("happened.dms-stage-2-done", {}),
    "R12": ("happened.medicines-short", {}),
    "R13": ("happened.admitted-with-needs", {}),
    "R15": ("happened.ready-to-leave", {}),
    "R16": ("happened.reablement-referred", {}),
    "R17": ("happened.urgent-response-accepted", {}),
    "R19": ("happened.fit-note-needed", {}),
    "R20": ("happened.onward-referral-needed", {}),
    "R21": ("happened.clinic-letter-due", REFERRAL),
    "R22": ("happened.patient-asked", {}),
    "R23": ("happened.homelessness-risk", {}),
    "R25": ("patient.died_in_hospital", {}),
    "R32": ("happened.seizure-medicine", MENINGITIS),
    "R34": ("happened.critical-care-left", {}),
    "R35": ("happened.psychosocial-assessment", {}),
    "R36": ("happened.out-of-hours-contact", {}),
    "R46-summary": ("happened.summary-acknowledged", ACUTE),
    "R47": ("referral.received", REFERRAL),
    "R47-urgent": ("referral.received", {"kind": "referral", "priority": "urgent"}),
    "R48": ("happened.referral-rejected", REFERRAL),
    "R49": ("referral.received", REFERRAL),
    "R50": ("referral.received", {"kind": "suspected-cancer", "priority": "urgent"}),
    "R51": ("referral.received", {"kind": "suspected-cancer", "priority": "urgent"}),
    "R52": ("happened.decision-to-treat", {"kind": "suspected-cancer"}),
    "R53": ("referral.received", {"kind": "advice"}),
    "R54": ("happened.appointment-missed", REFERRAL),
    "R54-child": ("happened.appointment-missed", {"kind": "referral", "age": 16}),
    "R55": ("happened.appointment-unavailable", REFERRAL),
    "R56": ("happened.getting-worse", REFERRAL),
    "R71": ("happened.move-not-taken-up", {}),
    "R72": ("happened.practice-closed", {}),
    "practice-unknown": ("happened.practice-lacks-patient", {}),
    "R74": ("happened.acknowledgement-missing", {}),
    "R75": ("happened.needs-recorded", {}),
    "coordinator-missing": ("coordinator.missing", {}),
    "redirected-too-often": ("offer.redirected-too-often", REFERRAL),
    "death-appointments": ("patient.died", {}),
    "death-equipment": ("patient.died", {}),
    "death-medicines": ("patient.died", {}),
    "death-removed": ("patient.death_removed", {}),
    "worse-after-the-end": ("reply.after_the_end", REFERRAL),
    "death-waiting": ("patient.died_waiting", REFERRAL),
    "death-removed-waiting": ("patient.death_removed_waiting", REFERRAL),
    "explain-in-person": ("alert.overtaken", {}),
    "follow-on": ("task.failed", {}),
    "question-cancelled": ("spell.questioned.cancelled-elsewhere", {}),
    "question-late": ("spell.questioned.discharged-again-or-late", {}),
    "question-times": ("spell.questioned.discharge-times-differ", {}),
    "read-document": ("document.received", {}),
    "records-changed": ("patient.records_changed", {}),
    "undelivered": ("alert.not_delivered", {}),
    "withdrawal-unread": ("withdrawal.unread", {}),
}
NOT_LATER = {
    "R06-mental-health": {},
    "R10": {"pharmacy": None},
    "R32": {},
    "R46-summary": {},
    "R47": {"kind": "advice"},
    "R47-urgent": REFERRAL,
    "R49": {"kind": "advice"},
    "R50": REFERRAL,
    "R51": REFERRAL,
    "R52": REFERRAL,
    "R53": REFERRAL,
    "R54": {"kind": "referral", "age": 16},
    "R54-child": REFERRAL,
}
"""Where other conditions than the trigger decide."""


@pytest.mark.parametrize("rule", LATER)
def test_a_rule_fires_when_that_happens_and_at_no_discharge_by_itself(rule):
    trigger, changes = LATER[rule]

    assert rule in on(trigger, **changes)
    assert rule not in fired(**ON_A_WARD)
    if rule in NOT_LATER:
        assert rule not in on(trigger, **NOT_LATER[rule])


def test_every_file_is_tried_here():
    assert {rule.id for rule in a_playbook().rules} == {*DISCHARGES, *LATER}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"indicators": None, "pharmacy": None}, {"R01", "R06"}),
        ({"indicators": None}, {"R01", "R06", "R09"}),
        ({"encounter_class": "EMER"}, {"R03"}),
        ({"encounter_class": "AMB"}, set()),
    ],
)
def test_an_ordinary_discharge_asks_for_the_least(changes, rules):
    """Each task more is one that somebody learns to overlook (A38)."""
    assert set(fired(**changes)) == rules


def test_s01_has_exactly_its_tasks_and_deadlines():
    left, arrived = london("2026-09-08 11:20"), london("2026-09-08 15:10")
    opened = an_opening(left, discharged_at=left)
    whole = Whole(opened.handover, opened.offers, opened.tasks)
    playbook, counted = a_playbook(), ids()

    def heard(code, at):
        nonlocal whole
        facts = happen(whole, code, at, at, playbook, counted)
        made = [task for fact in facts for task in getattr(fact, "tasks", ())]
        moved = {task.task_id: task for fact in facts for task in getattr(fact, "moved", ())}
        ended = {fact.task_id for fact in facts if getattr(fact, "status", "") == "completed"}
        tasks = [moved.get(task.task_id, task) for task in whole.tasks] + made
        whole = with_handover(
            Whole(whole.handover, whole.offers, tuple(tasks)),
            happened=dict(whole.handover.happened) | {code: at},
        )
        return {whole.task(task_id).rule_id for task_id in ended}

    heard("reablement-referred", london("2026-09-08 11:25"))
    finished = heard("summary-acknowledged", london("2026-09-08 15:05"))
    heard("dms-referral-received", arrived)

    assert finished == {"R01"}
    assert {task.rule_id: task.due_at for task in whole.tasks} == {
        "R01": london("2026-09-09 11:20"),
        "R14": london("2026-09-11 11:20"),
        "R16": london("2026-09-10 11:25"),
        "R09": london("2026-09-11 15:10"),
        "R06": london("2026-09-15 15:05"),
    }
    assert by_rule(whole, "R14").not_before == london("2026-09-09 11:20")


def test_s07_has_exactly_its_tasks_and_deadlines():
    left = london("2026-12-24 16:40")
    happened = {
        "dms-referral-received": london("2026-12-24 16:45"),
        "summary-acknowledged": london("2026-12-24 18:10"),
    }
    leaving = a_discharge(
        discharged_at=left, practice="Z90002", diagnoses=of("asthma-attack"), age=31
    )

    planned = plan(leaving, left, a_playbook(), happened)

    assert {one.rule.id: (one.team.id, one.when.due_at) for one in planned} == {
        "R01": ("ward-ZTA", london("2026-12-25 16:40")),
        "R26": ("practice-Z90002", london("2026-12-30 18:30")),
        "R14": ("community-ZTC", london("2026-12-27 16:40")),
        "R09": ("pharmacy-FZZ01", london("2026-12-31 16:45")),
        "R06": ("practice-Z90002", london("2026-12-31 18:10")),
    }


def test_s12_has_exactly_its_tasks_and_deadlines():
    left = london("2026-10-23 10:15")
    at_risk = ACUTE | {"indicators": AT_RISK}

    opened = an_opening(left, discharged_at=left, **at_risk)
    planned = plan(a_discharge(discharged_at=left, **at_risk), left, a_playbook())

    assert {one.rule.id: (one.team.id, one.when.due_at) for one in planned} == {
        "R43": ("crisis-ZTM", london("2026-10-25 09:15")),
        "R42": ("crisis-ZTM", london("2026-10-26 09:15")),
        "R45": ("ward-ZTM", london("2026-10-24 10:15")),
        "R46": ("ward-ZTM", london("2026-10-24 10:15")),
    }
    fifty, eighty = a_playbook().rule("R43").ladder[:2]
    assert (fifty.share, eighty.share) == (0.5, 0.8)
    task = by_rule(opened, "R43")
    assert task.anchored_at + 0.8 * (task.due_at - task.anchored_at) == london("2026-10-25 00:39")


def test_speaking_with_the_patient_once_is_enough_for_both_limits():
    left = london("2026-10-23 10:15")
    opened = an_opening(left, discharged_at=left, **ACUTE | {"indicators": AT_RISK})
    whole = Whole(opened.handover, opened.offers, opened.tasks)
    spoke = london("2026-10-24 19:30")

    facts = happen(whole, "contact-made", spoke, spoke, a_playbook(), ids())

    spoken = {whole.task(fact.task_id).rule_id for fact in facts if hasattr(fact, "task_id")}
    assert spoken == {"R42", "R43"}
    assert a_playbook().rule("R43").completes_also == {"R42"}


def test_whose_age_is_not_known_follows_the_rules_for_adults_and_it_is_said():
    unknown = ACUTE | {"age": None}

    assert "R42" in fired(**unknown)
    for rule in ("R29", "R42", "R43", "R54"):
        assert any("age is not known" in said for said in a_playbook().rule(rule).local_defaults)


def test_no_rule_counts_from_what_no_file_knows():
    known = {HAPPENED + code for code in read_happenings().known}
    for rule in a_playbook().rules:
        for said in (rule.trigger, rule.anchor):
            assert not said.startswith(HAPPENED) or said in known, rule.id


def test_the_full_summary_is_counted_from_leaving_the_ward():
    left = NOW - timedelta(days=1)
    handover = an_opening(left, discharged_at=left, **ACUTE).handover

    planned = plan_on("happened.summary-acknowledged", handover, NOW, a_playbook())

    assert {one.rule.id: one.anchored_at for one in planned} == {
        "R46-summary": left,
        "R06-mental-health": NOW,
    }


def stage_done(whole: Whole, rule: str) -> Whole:
    """The pharmacy completes a stage; the handover as it is then."""
    task = by_rule(whole, rule)
    completed = TaskChanged(task.task_id, "completed", PHARMACY, NOW, "staff.pharmacist", "")
    facts = done(after(whole, [completed]), completed, NOW, a_playbook(), new_id)
    made = [task for fact in facts for task in getattr(fact, "tasks", ())]
    return Whole(whole.handover, whole.offers, (*whole.tasks, *made))


def test_the_stages_of_the_medicines_service_follow_one_another():
    opened = an_opening()
    whole = Whole(opened.handover, opened.offers, opened.tasks)

    first = stage_done(whole, "R09")
    second = stage_done(first, "R10")

    assert [task.rule_id for task in first.tasks[len(whole.tasks) :]] == ["R10"]
    assert [task.rule_id for task in second.tasks[len(first.tasks) :]] == ["R11"]
    assert by_rule(second, "R11").code == "dms-stage-3"


def test_another_practice_is_asked_by_the_time_that_counts_from_the_receipt():
    """The summary was received before the hospital corrected the practice."""
    received = NOW + timedelta(hours=4)
    opened = an_opening()
    whole = with_handover(
        Whole(opened.handover, opened.offers, opened.tasks),
        happened={"summary-acknowledged": received},
    )

    fact = correct(whole, a_discharge(practice="Z90002"), received, a_playbook(), new_id)

    [asked] = [task for task in fact.tasks if task.rule_id == "R06"]
    assert asked.due_at == received + timedelta(weeks=1)
