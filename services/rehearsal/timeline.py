"""The timeline: what happened when, who it concerns, and what followed, in the words of the ward."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["message", "act", "said", "told", "checked", "problem"]
"""`said`: a service says what it decided. `told`: somebody is told. `checked`: what the story expects."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, with what hangs below it."""

    at: datetime
    kind: Kind
    person: str
    """The story's name of the patient; empty: it concerns nobody in particular."""
    text: str
    details: Sequence[str] = ()
    pressing: bool = False
    """Silence that was told to somebody, or something that went wrong."""


@dataclass(slots=True)
class Outcome:
    """A story as it was played."""

    title: str
    about: str
    entries: list[Entry] = field(default_factory=list)
    failures: int = 0
    checks: int = 0
    seconds: float = 0.0

    @property
    def people(self) -> frozenset[str]:
        """Everybody whom an entry names: where it is one person, nobody needs to be told each time."""
        return frozenset(entry.person for entry in self.entries if entry.person)

    @property
    def came_true(self) -> bool:
        """Whether everything was found that the story expects."""
        return not self.failures
