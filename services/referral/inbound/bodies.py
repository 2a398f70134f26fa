"""What the bodies of commands may say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LONGEST_TEXT = 1000
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
