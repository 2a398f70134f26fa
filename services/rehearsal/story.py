"""A story: who it is about, what happens at which time, and what must be found afterwards."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.rehearsal.errors import StoryError
from services.rehearsal.local_time import read_moment

Row = Mapping[str, Any]
"""One expected thing: only the fields that are written are compared."""


class Part(BaseModel):
    """Something in a story. Unknown fields are refused: they are usually misspelt ones."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True
    )


class Person(Part):
    """Somebody made up. Only the name is ever printed."""

    name: str
    nhs_number: Annotated[str, Field(pattern=r"^999\d{7}$")]
    """Of the range that belongs to nobody."""


class Record(Part):
    """What the national record says of a person from now on."""

    practice: str = ""
    pharmacy: str = ""
    family: str = "Shaw"
    given: str = "Sam"
    death: Literal["", "informal", "formal", "removed"] = ""
    died: str = ""
    restricted: bool = False


class Trouble(Part):
    """How a way out behaves from now on."""

    to: str
    """`patient`, or a team."""
    channel: str = ""
    """Empty: any."""
    reason: str = "refused-by-provider"
    how: Literal["refused", "try-later"] = "refused"


class Expected(Part):
    """What must be found at a moment; a list is the whole of it, unless it is called `including`."""

    person: str = Field("", alias="for")
    handovers: Sequence[Row] | None = None
    tasks: Sequence[Row] | None = None
    """Every open task."""
    closed: Sequence[Row] | None = None
    """Every closed task."""
    including: Sequence[Row] | None = None
    """Some of the tasks, open or closed."""
    offers: Sequence[Row] | None = None
    """Some of the offers."""
    alerts: Sequence[Row] | None = None
    """Every alert to those who are named, counted."""
    messages: Sequence[Row] | None = None
    """Every message that left for those who are named, counted."""
    history: Sequence[Row] | None = None
    """Some of the lines of the history, in their order."""
    said: Sequence[Row] | None = None
    """Events, each as often as it is counted."""


class Never(Part):
    """What must not be found at a moment: none of what fits a row."""

    person: str = Field("", alias="for")
    tasks: Sequence[Row] = ()
    offers: Sequence[Row] = ()
    handovers: Sequence[Row] = ()
    alerts: Sequence[Row] = ()
    messages: Sequence[Row] = ()
    history: Sequence[Row] = ()
    said: Sequence[Row] = ()


KINDS = (
    "send",
    "respond",
    "act",
    "national",
    "deliver",
    "fail",
    "feed",
    "wait",
    "expect",
    "nothing",
)


class Step(Part):
    """One step: when, and one thing that happens or is looked at."""

    at: str = ""
    """Empty: at the time of the step before."""
    note: str = ""

    send: str | None = None
    """A file beside the story, or the text of the message itself."""
    via: Literal["", "mllp", "http", "kafka", "national"] = ""
    answer: str = ""
    """What the sender is answered, for example `AA` or `AE 205`; empty: it must be accepted."""
    source: str = ""
    """The feed that it comes from, for steps that stop one."""

    respond: int | None = None
    """The code of ITK3 with which the organisation `as` answers the patient's latest document."""

    act: str | None = None
    who: str = Field("", alias="as")
    on: Row = Field(default_factory=dict)
    given: Row = Field(default_factory=dict, alias="with")
    refused: str = ""
    """Code of the refusal that must come; empty: it must succeed."""
    person: str = Field("", alias="for")

    national: str | None = None
    record: Record = Record()

    deliver: Trouble | None = None
    fail: Trouble | None = None
    feed: Literal["stop", "start"] | None = None
    wait: str | None = None
    expect: Expected | None = None
    nothing: Never | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len(self.kinds) != 1:
            raise ValueError(f"a step does one of {', '.join(KINDS)}")
        return self

    @property
    def kinds(self) -> list[str]:
        """What the step does: one of `KINDS`."""
        return [kind for kind in KINDS if getattr(self, kind) is not None]


class Story(Part):
    """The whole of it."""

    title: str
    about: str = ""
    starts: str
    rules: Path | None = None
    """A folder beside the story with pathways of the place, laid over those that come with Baton."""
    settling_minutes: int | None = None
    """How long patients' messages wait for the discharge to settle; left out: as on a live site."""
    people: Sequence[Person]
    steps: Sequence[Step]
    folder: Path = Path()

    @field_validator("starts", mode="before")
    @classmethod
    def _is_text(cls, said: Any) -> Any:
        return said.strftime("%Y-%m-%d %H:%M") if isinstance(said, datetime) else said

    @property
    def begins(self) -> datetime:
        """UTC."""
        return read_moment(self.starts)

    def person(self, name: str) -> Person:
        """By name; the only one when none is given. Raises `StoryError`."""
        if not name and len(self.people) == 1:
            return self.people[0]
        for person in self.people:
            if person.name == name:
                return person
        raise StoryError(f"nobody in the story is called {name!r}: say for whom")


def read_story(path: Path) -> Story:
    """Read a file. Raises `StoryError`, which names the place and repeats no value."""
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), _PlainLoader)  # noqa: S506  (a safe one)
        return Story.model_validate({**said, "folder": path.parent})
    except OSError:
        raise StoryError(f"{path.name} cannot be read") from None
    except (yaml.YAMLError, TypeError) as error:
        where = getattr(error, "problem_mark", None)
        place = f" at line {where.line + 1}" if where else ""
        raise StoryError(f"{path.name} is not YAML of a story{place}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise StoryError(f"{path.name}: {faults}") from None


class _PlainLoader(yaml.SafeLoader):
    """Times stay the texts that they are, because YAML knows no Europe/London; and `on` is a word, not a yes."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))
