"""A source profile as it is written: YAML, checked before anything is read with it."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from services.discharge.inbound.profiles.fields import MAPPED, FieldName
from services.discharge.inbound.profiles.profile import (
    ClassRule,
    Expected,
    Place,
    Profile,
    read_place,
)


def _place(text: str) -> str:
    read_place(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone; one is written like Europe/London") from None
    return text


PlaceName = Annotated[str, AfterValidator(_place)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, to_upper=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SenderFile(_Part):
    """Who writes so."""

    organisation: Code = Field(min_length=1)
    """MSH-4."""
    application: Code = ""
    """MSH-3; left out: every application of the organisation."""


class ClassRuleFile(_Part):
    """A visit that counts as another class than it is sent as."""

    sent: Code = ""
    ward: Code = ""
    specialty: Code = ""
    counts_as: Literal["IMP", "EMER", "AMB"]

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not (self.sent or self.ward or self.specialty):
            raise ValueError("a class rule names what was sent, a ward or a specialty")
        return self


class ExpectedFile(_Part):
    """How much usually comes."""

    messages_per_hour: float = Field(gt=0)
    quiet_after_minutes: int = Field(ge=1)


class ProfileFile(_Part):
    """One file of `sources`."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
    name: Text
    senders: tuple[SenderFile, ...] = ()
    provider: Code = ""
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/London"
    fields: Mapping[FieldName, tuple[PlaceName, ...]] = {}
    codes: Mapping[FieldName, Mapping[str, str]] = {}
    authorities: Mapping[str, Code] = {}
    class_rules: tuple[ClassRuleFile, ...] = ()
    acknowledge: Literal["as-asked", "original"] = "as-asked"
    expected: ExpectedFile | None = None

    @model_validator(mode="after")
    def _translates_codes_only(self) -> Self:
        for name in self.codes:
            if name not in MAPPED:
                raise ValueError(f"{name} is no code: it cannot be translated")
        return self

    def compiled(self, usual: Mapping[FieldName, tuple[Place, ...]]) -> Profile:
        """The profile, with the usual places where this one names no others."""
        own = {name: tuple(map(read_place, places)) for name, places in self.fields.items()}
        return Profile(
            id=self.id,
            name=self.name,
            places={**usual, **own},
            senders=tuple((each.organisation, each.application) for each in self.senders),
            provider=self.provider,
            zone=ZoneInfo(self.time_zone),
            codes={name: _in_capitals(codes) for name, codes in self.codes.items()},
            authorities=_in_capitals(self.authorities),
            class_rules=tuple(
                ClassRule(rule.counts_as, rule.sent, rule.ward, rule.specialty)
                for rule in self.class_rules
            ),
            original_mode=self.acknowledge == "original",
            expected=Expected(**self.expected.model_dump()) if self.expected else None,
        )


def _in_capitals(codes: Mapping[str, str]) -> dict[str, str]:
    return {sent.strip().upper(): meant for sent, meant in codes.items()}
