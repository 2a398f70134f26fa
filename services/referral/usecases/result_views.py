"""The register of missing results, as people and programs read it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.views import TaskView


@dataclass(frozen=True, slots=True)
class RegisterAsked:
    """Which part of the register somebody wants to see."""

    teams: frozenset[str] | None
    """Whose results; None: every team's."""
    after: tuple[float, UUID] | None = None
    """Where the page before ended."""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some missing results, each as the task that looks for it."""

    tasks: list[TaskView]
    next: tuple[float, UUID] | None
    """Where this page ended; None: there are no more."""


class Register(Protocol):
    """Every missing result that nobody has read yet. Each method costs one statement."""

    async def page(self, connection: Connection, asked: RegisterAsked) -> RegisterPage:
        """What these teams look for, ordered or are asked to take.

        The newest lateness first; after what is late, what is expected next.
        """
        ...

    async def of_stay(
        self, connection: Connection, spell_id: UUID, teams: frozenset[str] | None
    ) -> list[TaskView]:
        """Those of one stay, in every handover of it that these teams may see; the earliest deadline first."""
        ...
