"""The data files: what ships is sound, and what is wrong is named."""

import shutil
from pathlib import Path

import pytest
import yaml

from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.playbook_files import read_playbook
from tests.unit.referral.builders import a_playbook


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(path: Path, *where, to) -> None:
    said = yaml.safe_load(path.read_text())
    inner = said
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = to
    path.write_text(yaml.safe_dump(said))


def test_every_rule_explains_itself_and_ends_at_a_named_role():
    for rule in a_playbook().rules:
        assert all((rule.help.why, rule.help.done, rule.help.not_yours, rule.source)), rule.id
        assert any(step.to for step in rule.ladder if not step.share), rule.id


def test_a_number_that_nobody_verified_is_said_as_a_sentence():
    """What the machine itself gives rise to says so in its source."""
    for rule in a_playbook().rules:
        if rule.unverified:
            assert rule.local_defaults or rule.source.startswith("Local default"), rule.id


def test_every_role_that_a_rule_asks_has_a_team():
    playbook = a_playbook()
    roles = {team.role for team in playbook.directory.teams.values()}

    for rule in playbook.rules:
        cover = (rule.cover,) if rule.cover else ()
        steps = (to for step in rule.ladder for to in step.to)
        for asked in (rule.owner, *rule.fallback, *cover, *steps):
            assert asked.of in ("coordinator", "service") or asked.role in roles, rule.id


@pytest.mark.parametrize(
    ("file", "where", "to", "says"),
    [
        ("pathways/R26.yaml", ("deadline", "days"), 0, "R26.yaml: deadline.working_days.days: "),
        ("pathways/R26.yaml", ("deadline", "kind"), "fortnights", "R26.yaml: deadline: "),
        (
            "pathways/R26.yaml",
            ("deadline", "roll"),
            "following",
            "R26.yaml: the file: Value error, deadline: roll: following comes too late",
        ),
        ("pathways/R26.yaml", ("titel",), "misspelt", "R26.yaml: titel: "),
        ("pathways/R26.yaml", ("id",), "R27", "R26.yaml: id: says 'R27'"),
        ("pathways/R26.yaml", ("confidence",), "sure", "R26.yaml: confidence: "),
        (
            "pathways/R26.yaml",
            ("applies_when", "all", 2),
            {"diagnosis.in_valueset": "asthma"},
            "R26.yaml: applies_when: no value set 'asthma'",
        ),
        (
            "pathways/R26.yaml",
            ("applies_when", "all", 0),
            {"encounter.class_in": ["IMP"], "patient.alive": True},
            "exactly one thing",
        ),
        (
            "directory.yaml",
            ("last_resort",),
            "nobody",
            "directory.yaml: last_resort: no team 'nobody'",
        ),
        ("directory.yaml", ("teams", 1, "calendar"), "never", "directory.yaml: teams.1.calendar: "),
        ("directory.yaml", ("teams", 1, "id"), "ward-ZTA", "two teams have the same id"),
        (
            "calendars.yaml",
            ("calendars", 1, "hours"),
            {"mon-fry": "08:00-18:30"},
            "calendars.1.hours: ",
        ),
        (
            "calendars.yaml",
            ("calendars", 1, "hours"),
            {"mon-fri": "18:30-08:00"},
            "closes before it opens",
        ),
        ("calendars.yaml", ("calendars", 1, "hours"), {}, "at least one day is open"),
        ("value_sets.yaml", (0, "codes"), [], "value_sets.yaml: 0.codes: "),
    ],
)
def test_a_fault_names_the_file_and_the_field(folder, file, where, to, says):
    change(folder / file, *where, to=to)

    with pytest.raises(DataError) as error:
        read_playbook(live=False, folder=folder)

    assert says in str(error.value)


def test_a_file_that_is_no_yaml_is_named(folder):
    (folder / "pathways" / "R01.yaml").write_text("id: [")

    with pytest.raises(DataError, match=r"R01\.yaml: cannot be read as YAML"):
        read_playbook(live=False, folder=folder)


def test_a_one_off_bank_holiday_can_be_added_and_a_wrong_one_removed(folder):
    change(folder / "calendars.yaml", "bank_holidays", "added", to=["2027-06-04"])
    change(folder / "calendars.yaml", "bank_holidays", "removed", to=["2027-05-03"])

    days = {day.isoformat() for day in read_playbook(live=False, folder=folder).holidays.days}

    assert "2027-06-04" in days
    assert "2027-05-03" not in days
