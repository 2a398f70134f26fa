"""A message Bundle out of JSON: validated entry by entry, references resolved inside it (C6)."""

from collections.abc import Iterator, Sequence
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
    Patient,
    Reference,
)

MOST_ISSUES = 20
MOST_PARTS = 5_000
"""Objects, and lists, in a body. A notification of 200 KiB has half as many; each costs microseconds."""
MOST_VALUES = 50_000
"""Values, by the commas between them; those in texts count too."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Some systems begin every text with it; it means nothing in UTF-8."""
_AMBIGUOUS = -1
"""Two resources contain another of one name: which is meant is not guessed."""

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to tell the sender, as OperationOutcome says it; never with what was sent."""

    code: str
    """FHIR issue type, for example `required`."""
    diagnostics: str
    expression: str = ""
    severity: str = "error"


class Faulty(Exception):
    """The message cannot be read; `header` is there when at least that could be."""

    def __init__(self, issues: Sequence[Issue], header: MessageHeader | None = None) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.issues = tuple(issues[:MOST_ISSUES])
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

    def is_about(self, reference: Reference | None, patient: Patient) -> bool:
        """Whether a resource's subject is this patient; a mother's message may bring her baby's along."""
        found = self.resolve(reference, Patient)
        return found is None or found is patient

    def place_of(self, resource: Part) -> str:
        """Where the resource stands."""
        return next(place for place, each in self.resources if each is resource)


def read_json(body: bytes) -> Any:
    """Read JSON. Raises `Faulty` for what is not, and for what would take long; the parser bounds depth and numbers."""
    if max(body.count(b"{"), body.count(b"[")) > MOST_PARTS:
        raise Faulty([Issue("too-costly", f"More than {MOST_PARTS} objects or lists")])
    if body.count(b",") > MOST_VALUES:
        raise Faulty([Issue("too-costly", f"More than {MOST_VALUES} values")])
    try:
        return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        raise Faulty(
            [Issue("structure", "The body is not JSON, or is nested too deeply")]
        ) from None


def read_bundle(document: Any) -> MessageBundle:
    """Validate a message Bundle. Raises `Faulty` naming each element that is wrong."""
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        raise Faulty([Issue("structure", "The body is not a Bundle", "Bundle")])
    entries = document.get("entry")
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise Faulty([Issue("too-costly", f"More than {MOST_ENTRIES} entries", "Bundle.entry")])
    issues: list[Issue] = []
    try:
        bundle = Bundle.model_validate(document)
    except ValidationError as error:
        issues += _issues(error, "Bundle")
        bundle = None
    resources, by_reference = _resources(entries if isinstance(entries, list) else [], issues)
    place, first = resources[0] if resources else ("", None)
    header = first if isinstance(first, MessageHeader) and place == _place(0) else None
    if header is None and not any(issue.expression.startswith(_place(0)) for issue in issues):
        issues.insert(0, Issue("structure", f"{_place(0)} is not a MessageHeader", _place(0)))
    if issues or bundle is None or header is None:
        raise Faulty(issues, header)
    return MessageBundle(bundle, header, tuple(resources), by_reference)


def _place(number: int) -> str:
    return f"Bundle.entry[{number}].resource"


def _resources(
    entries: list[Any], issues: list[Issue]
) -> tuple[list[tuple[str, Part]], dict[str, int]]:
    """What is read of the entries; what is wrong with them is added to `issues`."""
    resources: list[tuple[str, Part]] = []
    by_reference: dict[str, int] = {}
    for place, sent, references in _sent(entries):
        if len(issues) >= MOST_ISSUES:
            break
        kind = sent.get("resourceType")
        model = MODELS.get(kind) if isinstance(kind, str) else None
        if model is None:
            continue
        try:
            resource = model.model_validate(sent)
        except ValidationError as error:
            issues += _issues(error, place)
            continue
        for reference in references:
            taken = reference.startswith("#") and reference in by_reference
            by_reference[reference] = (
                _AMBIGUOUS if taken else by_reference.get(reference, len(resources))
            )
        resources.append((place, resource))
    return resources, by_reference


def _sent(entries: list[Any]) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Each resource with its place and what refers to it; what a resource contains follows it."""
    for number, entry in enumerate(entries):
        sent = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(sent, dict):
            continue
        url, place = entry.get("fullUrl"), _place(number)
        references = [url] if isinstance(url, str) else []
        yield place, sent, [*references, f"{sent.get('resourceType')}/{sent.get('id')}"]
        contained = sent.get("contained")
        for inner, each in enumerate(contained if isinstance(contained, list) else ()):
            if isinstance(each, dict):
                yield f"{place}.contained[{inner}]", each, [f"#{each.get('id')}"]


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
