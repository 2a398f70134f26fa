"""Checking rule files before they are used: each way in which they can be wrong is named, with file and field."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from services.referral.domain.combining import AllOf, AnyOf, Not
from services.referral.domain.conditions import (
    AgeAtLeast,
    AgeBelow,
    Alive,
    DiagnosisIn,
    OneOf,
)
from services.referral.domain.contradicting import contradiction
from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rulebook.book import read_book
from services.referral.outbound.rulebook.check import check, faults_of
from services.referral.outbound.rulebook.diff import diff

R26 = DATA / "pathways" / "R26.yaml"
WARD = OneOf("encounter.class", frozenset({"IMP"}))
EMERGENCY = OneOf("encounter.class", frozenset({"EMER"}))
ROUTINE = OneOf("referral.priority", frozenset({"routine"}))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of a place, still empty."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def changed(*where, to, rule: str = "R26", name: str = "", drop: bool = False) -> dict:
    """A rule of ours as a place would write it, with one thing different."""
    said = yaml.safe_load((DATA / "pathways" / f"{rule}.yaml").read_text())
    said["version"] = "2026.9-local.1"
    if name:
        said |= {"id": name}
        said["task"]["code"] = f"{said['task']['code']}-{name.lower()}"
    inner = said
    for step in where[:-1]:
        inner = inner[step]
    if drop:
        del inner[where[-1]]
    elif where:
        inner[where[-1]] = to
    return said


def write(place: Path, said: dict) -> None:
    (place / f"{said['id']}.yaml").write_text(yaml.safe_dump(said))


def test_what_comes_with_baton_is_sound():
    found = check()

    assert found["faults"] == []
    assert found["rules"] > 70


PHARMACIST = {"role": "hospital-pharmacist", "of": "sender"}
DAY_TEAM = {"role": "heart-failure", "of": "sender"}
BROKEN = {
    "a field that is misspelt": (("titel",), "x", "R26.yaml: titel: "),
    "a deadline of nothing": (("deadline", "days"), 0, "R26.yaml: deadline."),
    "a kind of counting that nobody knows": (
        ("deadline", "kind"),
        "fortnights",
        "R26.yaml: deadline: ",
    ),
    "a deadline that moves to the next open day": (
        ("deadline", "roll"),
        "following",
        "following comes too late",
    ),
    "an owner that no team can be": (
        ("task", "owner"),
        PHARMACIST,
        "R26.yaml: task.owner: no team of the directory has the role 'hospital-pharmacist'",
    ),
    "a fallback that no team can be": (
        ("task", "fallback"),
        [PHARMACIST],
        "R26.yaml: task.fallback.0: no team",
    ),
    "cover that no team can be": (("task", "cover"), PHARMACIST, "R26.yaml: task.cover: no team"),
    "whose team, but not which": (
        ("task", "owner"),
        {"of": "place"},
        "R26.yaml: task.owner: whose is said (place), but not which role",
    ),
    "an event that nothing says": (
        ("applies_when", "event"),
        "spell.arrived",
        "R26.yaml: applies_when.event: nothing ever says 'spell.arrived'",
    ),
    "something that cannot happen": (
        ("applies_when", "event"),
        "happened.moon-landing",
        "R26.yaml: applies_when.event: happenings.yaml has no 'moon-landing'",
    ),
    "a time that nobody keeps": (
        ("deadline", "anchor"),
        "born_at",
        "R26.yaml: deadline.anchor: no time goes by the name 'born_at'",
    ),
    "proof that cannot happen": (
        ("complete_when",),
        ["moon-landing"],
        "R26.yaml: complete_when: happenings.yaml has no 'moon-landing'",
    ),
    "no proof that has no words": (
        ("does_not_complete",),
        ["smoke.signal"],
        "R26.yaml: does_not_complete: happenings.yaml has no words for 'smoke.signal'",
    ),
    "a value set that is not there": (
        ("applies_when", "all"),
        [{"diagnosis.in_valueset": "gout"}],
        "R26.yaml: applies_when: no value set 'gout'",
    ),
    "conditions that contradict each other": (
        ("applies_when", "all"),
        [{"encounter.class_in": ["IMP"]}, {"not": {"encounter.class_in": ["IMP", "EMER"]}}],
        "R26.yaml: applies_when: it never applies: no encounter.class is left",
    ),
    "a referral's condition on a discharge": (
        ("applies_when", "all"),
        [{"referral.kind_in": ["advice"]}],
        "R26.yaml: applies_when: it never applies: spell.discharged is not about a referral",
    ),
    "a ladder that ends nowhere": (
        ("escalate",),
        [{"at": "breach", "to": ["owner"]}],
        "R26.yaml: escalate: the ladder ends nowhere",
    ),
    "a number that nobody verified and no sentence on it": (
        ("confidence",),
        "K",
        "R26.yaml: local_defaults: confidence K needs a sentence",
    ),
    "a code that another rule has": (
        ("task", "code"),
        "dms-stage-1",
        "R09.yaml, R26.yaml: task.code: spell.discharged asks for 'dms-stage-1' in more than one rule",
    ),
    "a rule that it completes and that is not there": (
        ("task", "completes_also"),
        ["R99"],
        "R26.yaml: task.completes_also: there is no rule 'R99'",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_named_with_its_field(place, what):
    where, to, says = BROKEN[what]
    write(place, changed(*where, to=to))

    faults = faults_around_asthma(place)

    assert any(says in fault for fault in faults), faults


def faults_around_asthma(place: Path) -> list[str]:
    """What is wrong with R26, looked at beside one other rule: all of them take their time."""
    book, faults = read_book(local=place)
    if book is None:
        return list(faults)
    two = tuple(one for one in book.playbook.rules if one.id in ("R09", "R26"))
    return list(faults_of(replace(book, playbook=replace(book.playbook, rules=two))))


def test_an_owner_who_is_closed_for_all_the_time_needs_cover(place):
    said = changed("task", "owner", to=DAY_TEAM)
    said["task"]["priority"] = "urgent"
    said["deadline"] = {"kind": "clock_hours", "hours": 24, "anchor": "discharged_at"}
    write(place, said)

    [fault] = check(local=place)["faults"]
    said["task"]["cover"] = {"role": "community-nursing", "of": "place"}
    write(place, said)

    assert "R26.yaml: task.cover: " in fault
    assert "is closed for the whole time that begins on" in fault
    assert check(local=place)["faults"] == []


def test_cover_that_is_closed_as_well_is_no_cover(place):
    said = changed("task", "owner", to=DAY_TEAM)
    said["task"] |= {"priority": "urgent", "cover": {"role": "service-manager", "of": "sender"}}
    said["deadline"] = {"kind": "clock_hours", "hours": 24, "anchor": "discharged_at"}
    write(place, said)

    assert any("no team that covers is open" in one for one in check(local=place)["faults"])


@pytest.mark.parametrize(
    ("condition", "trigger", "holds"),
    [
        (AllOf((WARD, EMERGENCY)), "spell.discharged", False),
        (AnyOf((WARD, EMERGENCY)), "spell.discharged", True),
        (AllOf((AnyOf((WARD, EMERGENCY)), Not(WARD))), "spell.discharged", True),
        (AllOf((AgeAtLeast(18), AgeBelow(18))), "spell.discharged", False),
        (AllOf((AgeAtLeast(16), AgeBelow(18))), "spell.discharged", True),
        (AllOf((Not(AgeBelow(18)), Not(AgeAtLeast(18)))), "spell.discharged", False),
        (AllOf((Alive(), Not(Alive()))), "happened.getting-worse", False),
        (AllOf((Alive(),)), "patient.died_in_hospital", False),
        (AllOf((ROUTINE, DiagnosisIn("gout", frozenset({"1"})))), "happened.getting-worse", False),
        (AllOf((ROUTINE,)), "referral.received", True),
        (AllOf((WARD,)), "referral.received", False),
        (AllOf(()), "spell.discharged", True),
    ],
)
def test_conditions_that_can_never_come_together_are_found(condition, trigger, holds):
    assert (contradiction(condition, trigger) == "") is holds


def test_a_place_adds_replaces_and_switches_off(place):
    write(place, changed("deadline", "days", to=1))
    write(place, changed(name="R26-call", to=None))
    (place / "R33.yaml").write_text(
        "id: R33\noff: true\nreason: Our stroke service reviews by a programme of its own.\n"
    )

    playbook = read_playbook(live=False, local=place)
    said = diff(local=place)

    assert playbook.rule("R33") is None
    assert playbook.rule("R26-call") is not None
    assert playbook.rule("R26").counting.days == 1
    assert playbook.rule("R01") == read_playbook(live=False).rule("R01")
    assert [rule["rule"] for rule in said["added"]] == ["R26-call"]
    assert [rule["reason"] for rule in said["off"]] == [
        "Our stroke service reviews by a programme of its own."
    ]
    [rule] = said["changed"]
    assert {"field": "deadline.days", "from": "2", "to": "1"} in rule["fields"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("R99", "id: R99\noff: true\nreason: We do not need it here.\n", "no national rule 'R99'"),
        ("R33", "id: R33\noff: true\n", "R33.yaml: reason: "),
        ("R33", "id: R33\noff: true\nreason: no\n", "R33.yaml: reason: "),
        ("R33", "id: R34\noff: true\nreason: We do not need it.\n", "unlike the name of the file"),
        ("R26", R26.read_text().replace("days: 2", "days: 3"), "version: the national rule has"),
    ],
)
def test_a_place_is_told_what_it_may_not_say(place, name, text, says):
    (place / f"{name}.yaml").write_text(text)

    with pytest.raises(DataError, match=says):
        read_playbook(live=False, local=place)


def test_a_place_has_value_sets_happenings_and_a_policy_of_its_own(place):
    (place / "value_sets.yaml").write_text(
        "- id: gout\n  title: Gout\n  version: '1'\n  codes:\n"
        "    - {system: snomed, code: '90560007', display: Gout, confidence: K}\n"
    )
    (place / "happenings.yaml").write_text(
        "happenings:\n  - {code: gout-flare, title: The gout is back, reported_by: [gp-practice],"
        " hint: Ask the patient.}\n"
    )
    shutil.copy(DATA / "policy.yaml", place)
    policy = (place / "policy.yaml").read_text().replace("value: 3", "value: 4")
    (place / "policy.yaml").write_text(policy)
    said = changed("applies_when", "all", to=[{"diagnosis.in_valueset": "gout"}])
    said["complete_when"] = ["gout-flare"]
    write(place, said)

    playbook = read_playbook(live=False, local=place)

    assert playbook.rule("R26").proved_by == ("The gout is back",)
    assert playbook.complex_from == 4
    assert check(local=place)["faults"] == []


def test_a_folder_that_is_not_there_is_named(place):
    with pytest.raises(DataError, match="there is no such folder"):
        read_playbook(live=False, local=place / "nowhere")
