"""Each fault that would keep a rule silent, late or heard by nobody is found, with its file and its field."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from services.referral.domain.combining import AllOf, AnyOf, Not
from services.referral.domain.conditions import (
    DiagnosisIn,
    IndicatorAtLeast,
    OneOf,
)
from services.referral.domain.contradicting import contradiction
from services.referral.outbound.data_files import DATA
from services.referral.outbound.measures_file import read_contacts
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rule_folders import read_national
from services.referral.outbound.rulebook.book import read_book
from services.referral.outbound.rulebook.check import check, faults_of

LEAD = {"role": "safety-lead", "of": "sender"}
OWNER = ("task", "owner")
FAULTS = {
    "a role that nobody has where it is looked for": (
        "R26",
        {OWNER: {"role": "community-nursing", "of": "registered-practice"}},
        "task.owner: no registered-practice has the role 'community-nursing'",
    ),
    "a pharmacy of a referral, which names none": (
        "R47",
        {OWNER: {"role": "community-pharmacy", "of": "nominated-pharmacy"}},
        "task.owner: nominated-pharmacy leads to nobody: referral.received names no pharmacy",
    ),
    "the service of a referral, for somebody who was discharged": (
        "R26",
        {OWNER: {"of": "service"}},
        "task.owner: service leads to nobody: spell.discharged is not about a referral",
    ),
    "cover without a role": (
        "R26",
        {("task", "cover"): {"of": "sender"}},
        "task.cover: whose is said (sender), but not which role",
    ),
    "an anchor that only a referral has": (
        "R26",
        {("deadline", "anchor"): "clock_started_at"},
        "deadline.anchor: spell.discharged is not about a referral",
    ),
    "an anchor that only a discharge has": (
        "R47",
        {("deadline", "anchor"): "discharged_at"},
        "deadline.anchor: referral.received is about nobody who was discharged",
    ),
    "a deadline before what it is counted from": (
        "R26",
        {
            ("deadline",): {
                "kind": "before_planned",
                "by": {"kind": "clock_hours", "hours": 24},
                "anchor": "discharged_at",
            }
        },
        "deadline: what begins on ",
    ),
    "a window that closes before it opens": (
        "R26",
        {
            ("deadline",): {
                "kind": "window",
                "not_before": {"kind": "calendar_weeks", "weeks": 2},
                "within": {"kind": "calendar_days", "days": 3},
                "anchor": "discharged_at",
            }
        },
        "deadline: the window that begins on ",
    ),
    "a service that is closed for all of the time that there is": (
        "R47",
        {
            ("task", "priority"): "urgent",
            ("deadline",): {"kind": "clock_hours", "hours": 24, "anchor": "received_at"},
        },
        "task.cover: ",
    ),
    "an age that is counted from a discharge": (
        "R26",
        {("deadline",): {"kind": "age_at", "years": 18, "anchor": "discharged_at"}},
        "deadline.kind: an age is counted from a birth, and discharged_at is none",
    ),
    "a warning that comes later than the deadline": (
        "R26",
        {("escalate",): [{"at": "breach", "to": [LEAD]}, {"at": "80%", "to": [LEAD]}]},
        "escalate: 80% stands after breach and does not come later",
    ),
    "a step that stands twice": (
        "R26",
        {("escalate",): [{"at": "breach", "to": ["owner"]}, {"at": "breach", "to": [LEAD]}]},
        "escalate: breach stands after breach",
    ),
    "a ladder that never tells of the breach": (
        "R26",
        {("escalate",): [{"at": "80%", "to": [LEAD]}]},
        "escalate: nothing is told when the deadline passes",
    ),
    "a ladder that ends at whoever let it lie": (
        "R26",
        {("escalate",): [{"at": "breach", "to": [{"of": "owner"}]}]},
        "escalate: the ladder ends nowhere: its last step names no role",
    ),
    "a step for a practice, which a ladder does not know": (
        "R26",
        {
            ("escalate",): [
                {"at": "breach", "to": [{"role": "gp-practice", "of": "registered-practice"}]}
            ]
        },
        "escalate breach: a ladder finds no registered-practice",
    ),
    "an end that is its beginning": (
        "R12",
        {("cancel_when",): ["medicines-short"]},
        "cancel_when: medicines-short begins it, and cannot end it as well",
    ),
    "an end that begins it again": (
        "R09",
        {("applies_when", "event"): "happened.dms-stage-1-done"},
        "task.then: dms-stage-1-done begins it",
    ),
    "no kind of stay that is left": (
        "R26",
        {("applies_when", "all"): [{"not": {"encounter.class_in": ["IMP", "EMER", "AMB"]}}]},
        "applies_when: it never applies: no encounter.class is left",
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, list[str]]:
    """What is found of each fault, each seeded in the folder of a place by itself."""
    return {name: seeded(tmp_path_factory.mktemp("place"), *FAULTS[name][:2]) for name in FAULTS}


def seeded(place: Path, rule: str, changes: dict) -> list[str]:
    write(place, rule, changes)
    book, faults = read_book(local=place)
    if book is None:
        return list(faults)
    alone = tuple(one for one in book.playbook.rules if one.id == rule)
    return list(faults_of(replace(book, playbook=replace(book.playbook, rules=alone))))


def write(place: Path, rule: str, changes: dict) -> None:
    said = yaml.safe_load((DATA / "pathways" / f"{rule}.yaml").read_text())
    said["version"] = "2026.9-local.1"
    for where, to in changes.items():
        inner = said
        for step in where[:-1]:
            inner = inner[step]
        inner[where[-1]] = to
    (place / f"{rule}.yaml").write_text(yaml.safe_dump(said))


@pytest.mark.parametrize("what", FAULTS)
def test_a_rule_that_would_be_silent_late_or_heard_by_nobody_is_found(found, what):
    rule, _, says = FAULTS[what]

    assert any(fault.startswith(f"{rule}.yaml: ") and says in fault for fault in found[what]), (
        found[what]
    )


GOUT, JOINTS = (
    DiagnosisIn("gout", frozenset({"1"})),
    DiagnosisIn("joints", frozenset({"1", "2"})),
)
FRAIL, MILD = IndicatorAtLeast("763264000", 5), IndicatorAtLeast("763264000", 3)
ANY_STAY = OneOf("encounter.class", frozenset({"IMP", "EMER", "AMB"}))


@pytest.mark.parametrize(
    ("condition", "trigger", "holds"),
    [
        (AllOf((GOUT, Not(JOINTS))), "spell.discharged", False),
        (AllOf((JOINTS, Not(GOUT))), "spell.discharged", True),
        (AllOf((FRAIL, Not(MILD))), "spell.discharged", False),
        (AllOf((MILD, Not(FRAIL))), "spell.discharged", True),
        (Not(ANY_STAY), "spell.discharged", False),
        (Not(ANY_STAY), "happened.getting-worse", True),
        (AnyOf((Not(ANY_STAY), GOUT)), "spell.discharged", True),
    ],
)
def test_what_lies_within_what_is_ruled_out_never_applies(condition, trigger, holds):
    assert (contradiction(condition, trigger) == "") is holds


def test_what_only_a_system_could_say_and_none_does_is_found(tmp_path):
    (tmp_path / "happenings.yaml").write_text(
        "happenings:\n  - {code: gout-flare, title: The gout is back, reported_by: [message], hint: Ask.}\n"
    )

    assert check(local=tmp_path)["faults"] == [
        "happenings.yaml: gout-flare.reported_by: nobody may say it, and no system says it by itself; name a role"
    ]


def test_a_file_that_would_quietly_not_be_read_is_found(tmp_path):
    (tmp_path / "older").mkdir()
    (tmp_path / "R26.yml").write_text("id: R26\noff: true\nreason: We review by telephone.\n")
    (tmp_path / "older" / "R33.yaml").write_text("id: R33\noff: true\n")
    (tmp_path / "older" / "story.yaml").write_text("title: A story of ours, and no rule\n")

    assert check(local=tmp_path)["faults"] == [
        "R26.yml: it is never read: rules lie in the folder itself and end in .yaml",
        "older/R33.yaml: it is never read: rules lie in the folder itself and end in .yaml",
    ]


def test_a_task_of_the_place_is_said_in_general_words_and_that_is_told(tmp_path):
    """A place cannot give notify words of its own: that must not keep its rule from being approved."""
    write(tmp_path, "R26", {("task", "code"): "gp-gout-review"})

    said = check(local=tmp_path)

    assert said["faults"] == []
    assert said["notes"] == [
        "R26.yaml: task.code: 'gp-gout-review' is said to patients in general words"
    ]


def test_a_place_may_switch_off_a_rule_whose_tasks_are_counted_as_a_contact(tmp_path):
    """Referral refused to start with it: the measures named a task that no rule made any more."""
    (tmp_path / "R14.yaml").write_text(
        "id: R14\noff: true\nreason: Our nurses see everybody on the day after.\n"
    )

    assert read_playbook(live=False, local=tmp_path).rule("R14") is None
    assert check(local=tmp_path)["faults"] == []
    made = {said.task.code for said in read_national().values()}
    assert set(read_contacts()) <= made
