"""When a team's queue is too long, who then helps, and who may look across a place while it is closed (A22, A43)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """How much may wait for a team before its deputy sees it too."""

    team: str
    limit: int
    """Of offers without an answer and tasks that nobody has taken or started."""
    deputy: str


@dataclass(frozen=True, slots=True)
class Queues:
    """The agreements of this site. They are local: no source gives a number."""

    by_team: Mapping[str, Queue]
    out_of_hours: frozenset[str] = frozenset()
    """Teams that may read what is pressing or late at every team of their place, and change none of it."""

    @classmethod
    def of(cls, queues: Iterable[Queue], out_of_hours: Iterable[str] = ()) -> "Queues":
        """Each team has one queue."""
        return cls({queue.team: queue for queue in queues}, frozenset(out_of_hours))

    def to_help(self, teams: frozenset[str]) -> list[Queue]:
        """The queues of others that these teams are deputies for."""
        return [
            queue
            for queue in self.by_team.values()
            if queue.deputy in teams and queue.team not in teams
        ]
