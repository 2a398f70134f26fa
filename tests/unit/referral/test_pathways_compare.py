"""What a change of rules would do is seen before it does it, whoever it is about."""

from pathlib import Path

import pytest
import yaml

from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.rulebook.compare import compare
from services.referral.outbound.rulebook.made_up import made_up
from tests.unit.referral.builders import a_playbook, london

AT = london("2026-12-24 16:40")
ASTHMA = {
    "file": "asthma.json",
    "facts": {
        "provider": "ZTA",
        "encounter_class": "IMP",
        "discharged_at": "2026-12-24T16:40:00+00:00",
        "method": "1",
        "destination": "19",
        "specialty": "300",
        "practice": "Z90002",
        "pharmacy": None,
        "diagnoses": ["708038006"],
        "indicators": {},
        "age": 31,
        "deceased": False,
        "test_patient": False,
        "flags": [],
    },
}


def change(place: Path, rule: str, *where, to) -> None:
    file = place / f"{rule}.yaml"
    said = yaml.safe_load((file if file.exists() else DATA / "pathways" / file.name).read_text())
    said["version"] = "2026.9-local.1"
    inner = said
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = to
    file.write_text(yaml.safe_dump(said))


def differences(found: dict, rule: str) -> dict[str, list[dict]]:
    """How a rule differs for those who were made up, by what happens to its task."""
    each = [one for case in found["made_up"] for one in case["differences"] if one["rule"] == rule]
    return {one["what"]: one["fields"] for one in each}


def test_a_shorter_deadline_is_seen_on_a_message_and_on_somebody_made_up(tmp_path):
    change(tmp_path, "R26", "deadline", "days", to=1)

    found = compare([ASTHMA], None, place=tmp_path)

    [message] = found["messages"]
    [one] = message["differences"]
    assert (one["rule"], one["what"]) == ("R26", "changes")
    assert one["fields"] == [
        {"field": "due", "from": "Wed 30 Dec 2026 18:30", "to": "Tue 29 Dec 2026 18:30"}
    ]
    assert set(differences(found, "R26")) == {"changes"}


def test_whoever_is_new_to_a_rule_and_whoever_it_leaves_out_is_made_up(tmp_path):
    said = yaml.safe_load((DATA / "pathways" / "R42.yaml").read_text())["applies_when"]["all"]
    wider = [{"patient.age_at_least": 16} if "patient.age_at_least" in one else one for one in said]
    change(tmp_path, "R42", "applies_when", "all", to=wider)
    change(tmp_path, "R26", "applies_when", "all", to=[{"encounter.class_in": ["IMP"]}])

    found = compare([], AT, place=tmp_path)

    assert set(differences(found, "R42")) == {"appears"}
    assert set(differences(found, "R26")) == {"appears", "vanishes"}


def test_a_code_more_in_a_group_of_codes_finds_the_patient_who_has_it(tmp_path):
    sets = yaml.safe_load((DATA / "value_sets.yaml").read_text())
    [asthma] = [one for one in sets if one["id"] == "asthma-attack"]
    code = {"system": "snomed", "code": "999999", "display": "Wheeze", "confidence": "K"}
    asthma["codes"].append(code)
    (tmp_path / "value_sets.yaml").write_text(yaml.safe_dump([asthma]))

    assert set(differences(compare([], AT, place=tmp_path), "R26")) == {"appears"}


@pytest.mark.parametrize(
    ("rule", "where", "to", "field"),
    [
        ("R14", ("task", "owner"), {"role": "gp-practice", "of": "registered-practice"}, "owner"),
        ("R26", ("task", "priority"), "stat", "priority"),
        (
            "R26",
            ("escalate",),
            [{"at": "breach", "to": [{"role": "clinical-lead", "of": "sender"}]}],
            "ladder",
        ),
        ("R56", ("deadline", "days"), 3, "due"),
        ("R47", ("task", "skill"), "clerical", "skill"),
        ("R25", ("task", "priority"), "stat", "priority"),
    ],
)
def test_another_owner_priority_or_ladder_is_seen(tmp_path, rule, where, to, field):
    change(tmp_path, rule, *where, to=to)

    seen = differences(compare([], AT, place=tmp_path), rule)["changes"]

    assert field in {one["field"] for one in seen}


def test_a_rule_that_is_switched_off_vanishes_and_a_new_one_appears(tmp_path):
    (tmp_path / "R33.yaml").write_text("id: R33\noff: true\nreason: A programme of our own.\n")
    change(tmp_path, "R26", "id", to="R26-call")
    (tmp_path / "R26.yaml").rename(tmp_path / "R26-call.yaml")

    found = compare([], AT, place=tmp_path)

    assert set(differences(found, "R33")) == {"vanishes"}
    assert set(differences(found, "R26-call")) == {"appears"}


def test_other_words_for_the_same_are_said_to_ask_for_the_same(tmp_path):
    change(tmp_path, "R26", "title", to="See the patient after an asthma attack")

    found = compare([ASTHMA], None, place=tmp_path)

    assert (found["same"], found["made_up"]) == (["R26"], [])
    assert found["messages"][0]["differences"] == []


def test_somebody_can_be_made_up_for_every_rule_there_is():
    playbook = a_playbook()

    for rule in playbook.rules:
        made = made_up(rule, None, playbook, None)
        assert made, rule.id
        assert all(rule.when.holds(one.case) for one in made), rule.id


def test_a_comparison_needs_a_place():
    with pytest.raises(DataError, match="no folder of the place is named"):
        compare([], AT)
