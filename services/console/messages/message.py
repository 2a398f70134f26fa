"""A file that holds one message: HL7 v2 in ER7, or a FHIR Bundle in JSON."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError

Segments = tuple[str, ...]


@dataclass(frozen=True)
class Hl7Message:
    name: str
    segments: Segments

    def to_bytes(self) -> bytes:
        """As it travels: UTF-8, each segment ended by a carriage return."""
        return "".join(f"{segment}\r" for segment in self.segments).encode()


@dataclass(frozen=True)
class FhirMessage:
    name: str
    bundle: dict[str, Any]

    def to_bytes(self) -> bytes:
        """As it travels."""
        return json.dumps(self.bundle, ensure_ascii=False).encode()


Message = Hl7Message | FhirMessage


def read_message(path: Path) -> Message:
    """Read a file; any line end will do. Raises `ConsoleError` for what is neither HL7 nor a FHIR Bundle."""
    text = path.read_text(encoding="utf-8-sig").strip()
    if text.startswith("MSH"):
        return Hl7Message(path.name, tuple(line for line in text.splitlines() if line))
    try:
        bundle = json.loads(text)
    except ValueError:
        raise ConsoleError(
            f"{path.name} is neither HL7 v2 (it would start with MSH) nor JSON"
        ) from None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ConsoleError(f"{path.name} is not a FHIR Bundle")
    return FhirMessage(path.name, bundle)
