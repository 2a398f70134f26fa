"""Teams, services and organisations as directory files and imports write them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from services.referral.domain.calendars import Calendar
from services.referral.domain.directory import Team
from services.referral.domain.organisations import Kind, Organisation, Service
from services.referral.outbound.data_files import Entry

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{3,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{3,10}$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Age = Annotated[int, Field(ge=0, le=120)]


class Dated(Entry):
    """Something with a first and a last day, local time."""

    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self


class OrganisationEntry(Dated):
    """One organisation."""

    id: Code
    name: Name
    kind: Kind = "other"
    legal_until: date | None = None
    """The legal end, where it is another day than the operational one: the earlier of the two counts."""
    successor: Code | None = None
    vetted_until: date | None = None
    data_shared_until: date | None = None

    def organisation(self) -> Organisation:
        """As decisions use it."""
        ends = [day for day in (self.valid_until, self.legal_until) if day]
        return Organisation(
            **self.model_dump(exclude={"legal_until", "valid_until"}),
            valid_until=min(ends, default=None),
        )


class ServiceEntry(Dated):
    """What a team offers by referral."""

    id: Id
    title: Name
    specialties: tuple[str, ...] = ()
    age_from: Age | None = None
    age_to: Age | None = None
    places: tuple[str, ...] = ()

    def service(self) -> Service:
        """As decisions use it."""
        said: dict[str, Any] = self.model_dump()
        return Service(
            **said | {"specialties": frozenset(self.specialties), "places": frozenset(self.places)}
        )


class TeamEntry(Dated):
    """One team."""

    id: Id
    name: Name
    organisation: Code
    role: Annotated[str, Field(pattern=r"^[a-z-]{3,40}$")]
    place: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,40}$")]
    calendar: str
    phone: Annotated[str, Field(max_length=40)]
    email: Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")]
    successor: str = ""
    services: tuple[ServiceEntry, ...] = ()

    def team(self, calendars: Mapping[str, Calendar]) -> Team:
        """As decisions use it. Raises `KeyError` for a calendar that is not there."""
        said: dict[str, Any] = self.model_dump()
        return Team(
            **said
            | {
                "calendar": calendars[self.calendar],
                "services": tuple(one.service() for one in self.services),
            }
        )
