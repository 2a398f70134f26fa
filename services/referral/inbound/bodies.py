"""What the bodies of commands may say."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

LONGEST_TEXT = 1000
Short = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Body(BaseModel):
    """Unknown fields are refused, because they are usually misspelt ones."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Accepting(Body):
    take_coordination: bool = False
    """Become the single point of contact for the whole handover too."""


class Reasoned(Body):
    reason: Text


class Completing(Body):
    reason: Text = ""
    """What was done: needed where the task asks for an outcome, or is done before its time."""


class Noting(Body):
    text: Text


class PassingOn(Body):
    team: Short
    """Directory id of the team that is asked instead."""
    reason: Short


class Claiming(Body):
    take_over: bool = False
    """Also when a colleague has it."""


class Reassigning(Body):
    person: Short
    """Staff reference of a colleague in the same team."""


class Coordinating(Body):
    team: Short
    name: Short
    """Whom the patient asks for."""
    phone: Short


class Expecting(Body):
    test: Text
    """What staff call it, in 2 to 120 characters and one line."""
    ordered_by: Text = ""
    """The team that ordered it, of the hospital that the patient left; empty: the one that sent the patient."""
    expected_on: date | None = None
    """The day in England on which it is expected; left out: nobody knows."""


class Reporting(Body):
    code: Short
    """What happened: one of the codes that `GET /happenings` lists."""
    happened_at: AwareDatetime | None = None
    """With an offset; left out: now."""
