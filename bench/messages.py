"""Hospital messages of a bench: HL7 v2.4 A03, shaped like `samples/frail-78-a03.hl7`, framed for MLLP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.patients import Patient, patients
from schemas.patient_key import patient_key

_LONDON = ZoneInfo("Europe/London")
_LARGE_PRINT = "requireswritteninformationinatleast20pointsansseriffont"
_SEGMENTS = (
    r"MSH|^~\&|PAS|ZTA|BATON|ZTA|{sent}||ADT^A03^ADT_A03|BENCH{place:08}|P|2.4|||||GBR|UNICODE UTF-8",
    "EVN|A03|{sent}|||N2087^SMITH^JO|{left}",
    (
        "PID|1||{p.number}^^^NHS^NH~B{place:06}^^^ZTA^MR||{p.family}^{p.given}^^^MX^^L||{p.birth_date:%Y%m%d}|F|||"
        "{house} MILL LANE^^FELLSIDE^^ZZ99 3VZ^GBR^H||01632 960{phone:03}^PRN^PH|||||||||||||||||||01"
    ),
    "PD1|||ELM TREE SURGERY^^{p.practice}",
    "NK1|1|{p.family}^ALAN|SON||01632 960119^PRN^PH",
    "PV1|1|I|W7^B2^4^ZTA||||C4471^OAKES^RUTH|||300|||||||||SP-{place:06}|||||||||||||||||1|19|||||||{came}|{left}",
    "DG1|1||J18.9^Pneumonia, unspecified^I10|||F",
    "OBX|1|NM|763264000^Clinical Frailty Scale^SCT||{p.frailty}||||||F|||{came}",
    "ZPI|FZZ01",
    f"ZRA|1|{_LARGE_PRINT}^Requires written information in at least 20 point sans serif font",
    "ZRA|2|requirescontactbyletter^Requires contact by letter",
)
_FORM = "\r".join(_SEGMENTS) + "\r"


@dataclass(frozen=True, slots=True)
class Discharge:
    """One message on its way and the key under which its effects are found."""

    patient_key: str
    frame: bytes


def discharges(how_many: int, site_secret: bytes, now: datetime) -> Sequence[Discharge]:
    """Messages of so many patients who left within the ten minutes before `now` (timezone-aware)."""
    return [
        Discharge(
            patient_key(site_secret, "nhs", patient.number),
            b"\x0b" + message(patient, place, now).encode() + b"\x1c\r",
        )
        for place, patient in enumerate(patients(how_many))
    ]


def message(patient: Patient, place: int, now: datetime) -> str:
    """The discharge of one patient."""
    left = now - timedelta(minutes=1 + place % 10)
    return _FORM.format(
        p=patient,
        place=place,
        house=1 + place % 99,
        phone=place % 1_000,
        sent=_local(now),
        left=_local(left),
        came=_local(left - timedelta(days=4)),
    )


def _local(at: datetime) -> str:
    """As a hospital writes it: the clock on its wall."""
    return f"{at.astimezone(UTC).astimezone(_LONDON):%Y%m%d%H%M%S}"
