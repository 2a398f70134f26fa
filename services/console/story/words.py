"""People, teams and times of the story, in the words that it is told in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

TEAMS = {
    "ward-ZTA": "Ward 7, Fellside Hospital",
    "practice-Z90001": "Elm Tree Surgery",
    "practice-Z90002": "Harbour Medical Centre",
    "pharmacy-FZZ01": "Station Road Pharmacy",
    "community-ZTC": "Fellside Community Nursing",
    "safety-ZTA": "Patient safety lead, Fellside Hospital",
}
_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Patient:
    """A made-up patient, and what should happen around them."""

    name: str
    family: str
    nhs_number: str
    asked: frozenset[str]
    """Teams that should be asked to take something on."""
    rules: frozenset[str]
    """Rules that should make a task each."""


EDNA = Patient(
    "Edna Hartley",
    "Hartley",
    "9995000105",
    frozenset({"practice-Z90001", "pharmacy-FZZ01", "community-ZTC"}),
    frozenset({"R01", "R06", "R09", "R14"}),
)
TOM = Patient(
    "Tom Baker-Reid",
    "Baker-Reid",
    "9995000598",
    frozenset({"practice-Z90002"}),
    frozenset({"R01", "R06", "R26"}),
)


def address_of(team: str) -> str:
    """Where the team reads its mail."""
    return f"{team.lower()}@teams.example.net"


def name_of(team: str) -> str:
    """What people call the team."""
    return TEAMS.get(team, team)


def clock(text: str) -> str:
    """`Tue 24 Nov, 10:00:15` on London's clock."""
    local = datetime.fromisoformat(text).astimezone(_LONDON)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M:%S}"


def task_lines(task: Mapping[str, Any]) -> tuple[str, str]:
    """One task: what, by when, whose; and what the rule says of the time."""
    rule = task["rule"]
    what = f"{rule['title'] or task['code']} ({rule['rule_id']})"
    owner = name_of(task["owner_team"])
    return f"{what}: by {clock(task['due_at'])}, owner {owner}", str(rule["counting"])
