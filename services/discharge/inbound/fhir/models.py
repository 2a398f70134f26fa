"""The parts of FHIR R4 resources that discharge reads; everything else in a message is ignored (C6, C8)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, StringConstraints
from pydantic.alias_generators import to_camel

MOST_ENTRIES = 500
"""A notification has ten or twenty; whoever sends more sends something else."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^\S+( \S+)*$", max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Uri = Annotated[str, StringConstraints(pattern=r"^\S*$", max_length=2_000)]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
DateTime = Annotated[
    str,
    StringConstraints(
        pattern=r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?)?)?$"
    ),
]
Instant = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$"),
]


class Part(BaseModel):
    """Anything inside a message. Errors never repeat what was sent (P03)."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        alias_generator=to_camel,
        strict=True,
    )


def many(most: int) -> Any:
    """A list that is empty when it is not sent; made anew, for a default that may change is copied in depth."""
    return Field(default_factory=list, max_length=most)


def empty(part: type[Part]) -> Any:
    """What stands for a part that is not sent: always the same object, as it never changes."""
    nothing = part()
    return Field(default_factory=lambda: nothing)


class Coding(Part):
    system: Uri = ""
    code: Code = ""


class Concept(Part):
    coding: list[Coding] = many(20)


class Period(Part):
    start: DateTime | None = None
    end: DateTime | None = None


class Identifier(Part):
    system: Uri = ""
    value: Text = ""
    use: Code = ""
    type: Concept = empty(Concept)
    period: Period = empty(Period)
    assigner: "Reference | None" = None
    extension: list["Extension"] = many(20)


class Reference(Part):
    reference: Uri = ""
    identifier: Identifier | None = None
    display: Text = ""


class Extension(Part):
    url: Uri
    value_boolean: bool | None = None
    value_codeable_concept: Concept | None = None
    value_reference: Reference | None = None
    extension: list["Extension"] = many(20)


class HumanName(Part):
    use: Code = ""
    period: Period = empty(Period)
    family: Text = ""
    given: list[Text | None] = many(20)
    prefix: list[Text | None] = many(20)


class ContactPoint(Part):
    system: Code = ""
    use: Code = ""
    period: Period = empty(Period)
    value: Text = ""


class Address(Part):
    use: Code = ""
    period: Period = empty(Period)
    line: list[Text | None] = many(20)
    city: Text = ""
    district: Text = ""
    postal_code: Text = ""


class Meta(Part):
    security: list[Coding] = many(20)
    tag: list[Coding] = many(20)


class Communication(Part):
    language: Concept
    preferred: bool = False
    extension: list["Extension"] = many(20)


class Patient(Part):
    meta: Meta = empty(Meta)
    extension: list["Extension"] = many(50)
    identifier: list[Identifier] = many(50)
    name: list[HumanName] = many(20)
    telecom: list[ContactPoint] = many(50)
    gender: Code = ""
    birth_date: Date | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: DateTime | None = None
    address: list[Address] = many(20)
    communication: list[Communication] = many(20)
    general_practitioner: list[Reference] = many(20)
    managing_organization: Reference | None = None


class Hospitalization(Part):
    discharge_disposition: Concept = empty(Concept)


class Diagnosis(Part):
    condition: Reference


class Whereabouts(Part):
    """Where the patient was during a part of the stay."""

    location: Reference
    status: Code = ""
    period: Period = empty(Period)


class Encounter(Part):
    identifier: list[Identifier] = many(50)
    extension: list["Extension"] = many(50)
    status: Literal[
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
        "entered-in-error",
        "unknown",
    ]
    class_: Annotated[Coding, Field(alias="class")]
    service_type: Concept = empty(Concept)
    subject: Reference
    period: Period = empty(Period)
    hospitalization: Hospitalization = empty(Hospitalization)
    diagnosis: list[Diagnosis] = many(200)
    location: list[Whereabouts] = many(200)
    service_provider: Reference | None = None


class Condition(Part):
    subject: Reference | None = None
    verification_status: Concept = empty(Concept)
    code: Concept = empty(Concept)


class Quantity(Part):
    value: float | None = None


class Observation(Part):
    subject: Reference | None = None
    status: Code = ""
    code: Concept
    value_integer: int | None = None
    value_quantity: Quantity | None = None


class Flag(Part):
    """A need of the patient's, when its category says so (DAPB1605)."""

    subject: Reference | None = None
    status: Code
    category: list[Concept] = many(20)
    code: Concept


class Location(Part):
    identifier: list[Identifier] = many(50)
    name: Text = ""
    physical_type: Concept = empty(Concept)
    part_of: Reference | None = None


class Organization(Part):
    identifier: list[Identifier] = many(50)


class Source(Part):
    name: Text = ""
    endpoint: Uri


class MessageHeader(Part):
    id: Id = ""
    meta: Meta = empty(Meta)
    event_coding: Coding
    source: Source
    sender: Reference | None = None
    responsible: Reference | None = None
    focus: list[Reference] = many(20)


class Entry(Part):
    full_url: Uri = ""
    resource: InstanceOf[dict[str, Any]]


class Bundle(Part):
    id: Id = ""
    type: Literal["message"]
    timestamp: Instant | None = None
    meta: Meta = empty(Meta)
    entry: Annotated[list[Entry], Field(min_length=1, max_length=MOST_ENTRIES)]


MODELS: dict[str, type[Part]] = {
    "Patient": Patient,
    "Encounter": Encounter,
    "Condition": Condition,
    "Observation": Observation,
    "Flag": Flag,
    "Location": Location,
    "Organization": Organization,
    "MessageHeader": MessageHeader,
}
"""What is read; resources of other types are ignored."""
