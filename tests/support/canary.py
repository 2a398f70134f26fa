"""Somebody whose every detail is so odd that finding it anywhere is no accident."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.hospital import a_notification, an_adt
from tests.support.made_up import nhs_number, stamp

NUMBER = next(filter(None, (nhs_number(f"99987654{last}") for last in range(10))))
FAMILY, GIVEN = "Quizzlethwaite", "Zebedee"
STREET, POSTCODE = "77 Xylophone Crescent", "ZZ99 7QX"
PHONE, MOBILE = "01632 960987", "07700 900987"
EMAIL = "zebedee.quizz@canary.example"
LOCAL = "KANARIE7781"
BORN = "1961-07-19"
VISIT = "SP-CANARY-4711"

_SOUGHT = {
    "nhs number": NUMBER,
    "family name": FAMILY.lower(),
    "given name": GIVEN.lower(),
    "street": STREET.lower(),
    "postcode": POSTCODE.lower(),
    "phone": PHONE,
    "mobile": MOBILE,
    "international mobile": f"+44{MOBILE[1:]}",
    "e-mail": EMAIL,
    "local number": LOCAL.lower(),
    "date of birth": BORN,
    "date of birth in HL7": BORN.replace("-", ""),
}
_BETWEEN = re.compile(r"[\s\-+()]+|%20")


def sightings(text: str | bytes) -> list[str]:
    """Which details of the canary a text gives away, however they are spaced."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    said = said.lower()
    squeezed = _BETWEEN.sub("", said)
    return [
        what
        for what, detail in _SOUGHT.items()
        if detail in said or _BETWEEN.sub("", detail) in squeezed
    ]


@dataclass(frozen=True)
class Canary:
    """What hospitals say of the canary, as of now."""

    now: datetime

    def admitted(self) -> bytes:
        return self._adt("A01", "CANARY1", **{"class": "I"})

    def goes_home(self) -> bytes:
        left = stamp(self.now - timedelta(minutes=5))
        return self._adt("A03", "CANARY2", left=left, happened=left, method="1", destination="19")

    def other_with_the_same_control_id(self) -> bytes:
        return self._adt("A03", "CANARY2", sex="U")

    def with_somebody_elses_head(self) -> bytes:
        """Refused: the event it claims to be is none of ours."""
        return self.goes_home().replace(b"ADT^A03", b"ORU^R99").replace(b"CANARY2", b"CANARY3")

    def bundle(self) -> dict[str, Any]:
        """The same discharge as FHIR."""
        return a_notification(
            id="0b7f3f0e-7711-4222-8333-00000000ca7a",
            number=NUMBER,
            visit=VISIT,
            start=(self.now - timedelta(days=2)).isoformat(timespec="seconds"),
            end=(self.now - timedelta(minutes=5)).isoformat(timespec="seconds"),
            patient={
                "name": [{"use": "official", "family": FAMILY, "given": [GIVEN]}],
                "birthDate": BORN,
                "address": [{"use": "home", "line": [STREET], "postalCode": POSTCODE}],
                "telecom": [
                    {"system": "phone", "use": "home", "value": PHONE},
                    {"system": "phone", "use": "mobile", "value": MOBILE},
                    {"system": "email", "value": EMAIL},
                ],
            },
        )

    def _adt(self, event: str, control_id: str, **given: str) -> bytes:
        told = {
            "control_id": control_id,
            "sent": stamp(self.now),
            "happened": stamp(self.now - timedelta(days=2)),
            "admitted": stamp(self.now - timedelta(days=2)),
            "numbers": f"{NUMBER}^^^NHS^NH~{LOCAL}^^^ZTA^MR",
            "name": f"{FAMILY}^{GIVEN}^^^MR^^L",
            "born": BORN.replace("-", ""),
            "address": f"{STREET}^^FELLSIDE^^{POSTCODE}^GBR^H",
            "phones": f"{PHONE}^PRN^PH~{MOBILE}^PRS^CP~^NET^Internet^{EMAIL}",
            "visit": VISIT,
        }
        return an_adt(event, **told | given)


def a_canary() -> Canary:
    return Canary(datetime.now(UTC))
