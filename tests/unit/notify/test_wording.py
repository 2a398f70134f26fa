from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

import services.referral
from services.notify.domain.alert import Kind
from services.notify.domain.plan import Answer
from services.notify.domain.wording import deadline_in_words, shows_nothing, steps_of
from services.notify.outbound.site_data import read_banned_lists, read_reasons, read_task_words
from services.referral.domain import reasons
from tests.unit.notify.builders import (
    ELM_TREE,
    LONDON,
    NOW,
    WARD,
    a_plan,
    a_site,
    a_task,
    london,
)


def steps(*tasks, now=NOW):
    return steps_of(a_plan(*tasks), read_task_words(), a_site().teams, now, LONDON)


def test_a_step_says_what_who_when_and_whom_to_ring():
    (step,) = steps(a_task(owner_team=ELM_TREE, answer=Answer.ACCEPTED))

    assert step.what == "Elm Tree Surgery will bring its list of your medicines up to date"
    assert step.when == "by Tuesday 15 September"
    assert step.state == "Elm Tree Surgery has accepted this."
    assert (step.contact, step.phone) == ("Elm Tree Surgery", "01632 960110")


def test_until_a_team_accepts_the_sender_is_named_as_responsible_and_is_the_one_to_ring():
    (step,) = steps(a_task())

    assert step.state == (
        "Elm Tree Surgery has been asked. Ward 7, Fellside Hospital stays responsible until they accept."
    )
    assert step.contact == "Ward 7, Fellside Hospital"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"answer": Answer.OWN}, "Ward 7, Fellside Hospital is responsible for this."),
        (
            {"answer": Answer.DECLINED},
            "Elm Tree Surgery could not take this. Ward 7, Fellside Hospital is responsible and will arrange it.",
        ),
        ({"status": "in-progress"}, "Ward 7, Fellside Hospital has started this."),
        ({"status": "completed"}, "Ward 7, Fellside Hospital has done this."),
        (
            {"status": "failed"},
            "This could not be done. Ward 7, Fellside Hospital is responsible for what happens now.",
        ),
    ],
)
def test_every_state_is_said_in_a_sentence(changes, state):
    assert steps(replace(a_task(), **changes))[0].state == state


def test_a_late_step_says_so_and_that_one_may_ask():
    (step,) = steps(a_task(), now=NOW + timedelta(days=8))

    assert step.late
    assert step.state.endswith("This is later than planned: you can ring and ask.")


def test_a_window_is_said_with_both_its_days():
    task = a_task(not_before=london("2026-09-09 11:20"), due_at=london("2026-09-11 11:20"))

    assert steps(task)[0].when == "between Wednesday 9 September and Friday 11 September"


def test_who_has_until_midnight_has_the_day_before_it():
    assert steps(a_task(due_at=london("2026-09-16 00:00")))[0].when == "by Tuesday 15 September"
    assert deadline_in_words(london("2026-09-16 00:00"), LONDON) == "end of Tue 15 Sep 2026"
    assert deadline_in_words(london("2026-09-16 11:20"), LONDON) == "Wed 16 Sep 2026, 11:20"


def test_midnight_belongs_to_the_day_on_the_patients_wall():
    assert steps(a_task(due_at=london("2026-09-15 00:30")))[0].when == "by Tuesday 15 September"


def test_cancelled_steps_and_work_between_teams_are_not_shown():
    assert steps(a_task(1, status="cancelled"), a_task(2, code="reach-person")) == []


def test_steps_come_in_the_order_of_their_deadlines_and_done_ones_last():
    done = a_task(1, status="completed", due_at=NOW)
    late, soon = (
        a_task(2, due_at=NOW + timedelta(days=3)),
        a_task(3, due_at=NOW + timedelta(days=1)),
    )

    shown = steps(done, late, soon)

    assert [step.done for step in shown] == [False, False, True]
    assert [step.when for step in shown[:2]] == [
        "by Wednesday 9 September",
        "by Friday 11 September",
    ]


def test_an_unknown_code_and_an_unknown_team_get_general_words():
    (step,) = steps(
        a_task(code="something-new", asked_team="x", owner_team="x", answer=Answer.ACCEPTED)
    )

    assert step.what == "Your care team will do the next step with you"
    assert step.phone == ""


def test_no_diagnosis_reaches_the_patient_by_the_name_of_a_task():
    (step,) = steps(a_task(code="gp-asthma-review"))

    assert "asthma" not in f"{step}".lower()
    assert WARD not in step.what


@pytest.mark.parametrize(
    "code", ["answer-discharged-or-not", "tell-gp-of-death", "read-and-extract"]
)
def test_a_question_a_death_in_hospital_and_a_document_show_nothing_to_a_patient(code):
    assert shows_nothing(a_plan(a_task(1, code=code)), read_task_words())


def test_a_plan_that_is_only_work_between_teams_shows_nothing_to_its_patient():
    hidden = a_task(1, code="answer-discharge-time")
    shown = a_task(2, code="dms-stage-1", status="cancelled")

    assert shows_nothing(a_plan(hidden), read_task_words())
    assert not shows_nothing(a_plan(hidden, shown), read_task_words())
    assert not shows_nothing(a_plan(), read_task_words()), "somebody will be in touch"


def test_every_task_that_referral_makes_and_every_reason_that_it_gives_has_words_here():
    folder = Path(services.referral.__file__).parent / "data" / "pathways"
    codes = {
        yaml.safe_load(path.read_text(encoding="utf-8"))["task"]["code"]
        for path in folder.glob("*.yaml")
    }
    told = read_reasons(read_banned_lists())

    assert codes - read_task_words().keys() == set()
    assert reasons.WITHDRAWN.keys() - told[Kind.WITHDRAWN].keys() == set()
    assert reasons.REPLAN.keys() - told[Kind.CHANGED].keys() == set()
