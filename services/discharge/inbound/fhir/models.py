"""The parts of FHIR R4 resources that discharge reads; everything else in a message is ignored (C6, C8)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
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


class Coding(Part):
    system: Uri = ""
    code: Code = ""


class Concept(Part):
    coding: Annotated[list[Coding], Field(max_length=20)] = []


class Period(Part):
    start: DateTime | None = None
    end: DateTime | None = None


class Identifier(Part):
    system: Uri = ""
    value: Text = ""
    use: Code = ""
    type: Concept = Concept()
    period: Period = Period()
    assigner: "Reference | None" = None
    extension: Annotated[list["Extension"], Field(max_length=20)] = []


class Reference(Part):
    reference: Uri = ""
    identifier: Identifier | None = None
    display: Text = ""


class Extension(Part):
    url: Uri
    value_boolean: bool | None = None
    value_codeable_concept: Concept | None = None
    value_reference: Reference | None = None
    extension: Annotated[list["Extension"], Field(max_length=20)] = []


class HumanName(Part):
    use: Code = ""
    period: Period = Period()
    family: Text = ""
    given: Annotated[list[Text], Field(max_length=20)] = []
    prefix: Annotated[list[Text], Field(max_length=20)] = []


class ContactPoint(Part):
    system: Code = ""
    use: Code = ""
    period: Period = Period()
    value: Text = ""


class Address(Part):
    use: Code = ""
    period: Period = Period()
    line: Annotated[list[Text], Field(max_length=20)] = []
    city: Text = ""
    district: Text = ""
    postal_code: Text = ""


class Meta(Part):
    security: Annotated[list[Coding], Field(max_length=20)] = []
    tag: Annotated[list[Coding], Field(max_length=20)] = []


class Communication(Part):
    language: Concept
    preferred: bool = False
    extension: Annotated[list[Extension], Field(max_length=20)] = []


class Patient(Part):
    meta: Meta = Meta()
    extension: Annotated[list[Extension], Field(max_length=50)] = []
    identifier: Annotated[list[Identifier], Field(max_length=50)] = []
    name: Annotated[list[HumanName], Field(max_length=20)] = []
    telecom: Annotated[list[ContactPoint], Field(max_length=50)] = []
    gender: Code = ""
    birth_date: Date | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: DateTime | None = None
    address: Annotated[list[Address], Field(max_length=20)] = []
    communication: Annotated[list[Communication], Field(max_length=20)] = []
    general_practitioner: Annotated[list[Reference], Field(max_length=20)] = []
    managing_organization: Reference | None = None


class Hospitalization(Part):
    discharge_disposition: Concept = Concept()


class Diagnosis(Part):
    condition: Reference


class Whereabouts(Part):
    """Where the patient was during a part of the stay."""

    location: Reference
    status: Code = ""
    period: Period = Period()


class Encounter(Part):
    identifier: Annotated[list[Identifier], Field(max_length=50)] = []
    extension: Annotated[list[Extension], Field(max_length=50)] = []
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
    service_type: Concept = Concept()
    subject: Reference
    period: Period = Period()
    hospitalization: Hospitalization = Hospitalization()
    diagnosis: Annotated[list[Diagnosis], Field(max_length=200)] = []
    location: Annotated[list[Whereabouts], Field(max_length=200)] = []
    service_provider: Reference | None = None


class Condition(Part):
    subject: Reference | None = None
    verification_status: Concept = Concept()
    code: Concept = Concept()


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
    category: Annotated[list[Concept], Field(max_length=20)] = []
    code: Concept


class Location(Part):
    identifier: Annotated[list[Identifier], Field(max_length=50)] = []
    name: Text = ""
    physical_type: Concept = Concept()
    part_of: Reference | None = None


class Organization(Part):
    identifier: Annotated[list[Identifier], Field(max_length=50)] = []


class Source(Part):
    name: Text = ""
    endpoint: Uri


class MessageHeader(Part):
    id: Id = ""
    meta: Meta = Meta()
    event_coding: Coding
    source: Source
    sender: Reference | None = None
    responsible: Reference | None = None
    focus: Annotated[list[Reference], Field(max_length=20)] = []


class Entry(Part):
    full_url: Uri = ""
    resource: dict[str, Any]


class Bundle(Part):
    id: Id = ""
    type: Literal["message"]
    timestamp: Instant | None = None
    meta: Meta = Meta()
    identifier: Identifier | None = None
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
