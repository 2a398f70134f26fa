"""What is sent: the discharges of the bench as HL7 v2, and the sample Bundle about the same patients."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bench.messages import Discharge, message
from bench.patients import Patient

_SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "asthma-34-discharge.json"
_NUMBER, _STAY, _HEADER = "9995000598", "SP-90177", "5f0c7d1e-4b1a-4c4e-9d55-000000000001"


def hl7(people: Sequence[Patient], first: int, now: datetime) -> list[bytes]:
    """An A03 about each; `first` numbers the messages on."""
    return [message(each, first + place, now).encode() for place, each in enumerate(people)]


def bundles(people: Sequence[Patient], first: int) -> list[bytes]:
    """A notification Bundle about each, as a hospital would send it, without its line breaks."""
    sample = "".join(line.strip() for line in _SAMPLE.read_text("utf-8").splitlines())
    return [
        sample.replace(_NUMBER, each.number)
        .replace(_STAY, f"FB-{first + place:08}")
        .replace(_HEADER, f"{_HEADER[:24]}a{first + place:011}")
        .encode()
        for place, each in enumerate(people)
    ]


def framed(messages: Sequence[bytes]) -> list[Discharge]:
    """As they travel over MLLP."""
    return [Discharge("", b"\x0b" + each + b"\x1c\r") for each in messages]


def posted(messages: Sequence[bytes], token: str) -> list[Discharge]:
    """As they travel over HTTP."""
    head = (
        "POST /fhir/$process-message HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/fhir+json\r\n"
    )
    return [
        Discharge("", f"{head}Content-Length: {len(each)}\r\n\r\n".encode() + each)
        for each in messages
    ]
