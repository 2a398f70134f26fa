"""CloudEvents 1.0 over HTTP, structured and binary, as far as national events need them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from services.chassis.errors import Refusal
from services.discharge.inbound.nhs import is_valid_nhs_number

STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch"
_PREFIX = "ce-"
_NHS_NUMBER = re.compile(
    r"(?:https://fhir\.nhs\.uk/id/nhs-number\|)?(\d{3}[ -]?\d{3}[ -]?\d{4})", re.IGNORECASE
)

Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]


class CloudEvent(BaseModel):
    """The attributes that are read; data, `dataref` and extensions are not."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"]
    id: Word
    source: Word
    type: Word
    subject: Annotated[str, StringConstraints(max_length=200)]
    """The NHS number, bare or with its system before it: it goes no further than the keyed hash."""
    time: AwareDatetime | None = None

    def nhs_number(self) -> str:
        """The ten digits. Raises `Refusal` when the subject is no NHS number."""
        found = _NHS_NUMBER.fullmatch(self.subject.strip())
        digits = re.sub(r"\D", "", found[1]) if found else ""
        if not is_valid_nhs_number(digits):
            raise Refusal("national.no_nhs_number", "invalid", "The subject is not an NHS number.")
        return digits


def read_cloud_event(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """Read an event in either mode. Raises `Refusal`, whose sentence names attributes and repeats no value."""
    media_type = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if media_type.startswith(_BATCH):
        raise _not_one("Send one event in a request.")
    if media_type == STRUCTURED:
        given = _attributes_of(body)
    elif media_type.startswith("application/cloudevents"):
        raise _not_one(f"Send a structured event as {STRUCTURED}.")
    else:
        given = {
            name[len(_PREFIX) :]: unquote(value)
            for name, value in headers.items()
            if name.startswith(_PREFIX)
        }
    try:
        return CloudEvent.model_validate(given)
    except ValidationError as error:
        places = sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)})
        raise _not_one(f"Missing or unusable: {', '.join(places)}.") from None


def _attributes_of(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except ValueError:
        raise _not_one("The body is not JSON.") from None
    if not isinstance(given, dict):
        raise _not_one("The body is not a JSON object.")
    return given


def _not_one(sentence: str) -> Refusal:
    return Refusal("national.not_a_cloud_event", "invalid", sentence)
