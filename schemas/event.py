"""What every published fact has in common: a type, a version, and a frozen body that tolerates growth."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """A value inside an event.

    Unknown fields are ignored, so that an old reader understands a newer speaker. Errors never repeat the
    input, because the input may identify a patient (rule P03).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Event(Fact):
    """One thing that happened. Subclasses name their `type`, `version` and home `topic`."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    topic: ClassVar[str]

    patient_key: str
    """Opaque key of the patient (see `schemas.patient_key`); the Kafka key and the partition key."""

    @classmethod
    def schema_id(cls) -> str:
        """The `dataschema` attribute: names type and version, says nothing of where it is kept."""
        return f"urn:baton:{cls.type}:{cls.version}"

    def to_bytes(self) -> bytes:
        """The body as it travels."""
        return self.__pydantic_serializer__.to_json(self)

    @classmethod
    def from_bytes(cls, body: bytes) -> "Event":
        """Read a body. Raises `pydantic.ValidationError` when it does not say what this event says."""
        return cls.model_validate_json(body)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema of the body, as published in `schemas/json`."""
        return cls.model_json_schema(mode="serialization")
