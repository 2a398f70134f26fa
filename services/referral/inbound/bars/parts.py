"""The parts of FHIR R4 resources that a referral or booking message is read from; everything else is ignored (C10)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, StringConstraints
from pydantic.alias_generators import to_camel

MOST_ENTRIES = 200
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^\S+( \S+)*$", max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Uri = Annotated[str, StringConstraints(pattern=r"^\S*$", max_length=2_000)]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
Instant = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$"),
]
Base64 = Annotated[str, StringConstraints(max_length=1024 * 1024)]


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
    """A list that is empty when it is not sent."""
    return Field(default_factory=list, max_length=most)


class Coding(Part):
    system: Uri = ""
    code: Code = ""
    display: Text = ""


class Concept(Part):
    coding: list[Coding] = many(20)
    text: Text = ""


class Extension(Part):
    url: Uri = ""
    value_codeable_concept: Concept | None = None
    value_coding: Coding | None = None


class Identifier(Part):
    system: Uri = ""
    value: Text = ""
    extension: list[Extension] = many(20)


class Reference(Part):
    reference: Uri = ""
    identifier: Identifier | None = None


class Meta(Part):
    security: list[Coding] = many(20)
    tag: list[Coding] = many(20)


class Source(Part):
    endpoint: Uri = ""


class Destination(Part):
    endpoint: Uri = ""
    receiver: Reference | None = None


class Response(Part):
    identifier: Text = ""
    code: Code = ""


class MessageHeader(Part):
    id: Id = ""
    meta: Meta = Field(default_factory=Meta)
    event_coding: Coding
    reason: Concept = Field(default_factory=Concept)
    source: Source
    destination: list[Destination] = many(10)
    sender: Reference | None = None
    focus: list[Reference] = many(20)
    response: Response | None = None


class HumanName(Part):
    use: Code = ""
    family: Text = ""
    given: list[Text | None] = many(20)


class Patient(Part):
    meta: Meta = Field(default_factory=Meta)
    identifier: list[Identifier] = many(50)
    name: list[HumanName] = many(20)
    birth_date: Date | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: Text | None = None
    general_practitioner: list[Reference] = many(20)


class ServiceRequest(Part):
    id: Id = ""
    identifier: list[Identifier] = many(20)
    requisition: Identifier | None = None
    status: Literal[
        "draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"
    ]
    category: list[Concept] = many(20)
    priority: Literal["routine", "urgent", "asap", "stat"] = "routine"
    code: Concept = Field(default_factory=Concept)
    subject: Reference | None = None
    performer: list[Reference] = many(20)
    extension: list[Extension] = many(20)


class Encounter(Part):
    episode_of_care: list[Reference] = many(20)


class Organization(Part):
    identifier: list[Identifier] = many(50)


class HealthcareService(Part):
    id: Id = ""
    identifier: list[Identifier] = many(50)
    provided_by: Reference | None = None


class Appointment(Part):
    id: Id = ""
    identifier: list[Identifier] = many(20)
    status: Literal[
        "proposed",
        "pending",
        "booked",
        "arrived",
        "fulfilled",
        "cancelled",
        "noshow",
        "entered-in-error",
        "checked-in",
        "waitlist",
    ]
    start: Instant | None = None
    based_on: list[Reference] = many(20)


class Detail(Part):
    description: Text = ""


class Activity(Part):
    detail: Detail | None = None


class Narrative(Part):
    div: Text = ""


class CarePlan(Part):
    title: Text = ""
    description: Text = ""
    text: Narrative | None = None
    activity: list[Activity] = many(100)


class Condition(Part):
    code: Concept = Field(default_factory=Concept)


class Sent(Part):
    content_type: Code = ""
    data: Base64 = ""
    url: Uri = ""
    title: Text = ""
    hash: Text = ""


class Content(Part):
    attachment: Sent


class DocumentReference(Part):
    description: Text = ""
    content: list[Content] = many(20)


class Binary(Part):
    content_type: Code = ""
    data: Base64 = ""


class Entry(Part):
    full_url: Uri = ""
    resource: InstanceOf[dict[str, Any]]


class Bundle(Part):
    id: Id = ""
    type: Literal["message"]
    meta: Meta = Field(default_factory=Meta)
    entry: Annotated[list[Entry], Field(min_length=1, max_length=MOST_ENTRIES)]


READ: dict[str, type[Part]] = {
    part.__name__: part
    for part in (
        MessageHeader,
        Patient,
        ServiceRequest,
        Encounter,
        Organization,
        HealthcareService,
        Appointment,
        CarePlan,
        Condition,
        DocumentReference,
        Binary,
    )
}
"""By type; resources of other types are ignored."""
