"""Who acts: a member of staff and the teams that they may speak for."""

from dataclasses import dataclass
from typing import Literal

EVERY_TEAM = "*"
SYSTEM = "system"
"""Who acted when no person did: an event, or time."""
PATIENT = "patient"
"""Who acted when it was the patient, or somebody who may speak for them."""

Skill = Literal["clinical", "clerical", "pharmacy", "social-care"]
"""Whose work a task is, so that clerical work does not land on clinicians (A42)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, by reference; never by name."""

    ref: str
    teams: frozenset[str]
    """Directory ids, or `*` for every team."""

    def speaks_for(self, team: str) -> bool:
        """Whether this person may act for a team."""
        return team in self.teams or EVERY_TEAM in self.teams
