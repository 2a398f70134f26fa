"""What the use cases of the directory ask of the tables; `outbound` answers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.edition import Edition
from services.referral.domain.organisations import Capacity
from services.referral.usecases.directory_records import Described, Kept, Published


class Homes(Protocol):
    """Where open work is."""

    async def with_teams(self, connection: Connection, teams: Sequence[str]) -> list[UUID]:
        """The open handovers of which one of these teams has a part or is asked for one, in the order of their ids."""
        ...


class Editions(Protocol):
    """Reads imports, and puts them on top of the directory's file."""

    def read(self, name: str, content: bytes) -> Mapping[str, Any]:
        """What a CSV or JSON file says, as it will be kept. Raises `EntriesRefused`, which names rows and fields."""
        ...

    def edition(self, imports: Sequence[Mapping[str, Any]]) -> Edition:
        """The edition that results. Raises `EntriesRefused` when one of the imports cannot be read."""
        ...


class Imports(Protocol):
    """What was imported into the directory, and what teams say of their load."""

    async def version(self, connection: Connection) -> int:
        """The number of the last import; 0: there is none."""
        ...

    async def lock(self, connection: Connection) -> None:
        """Let nobody else import until the transaction ends."""
        ...

    async def entries(self, connection: Connection) -> list[Mapping[str, Any]]:
        """What each import said, in their order."""
        ...

    async def keep(self, connection: Connection, imported: Kept) -> None:
        """Keep an import."""
        ...

    async def kept(self, connection: Connection) -> list[Kept]:
        """Every import, the newest first."""
        ...

    async def capacities(self, connection: Connection) -> dict[str, Capacity]:
        """What teams say of their load."""
        ...

    async def publish(self, connection: Connection, said: Published) -> None:
        """Keep what a team says of its load."""
        ...

    async def described(self, connection: Connection) -> dict[str, Described]:
        """How each team was described last."""
        ...

    async def describe(self, connection: Connection, described: Mapping[str, Described]) -> None:
        """Remember how teams are described now."""
        ...
