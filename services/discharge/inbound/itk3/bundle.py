"""The two Bundles of an ITK3 message: the outer one that travels, the inner one that is the document."""

import re
from dataclasses import dataclass

from services.discharge.inbound.clean import clean
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.xml import Node

ODS_CODE = "https://fhir.nhs.uk/id/ods-organization-code"
_ODS = re.compile(r"[A-Z0-9]{3,10}\Z", re.ASCII)


class Faulty(Exception):
    """The message cannot be taken in. `code` is an ITK3 response code; the text repeats nothing of the message."""

    def __init__(self, code: int, place: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.place = place
        self.text = text


@dataclass(frozen=True, slots=True)
class Bundle:
    """A Bundle with its resources findable by reference."""

    node: Node
    resources: tuple[Node, ...]
    _by_reference: dict[str, Node]

    @classmethod
    def of(cls, node: Node) -> "Bundle":
        """Index the entries; a reference is found by `fullUrl` or by type and id."""
        resources, by_reference = [], dict[str, Node]()
        for entry in node.all("entry"):
            holder = entry.first("resource")
            resource = (
                next((each for each in holder.children if isinstance(each, Node)), None)
                if holder
                else None
            )
            if resource is None:
                continue
            resources.append(resource)
            for reference in (entry.said("fullUrl"), f"{resource.name}/{resource.said('id')}"):
                if reference:
                    by_reference.setdefault(reference, resource)
        return cls(node, tuple(resources), by_reference)

    def all(self, kind: str) -> list[Node]:
        """Every resource of that type."""
        return [resource for resource in self.resources if resource.name == kind]

    def resolve(self, reference: Node | None, kind: str) -> Node | None:
        """The resource of that type that a reference points at; None when it is not here."""
        if reference is None:
            return None
        url = reference.said("reference")
        found = self._by_reference.get(url) or self._by_reference.get("/".join(url.split("/")[-2:]))
        return found if found is not None and found.name == kind else None

    def ods_code(self, reference: Node | None) -> str:
        """The ODS code of the organisation that a reference means, or of the one that a person there works for."""
        if reference is None:
            return ""
        organisation = self.resolve(reference, "Organization")
        for role in ("PractitionerRole", "Practitioner"):
            if organisation is None and (person := self.resolve(reference, role)) is not None:
                organisation = self.resolve(person.first("organization"), "Organization")
        named = [
            *reference.all("identifier"),
            *(organisation.all("identifier") if organisation else ()),
        ]
        for identifier in named:
            code = clean(identifier.said("value")).upper()
            if identifier.said("system").lower() == ODS_CODE and _ODS.match(code):
                return code
        return ""


@dataclass(frozen=True, slots=True)
class Message:
    """The message, opened."""

    outer: Bundle
    header: Node
    inner: Bundle
    composition: Node


def outer_bundle(root: Node) -> tuple[Bundle, Node]:
    """The outer Bundle and its MessageHeader. Raises `Faulty`."""
    if root.name != "Bundle":
        raise Faulty(codes.UNREADABLE, "", "The body is not a FHIR Bundle")
    if root.said("type") != "message":
        raise Faulty(codes.HEADER_INVALID, "Bundle.type", "The outer Bundle is not a message")
    outer = Bundle.of(root)
    if not outer.resources or outer.resources[0].name != "MessageHeader":
        raise Faulty(
            codes.HEADER_INVALID, "Bundle.entry[0]", "The first entry is not a MessageHeader"
        )
    return outer, outer.resources[0]


def inner_bundle(outer: Bundle, header: Node) -> tuple[Bundle, Node]:
    """The document and its Composition. Raises `Faulty`."""
    documents = [outer.resolve(focus, "Bundle") for focus in header.all("focus")]
    found = next((each for each in (*documents, *outer.all("Bundle")) if each is not None), None)
    if found is None:
        raise Faulty(
            codes.PAYLOAD_INVALID, "MessageHeader.focus", "The document is not in the message"
        )
    if found.said("type") != "document":
        raise Faulty(codes.PAYLOAD_INVALID, "Bundle.type", "The inner Bundle is not a document")
    inner = Bundle.of(found)
    if not inner.resources or inner.resources[0].name != "Composition":
        raise Faulty(
            codes.PAYLOAD_INVALID,
            "Bundle.entry[0]",
            "The document does not start with a Composition",
        )
    return inner, inner.resources[0]
