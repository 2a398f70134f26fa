"""What discharge says of a patient: the only events that carry identity."""

from datetime import date, datetime
from typing import ClassVar, Literal

from schemas.event import Event, Fact
from schemas.topics import PATIENTS


class Identifier(Fact):
    """A number by which some authority knows the patient."""

    system: str
    """`nhs` for the NHS number, else the assigning authority as the source wrote it."""
    value: str


class PersonName(Fact):
    """The name the patient is known by."""

    family: str = ""
    given: str = ""
    prefix: str = ""


class Address(Fact):
    """Where a letter reaches the patient."""

    lines: tuple[str, ...] = ()
    postcode: str = ""


class ContactPoint(Fact):
    """One way to reach the patient."""

    kind: Literal["phone", "mobile", "email"]
    value: str


class PatientDescribed(Event):
    """Everything known of a patient at `described_at`; replaces what was said before under the same key."""

    type: ClassVar[str] = "patient.described"
    topic: ClassVar[str] = PATIENTS

    described_at: datetime
    """When the source says this was true (UTC)."""
    identifiers: tuple[Identifier, ...] = ()
    nhs_number: str | None = None
    """Ten digits, no spaces; None when the source gave none that passes its check digit."""
    nhs_number_verification: str = "03"
    """NHS number status indicator 01 to 08; 01 is verified (domain rule C5)."""
    name: PersonName = PersonName()
    birth_date: date | None = None
    sex: str = ""
    address: Address = Address()
    contact_points: tuple[ContactPoint, ...] = ()
    practice: str | None = None
    """ODS code of the registered practice."""
    pharmacy: str | None = None
    """ODS code of the nominated pharmacy."""
    language: str = ""
    needs: tuple[str, ...] = ()
    """Reasonable-adjustment codes, as the source sent them (DAPB1605)."""
    deceased: bool = False
    """Once said it stays, until a person decides otherwise (rule P10)."""
    deceased_at: datetime | None = None
    death_status: Literal["", "informal", "formal", "removed"] = ""
    """What the national record says of the death; `removed`: it was taken back, and a person must look (R76)."""
    restricted: bool = False
    """True: location and contact are protected (rule P07)."""
    test_patient: bool = False
    """True: a number from the 999 test range, or a message not marked as production (hazard H17)."""
    identity_held: bool = False
    """True: records were merged or parted and nobody has verified since who this is: nothing may go to the patient (P14)."""
    replaced_by: str | None = None
    """The patient key under which this person is known now; what is said under this one belongs to that one."""
