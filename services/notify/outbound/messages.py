"""The approved templates: data files in a frame for their channel, rendered in a sandbox that knows nothing but the values of one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

from services.notify.domain.alert import Audience, Channel, Kind
from services.notify.domain.lint import BannedWords
from services.notify.domain.message import Rendered
from services.notify.usecases.ports import CannotWriteError

_TO_PATIENTS = frozenset(
    {
        "contact",
        "phone",
        "hours",
        "team",
        "team_phone",
        "team_hours",
        "day",
        "time",
        "link",
        "last_day",
    }
)
ALLOWED: Mapping[tuple[Audience, Channel], frozenset[str]] = {
    (Audience.TEAM, Channel.EMAIL): frozenset(
        {
            "team",
            "task_count",
            "urgency",
            "deadline",
            "late",
            "milestone",
            "owner",
            "other_team",
            "because",
            "link",
            "count",
            "groups",
            "more",
            "inbox",
        }
    ),
    (Audience.PATIENT, Channel.EMAIL): _TO_PATIENTS,
    (Audience.PATIENT, Channel.LETTER): _TO_PATIENTS
    | {"points", "addressee", "address", "today", "steps"},
}
"""What each kind of message may say at all (rules P02, P25); a template declares which of it it uses."""


_WORDS = "<<words>>"
"""Where in a frame the words of a template stand."""
_OPEN = (Audience.PATIENT, Channel.EMAIL)
"""What strangers may see: a preview on a locked telephone, a shared mailbox."""


class UnfitTemplateError(ValueError):
    """A file of `data/messages` may not be used; the text names the file and what is wrong."""


class TemplateFile(BaseModel):
    """One file of `data/messages`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audience: Audience
    kind: Kind
    channel: Channel
    version: int = Field(ge=1)
    owner: str = Field(min_length=1)
    reviewed: date
    review_by: date
    reading_age: str = Field(min_length=1)
    placeholders: frozenset[str]
    subject: str = Field(min_length=1)
    body: str = Field(min_length=1)
    """What stands between the beginning and the end that all messages of its audience and channel share."""


@dataclass(frozen=True, slots=True)
class BannedLists:
    """Words that no message may hold, and more of them for mail to patients, which strangers may see."""

    every_message: BannedWords
    patient_email: BannedWords

    def found_in(self, text: str, audience: Audience, channel: Channel) -> list[str]:
        """The banned words of a message for this audience and channel."""
        found = self.every_message.found_in(text)
        if (audience, channel) == _OPEN:
            found += self.patient_email.found_in(text)
        return found


@dataclass(frozen=True, slots=True)
class _Ready:
    name: str
    file: TemplateFile
    subject: Template
    body: Template


class TemplateFolder:
    """All templates of a folder, read and checked once.

    Values are never templates: what stands in a name or an address comes out as it is, escaped in letters.
    """

    def __init__(self, folder: Path, banned: BannedLists) -> None:
        self._banned = banned
        self._ready: dict[tuple[Audience, Kind, Channel], _Ready] = {}
        for path in sorted(folder.glob("*.yaml")):
            ready = _read(path, banned)
            self._ready[ready.file.audience, ready.file.kind, ready.file.channel] = ready

    @property
    def files(self) -> Mapping[str, TemplateFile]:
        """Every template by the name of its file."""
        return {ready.name: ready.file for ready in self._ready.values()}

    def may_name(self, name: str) -> bool:
        """Whether a stranger may read this name: it says nothing of what somebody is treated for (rule P02)."""
        return not self._banned.found_in(name, *_OPEN)

    def render(
        self, audience: Audience, kind: Kind, channel: Channel, values: Mapping[str, Any]
    ) -> Rendered:
        """Fill in a template. Raises `CannotWriteError`, also when a value would say a banned word in open mail."""
        ready = self._ready.get((audience, kind, channel))
        if ready is None:
            raise CannotWriteError(f"no template for {audience}, {kind}, {channel}")
        try:
            subject = " ".join(ready.subject.render(values).split())
            body = ready.body.render(values)
        except TemplateError:
            raise CannotWriteError(f"{ready.name} does not fit its values") from None
        if (audience, channel) == _OPEN and self._banned.found_in(_seen(body, values), *_OPEN):
            raise CannotWriteError(f"{ready.name} would say a banned word")
        return Rendered(ready.name, ready.file.version, subject, body)


def _seen(body: str, values: Mapping[str, Any]) -> str:
    """The words of a message without its private link, whose random letters may spell anything."""
    return body.replace(str(values["link"]), "") if values.get("link") else body


def _read(path: Path, banned: BannedLists) -> _Ready:
    file = TemplateFile.model_validate(
        yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    )
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=file.channel is Channel.LETTER,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    frame = _frame(path, file)
    used = _placeholders(environment, file.subject, file.body)
    if used != file.placeholders:
        raise UnfitTemplateError(f"{path.name} declares other placeholders than it uses")
    if not used | _placeholders(environment, frame) <= ALLOWED[file.audience, file.channel]:
        raise UnfitTemplateError(f"{path.name} uses placeholders that it may not use")
    body = frame.replace(_WORDS, file.body.rstrip("\n")) if frame else file.body
    if said := banned.found_in(f"{file.subject}\n{body}", file.audience, file.channel):
        raise UnfitTemplateError(f"{path.name} says what it may not: {', '.join(said)}")
    return _Ready(
        path.stem, file, environment.from_string(file.subject), environment.from_string(body)
    )


def _frame(path: Path, file: TemplateFile) -> str:
    """What all messages of this audience and channel share; empty when they share nothing."""
    end = "html" if file.channel is Channel.LETTER else "txt"
    frame = path.parent / "frames" / f"{file.audience}.{file.channel}.{end}"
    return frame.read_text(encoding="utf-8") if frame.exists() else ""


def _placeholders(environment: ImmutableSandboxedEnvironment, *texts: str) -> set[str]:
    return set().union(*(meta.find_undeclared_variables(environment.parse(text)) for text in texts))
