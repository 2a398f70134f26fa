"""A message Bundle out of JSON: validated entry by entry, references resolved inside it (C6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from services.discharge.inbound.fhir.models import (
    MODELS,
    MOST_ENTRIES,
    Bundle,
    MessageHeader,
    Part,
    Reference,
)

MOST_ISSUES = 20

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, as OperationOutcome says it; never with what was sent."""

    code: str
    """FHIR issue type, for example `required`."""
    diagnostics: str
    expression: str = ""


class Faulty(Exception):
    """The message cannot be read; `header` is there when at least that could be."""

    def __init__(self, issues: Sequence[Issue], header: MessageHeader | None = None) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.issues = tuple(issues)
        self.header = header


@dataclass(frozen=True, slots=True)
class MessageBundle:
    """A message, its resources findable by reference."""

    bundle: Bundle
    header: MessageHeader
    resources: tuple[tuple[str, Part], ...]
    """(expression of the place, resource), of the types that are read."""
    by_reference: dict[str, int]

    def resolve(self, reference: Reference | None, kind: type[P]) -> P | None:
        """The resource of that type that a reference points at; None when it is not in the message."""
        found = self.by_reference.get(reference.reference, -1) if reference else -1
        resource = self.resources[found][1] if found >= 0 else None
        return resource if isinstance(resource, kind) else None

    def all(self, kind: type[P]) -> list[P]:
        """Every resource of that type."""
        return [resource for _, resource in self.resources if isinstance(resource, kind)]


def read_json(body: bytes) -> Any:
    """Read JSON. Raises `Faulty` for what is not; depth and number size are bounded by the parser."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Faulty([Issue("structure", "The body is not JSON")]) from None


def read_bundle(document: Any) -> MessageBundle:
    """Validate a message Bundle. Raises `Faulty` naming each element that is wrong."""
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        raise Faulty([Issue("structure", "The body is not a Bundle", "Bundle")])
    entries = document.get("entry")
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise Faulty([Issue("too-costly", f"More than {MOST_ENTRIES} entries", "Bundle.entry")])
    header = _header(document)
    try:
        bundle = Bundle.model_validate(document)
    except ValidationError as error:
        raise Faulty(_issues(error, "Bundle"), header) from None
    if bundle.entry[0].resource.get("resourceType") != "MessageHeader":
        place = "Bundle.entry[0].resource"
        raise Faulty([Issue("structure", "The first entry is not a MessageHeader", place)])
    resources, by_reference, issues = _resources(bundle)
    if issues:
        raise Faulty(issues[:MOST_ISSUES], header)
    first = resources[0][1]
    if not isinstance(first, MessageHeader):
        raise TypeError("the first entry was checked above")
    return MessageBundle(bundle, first, tuple(resources), by_reference)


def _header(document: dict[str, Any]) -> MessageHeader | None:
    """The header alone, so that even a faulty message can be answered by its id."""
    try:
        return MessageHeader.model_validate(document["entry"][0]["resource"])
    except (ValidationError, LookupError, TypeError):
        return None


def _resources(
    bundle: Bundle,
) -> tuple[list[tuple[str, Part]], dict[str, int], list[Issue]]:
    resources: list[tuple[str, Part]] = []
    by_reference: dict[str, int] = {}
    issues: list[Issue] = []
    for number, entry in enumerate(bundle.entry):
        kind = entry.resource.get("resourceType")
        model = MODELS.get(kind) if isinstance(kind, str) else None
        if model is None:
            continue
        place = f"Bundle.entry[{number}].resource"
        try:
            resource = model.model_validate(entry.resource)
        except ValidationError as error:
            issues += _issues(error, place)
            continue
        resources.append((place, resource))
        for reference in (entry.full_url, f"{kind}/{entry.resource.get('id')}"):
            if reference:
                by_reference.setdefault(reference, len(resources) - 1)
    return resources, by_reference, issues


def _issues(error: ValidationError, root: str) -> list[Issue]:
    found = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False)[
        :MOST_ISSUES
    ]:
        kind = "required" if fault["type"] == "missing" else "value"
        said = "is required" if kind == "required" else "is not what FHIR R4 allows here"
        place = root + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]
        )
        found.append(Issue(kind, f"{place} {said}", place))
    return found
