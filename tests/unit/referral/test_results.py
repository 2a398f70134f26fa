"""Results that are missing when a patient leaves: how many tasks, whose, and by when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import yaml
from pydantic import ValidationError

from services.referral.domain import adding, doing, results
from services.referral.domain.closing import undo, withdraw
from services.referral.domain.facts import HandoverReplanned, HandoverWithdrawn, SomethingHappened
from services.referral.domain.handover import MissingResult, Whole
from services.referral.domain.happening import after, happen, report
from services.referral.domain.reopening import reopen
from services.referral.domain.task_facts import TaskAdded
from services.referral.outbound.data_files import DATA
from services.referral.outbound.pathway_files import RuleFile
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    PHARMACY,
    PLACE,
    SAFETY,
    WARD,
    a_playbook,
    a_whole,
    by_rule,
    ids,
    london,
    new_id,
    refused,
    somebody,
    with_handover,
)

AT_WARD = somebody(WARD)
BIOPSY = "Biopsy of the colon"
DAY = date(2026, 12, 8)


def expect(whole, test=BIOPSY, on=None, by="", *, now=NOW, person=AT_WARD):
    wanted = MissingResult(test, by, on)
    return results.expect(whole, wanted, now, a_playbook(), new_id, person)


def take_in(whole: Whole, facts) -> Whole:
    """The handover with the tasks that these facts add and move."""
    tasks = {task.task_id: task for task in whole.tasks}
    for fact in facts:
        if isinstance(fact, TaskAdded):
            tasks[fact.task.task_id] = fact.task
        elif isinstance(fact, HandoverReplanned):
            tasks |= {task.task_id: task for task in (*fact.tasks, *fact.moved)}
    return replace(whole, tasks=tuple(tasks.values()))


def with_result(*named, **changes) -> Whole:
    whole = a_whole(**changes)
    for test in named or (BIOPSY,):
        whole = take_in(whole, expect(whole, test))
    return whole


def the_result(whole: Whole):
    return by_rule(whole, "R05")


def test_a_result_is_due_when_its_day_ends_for_the_team_that_ordered_it():
    """The ward closes at eight; the respiratory team at five, and it is not there on a Saturday."""
    [_, added, _] = expect(a_whole(), on=DAY)
    assert added.task.due_at == london("2026-12-08 20:00")
    assert added.task.working == "expected on Tue 8 Dec → Tue 8 Dec 20:00, when the team closes"

    [_, theirs, letter] = expect(a_whole(), on=date(2026, 12, 12), by="respiratory-ZTA")

    assert theirs.task.owner_team == "respiratory-ZTA"
    assert theirs.task.due_at == london("2026-12-11 17:00")
    assert ", team closed Sat 12 Dec → Fri 11 Dec 17:00" in theirs.task.working
    [written] = letter.tasks
    assert (written.rule_id, written.owner_team) == ("R04", WARD)
    assert written.due_at == london("2026-12-12 20:00")


def test_a_result_without_a_day_is_due_within_ten_working_days_of_when_it_was_said():
    later = NOW + timedelta(days=7)

    [_, first, _] = expect(a_whole())
    whole = with_result("Blood culture")
    [_, second, moved] = expect(whole, now=later)

    assert first.task.due_at == london("2026-12-08 20:00")
    assert second.task.due_at == london("2026-12-15 20:00")
    assert [task.due_at for task in moved.moved] == [second.task.due_at]


def test_an_earlier_result_moves_no_letter():
    whole = with_result()

    facts = expect(whole, "Blood culture", NOW.date())

    assert [type(fact) for fact in facts] == [SomethingHappened, TaskAdded]


def test_a_letter_that_was_written_is_followed_by_another():
    whole = with_result()
    letter = by_rule(whole, "R04")
    written = replace(letter, status="completed")
    whole = replace(whole, tasks=(*(t for t in whole.tasks if t != letter), written))

    [_, _, again] = expect(whole, "Blood culture")

    assert [task.rule_id for task in again.tasks] == ["R04"]


@pytest.mark.parametrize("named", [BIOPSY, "  biopsy of\tthe COLON "])
def test_the_same_result_of_the_same_day_is_one(named):
    whole = take_in(a_whole(), expect(a_whole(), on=DAY))

    assert expect(whole, named, DAY) == ()
    assert expect(whole, named, DAY + timedelta(days=1))
    closed = replace(the_result(whole), status="completed")
    read = replace(whole, tasks=(closed, by_rule(whole, "R04")))
    assert expect(read, named, DAY), "it is missing again"


@pytest.mark.parametrize(
    "test", ["", " ", "x", "y" * 121, "Blood\x00culture", "Blood\u202eculture"]
)
def test_a_name_that_nobody_could_read_is_refused(test):
    assert refused(expect, a_whole(), test) == "result.test_unclear"


@pytest.mark.parametrize("test", ["CT", "y" * 120, "Röntgen, Kontrolle"])
def test_a_short_and_a_long_name_are_taken(test):
    [_, added, _] = expect(a_whole(), test)

    assert added.task.result.test == test


@pytest.mark.parametrize("team", [COMMUNITY, ELM_TREE, "ward-ZTB", "nobody"])
def test_a_test_was_ordered_by_the_hospital_that_the_patient_left(team):
    assert refused(expect, a_whole(), by=team) == "result.ordered_elsewhere"


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        (NOW.date() - timedelta(days=1), False),
        (NOW.date(), True),
        (NOW.date() + timedelta(days=732), True),
        (NOW.date() + timedelta(days=733), False),
    ],
)
def test_a_day_before_the_patient_left_or_years_away_is_a_slip(day, taken):
    if taken:
        assert expect(a_whole(), on=day)
    else:
        assert refused(expect, a_whole(), on=day) == "result.day_unlikely"


def test_only_those_who_see_it_may_say_that_a_result_is_missing():
    whole = a_whole()

    assert refused(expect, whole, person=somebody(ELM_TREE)) == "happening.not_yours_to_say"
    assert refused(expect, whole, person=somebody(SAFETY)) == "team.not_in_handover"
    assert expect(whole, person=somebody(ELM_TREE, WARD))
    closed = with_handover(whole, state="completed")
    assert refused(expect, closed) == "handover.completed"


def say(whole, code, team):
    return report(whole, code, NOW, NOW, a_playbook(), new_id, somebody(team))


@pytest.mark.parametrize(
    ("code", "may", "may_not"),
    [
        ("summary-acknowledged", [WARD, ELM_TREE], [PHARMACY, COMMUNITY]),
        ("dms-referral-received", [PHARMACY], [WARD, ELM_TREE, COMMUNITY]),
        ("reablement-referred", [WARD], [ELM_TREE]),
        ("patient-copy-missing", [WARD, ELM_TREE, COMMUNITY], [PHARMACY]),
        ("practice-closed", [], [WARD, ELM_TREE]),
        ("practice-changed", [], [WARD, ELM_TREE]),
    ],
)
def test_what_happened_is_said_by_those_who_see_it_happen(code, may, may_not):
    for team in may:
        assert say(a_whole(), code, team)
    for team in may_not:
        assert refused(say, a_whole(), code, team) == "happening.not_yours_to_say"


def test_who_stands_for_another_says_what_that_one_would():
    """No nurses are known where the patient lives: the registration team was asked in their place."""
    whole = a_whole()
    stands_in = tuple(
        replace(offer, team=PLACE, instead_of="community-nursing")
        if offer.team == COMMUNITY
        else offer
        for offer in whole.offers
    )
    asked = replace(whole, offers=stands_in)

    assert say(asked, "patient-copy-missing", PLACE)
    assert refused(say, whole, "patient-copy-missing", PLACE) == "team.not_in_handover"
    assert refused(say, asked, "dms-referral-received", PLACE) == "happening.not_yours_to_say"


def test_a_hospital_that_nobody_knows_has_somebody_to_speak_for_it():
    whole = a_whole(provider="ZZZ")

    assert whole.handover.sender_team == PLACE
    assert expect(whole, person=somebody(PLACE))


def test_who_is_told_of_silence_says_nothing_for_others():
    whole = a_whole()
    told = replace(whole.tasks[0], owner_team=SAFETY)
    assert (
        refused(say, replace(whole, tasks=(told,)), "summary-acknowledged", SAFETY)
        == "happening.not_yours_to_say"
    )


def test_a_result_that_nobody_named_is_one_task_of_the_ward():
    whole = a_whole()

    facts = say(whole, "results-pending", WARD)

    task = by_rule(replace(whole, tasks=facts[-1].tasks), "R05")
    assert task.result == MissingResult("Results of this stay", WARD)
    assert task.owner_team == WARD


def test_saying_it_without_a_name_moves_no_result_that_has_one():
    """The day that somebody named is known better than ten working days from whenever."""
    whole = with_result()
    later = NOW + timedelta(days=30)
    whole = take_in(whole, expect(whole, "Blood culture", later.date()))

    facts = happen(whole, "results-pending", NOW, later, a_playbook(), new_id)

    assert [type(fact) for fact in facts] == [SomethingHappened]


def test_a_result_that_cannot_be_had_stays_with_the_team_that_had_it():
    """The practice coordinates by now; it gets no result by that."""
    whole = with_handover(with_result(), coordinator_team=ELM_TREE)
    task = the_result(whole)
    failed = doing.fail(whole, task.task_id, AT_WARD, NOW, reason="The sample was lost")

    [added] = adding.follow_on(after(whole, [failed]), failed, a_playbook(), ids())

    assert (added.task.owner_team, added.task.result) == (WARD, task.result)


def test_taken_up_again_it_is_the_same_result():
    whole = with_result()
    done = doing.complete(whole, the_result(whole).task_id, AT_WARD, NOW, reason="Normal")

    [added] = reopen(
        after(whole, [done]), done.task_id, AT_WARD, NOW, a_playbook(), ids(), reason="not-done"
    )

    assert added.task.result == the_result(whole).result


@pytest.mark.parametrize("reason", ["discharge-cancelled", "readmitted", "deceased"])
def test_a_handover_that_is_withdrawn_leaves_its_results_with_the_ward(reason):
    whole = with_result()
    task = the_result(whole)

    [withdrawn, kept] = withdraw(whole, AT_WARD, NOW, reason=reason)

    assert task.task_id not in withdrawn.tasks
    assert by_rule(whole, "R04").task_id in withdrawn.tasks, "nobody is written to"
    assert (kept.task_id, kept.status, kept.owner_team) == (task.task_id, "accepted", WARD)


@pytest.mark.parametrize("reason", ["entered-in-error", "admission-cancelled"])
def test_a_stay_that_was_not_leaves_no_result(reason):
    whole = with_result()

    [withdrawn] = undo(whole, NOW, reason=reason)

    assert isinstance(withdrawn, HandoverWithdrawn)
    assert the_result(whole).task_id in withdrawn.tasks


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": {"role": "gp-practice", "of": "registered-practice"}},
        {"fallback": [{"role": "gp-practice", "of": "registered-practice"}]},
        {"cover": {"role": "out-of-hours", "of": "place"}},
    ],
)
def test_a_rule_of_the_place_that_lets_a_result_go_elsewhere_is_refused(changed):
    said = yaml.safe_load((DATA / "pathways" / "R05.yaml").read_text())
    assert RuleFile.model_validate(said).task.each == "result"

    said["task"] |= changed

    with pytest.raises(ValidationError, match="a result stays with the team that ordered it"):
        RuleFile.model_validate(said)
