"""The rehearsal's own stage: the three services on a virtual clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx2
import orjson

from services.chassis.ids import new_id
from services.discharge.domain.message import Answer
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import dialect_of
from services.rehearsal.errors import StoryError
from services.rehearsal.found import Finder
from services.rehearsal.post import Said
from services.rehearsal.story import Record, Trouble
from services.rehearsal.town import Town
from services.rehearsal.ways_out import Left

_NATION = "uk.nhs.personal-demographics-service"


class VirtualStage:
    """Plays in a town whose clock it turns."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.finder = Finder(town.connection)
        self.titles: Mapping[str, str] = {rule.id: rule.title for rule in town.playbook.rules}

    @property
    def now(self) -> datetime:
        """By the virtual clock."""
        return self._town.clock.now

    def key_of(self, nhs_number: str) -> str:
        """The patient's key."""
        return self._town.key_of(nhs_number)

    def team(self, team: str) -> str:
        """A team's name, or what was given where it is none."""
        known = self._town.playbook.directory.teams.get(team)
        return known.name if known else team

    def organisation(self, team: str) -> str:
        """The ODS code of a team's organisation, or what was given where it is no team."""
        known = self._town.playbook.directory.teams.get(team)
        return known.organisation if known else team

    async def take_in(self, body: bytes, via: str) -> str:
        """By the door that every message goes through, as of the virtual time."""
        intake = self._town.intake
        arrival = Arrival(self.now, "kafka" if via == "kafka" else "http")
        match dialect_of("", body):
            case "fhir":
                _, _, outcome = await intake.fhir(body, arrival)
            case "itk3":
                _, outcome = await intake.itk3(body, arrival)
            case _:
                _, outcome = await intake.hl7(body, Arrival(self.now, "mllp"))
        return _said(outcome.answer)

    async def ask(
        self, service: str, who: str, method: str, path: str, **given: Any
    ) -> httpx2.Response:
        """At the doors of the services."""
        return await self._town.ask(service, who, method, path, **given)

    async def tell_of_nation(self, event: str, number: str, record: Record) -> None:
        """Raises `StoryError` when nobody takes such an event."""
        self._town.record.holds(number, record)
        body = {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": _NATION,
            "type": event,
            "time": self.now.isoformat(),
            "subject": number,
        }
        headers = {"Content-Type": "application/cloudevents+json"}
        answer = await self._town.ask(
            "discharge",
            "nation",
            "POST",
            "/national-events",
            content=orjson.dumps(body),
            headers=headers,
        )
        if answer.status_code != httpx2.codes.ACCEPTED:
            raise StoryError(f"the national event {event!r} is not taken: {answer.status_code}")

    def fail(self, trouble: Trouble) -> None:
        """From now on."""
        self._town.ways.fail(trouble)

    def mend(self, trouble: Trouble) -> None:
        """From now on."""
        self._town.ways.mend(trouble)

    async def live_until(self, at: datetime) -> None:
        """Let time pass."""
        await self._town.live_until(at)

    async def settle(self) -> None:
        """Let this moment come to its end."""
        await self._town.settle()

    def said(self) -> Sequence[Said]:
        """Every event so far."""
        return self._town.post.said

    def left(self) -> Sequence[Left]:
        """Every message so far."""
        return self._town.ways.left


def _said(answer: Answer) -> str:
    return f"{answer.code} {answer.error}" if answer.error else answer.code
