"""A message Bundle out of bytes: validated entry by entry, references resolved inside it."""

from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from services.referral.inbound.bars.faults import Fault, Faults
from services.referral.inbound.bars.parts import (
    READ,
    Bundle,
    HealthcareService,
    MessageHeader,
    Organization,
    Part,
    Reference,
)

MOST_PARTS = 5_000
"""Objects, and lists, in a body."""
MOST_VALUES = 50_000
ODS = (
    "https://fhir.nhs.uk/id/ods-organization-code",
    "https://fhir.nhs.uk/id/ods-organisation-code",
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Message:
    """A message, its resources findable by reference."""

    bundle: Bundle
    header: MessageHeader
    resources: tuple[tuple[str, Part], ...]
    """(expression of the place, resource), of the types that are read."""
    by_reference: dict[str, Part]

    def resolve(self, reference: Reference | None, kind: type[P]) -> P | None:
        """The resource of that type that a reference points at; None when it is not in the message."""
        found = self.by_reference.get(reference.reference) if reference else None
        return found if isinstance(found, kind) else None

    def all(self, kind: type[P]) -> list[P]:
        """Every resource of that type."""
        return [resource for _, resource in self.resources if isinstance(resource, kind)]

    def one(self, kind: type[P]) -> P:
        """The only resource of that type. Raises `Fault` when there are none or several."""
        found = self.all(kind)
        if len(found) != 1:
            name = kind.__name__
            issue = "business-rule" if found else "required"
            raise Fault(
                422, f"The message must have exactly one {name}", issue=issue, place="Bundle.entry"
            )
        return found[0]

    def ods_code(self, reference: Reference | None) -> str:
        """The ODS code of an organisation that is referred to, or that provides a service; empty when it is not said."""
        if reference is None:
            return ""
        if reference.identifier is not None and reference.identifier.system.lower() in ODS:
            return reference.identifier.value.strip()
        organisation = self.resolve(reference, Organization)
        service = self.resolve(reference, HealthcareService)
        if organisation is None and service is not None:
            return self.ods_code(service.provided_by)
        for identifier in organisation.identifier if organisation else ():
            if identifier.system.lower() in ODS:
                return identifier.value.strip()
        return ""


def read_message(body: bytes) -> Message:
    """Read a message. Raises `Fault` or `Faults`, naming each element that is wrong."""
    document = _json(body)
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        raise Fault(400, "The body is not a Bundle", issue="structure", place="Bundle")
    faults: list[Fault] = []
    try:
        bundle = Bundle.model_validate(document)
    except ValidationError as error:
        raise Faults(_faults(error, "Bundle")) from None
    resources: list[tuple[str, Part]] = []
    by_reference: dict[str, Part] = {}
    for number, entry in enumerate(bundle.entry):
        place = f"Bundle.entry[{number}].resource"
        resource = _resource(entry.resource, place, faults)
        if resource is None:
            continue
        resources.append((place, resource))
        kind, id_ = entry.resource.get("resourceType"), entry.resource.get("id")
        for name in (entry.full_url, f"{kind}/{id_}", f"urn:uuid:{id_}"):
            by_reference.setdefault(name, resource)
    header = (
        resources[0][1] if resources and resources[0][0].startswith("Bundle.entry[0]") else None
    )
    if not isinstance(header, MessageHeader):
        first = "Bundle.entry[0].resource"
        faults.insert(
            0,
            Fault(400, f"{first} is not a readable MessageHeader", issue="structure", place=first),
        )
    if faults or not isinstance(header, MessageHeader):
        raise Faults(faults)
    return Message(bundle, header, tuple(resources), by_reference)


def _json(body: bytes) -> Any:
    if max(body.count(b"{"), body.count(b"[")) > MOST_PARTS or body.count(b",") > MOST_VALUES:
        raise Fault(413, "The message has too many parts")
    try:
        return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        raise Fault(
            400, "The body is not JSON, or is nested too deeply", issue="structure"
        ) from None


def _resource(sent: dict[str, Any], place: str, faults: list[Fault]) -> Part | None:
    kind = sent.get("resourceType")
    part = READ.get(kind) if isinstance(kind, str) else None
    if part is None:
        return None
    try:
        return part.model_validate(sent)
    except ValidationError as error:
        faults += _faults(error, place)
        return None


def _faults(error: ValidationError, root: str) -> list[Fault]:
    found = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        missing = fault["type"] == "missing"
        said = "is required" if missing else "is not what FHIR R4 allows here"
        place = root + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]
        )
        found.append(
            Fault(400, f"{place} {said}", issue="required" if missing else "value", place=place)
        )
    return found
