"""The contact record of a patient: the little that notify needs to reach the right person in the right form."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a patient now. Its text form shows the opaque key and nothing that identifies."""

    patient_key: str
    prefix: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    email: str = field(default="", repr=False)
    address_lines: tuple[str, ...] = field(default=(), repr=False)
    postcode: str = field(default="", repr=False)
    verification: str = field(default="03", repr=False)
    """NHS number status indicator, 01 is verified."""
    language: str = field(default="", repr=False)
    needs: tuple[str, ...] = field(default=(), repr=False)
    """Reasonable-adjustment codes (DAPB1605)."""
    deceased: bool = field(default=False, repr=False)
    death_status: str = field(default="", repr=False)
    """What the national record says of the death; `removed` says that it was taken back (rule R76)."""
    restricted: bool = field(default=False, repr=False)
    identity_held: bool = field(default=False, repr=False)
    """Records were merged or parted, and nobody has verified since who this is (rule P14)."""
    test_patient: bool = False

    @property
    def full_name(self) -> str:
        """As on an envelope: prefix, given and family name on one line."""
        return " ".join(f"{self.prefix} {self.given} {self.family}".split())

    @property
    def postal_address(self) -> tuple[str, ...]:
        """Lines under the name on an envelope; empty when a letter would not arrive."""
        lines = tuple(" ".join(line.split()) for line in self.address_lines if line.strip())
        postcode = " ".join(self.postcode.split()).upper()
        return (*lines, postcode) if lines and postcode else ()

    def age_on(self, day: date) -> int | None:
        """Completed years on a day; None when the birth date is not known.

        Somebody born on 29 February becomes older on 1 March in other years.
        """
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
