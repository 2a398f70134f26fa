"""People who do not exist, each with an NHS number of the test range and a stay of their own."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.support.hospital import an_adt

LONDON = ZoneInfo("Europe/London")
FRAIL = "OBX|1|NM|763264000^Clinical Frailty Scale^SCT||6||||||F"
PHARMACY = "ZPI|FZZ01"
LARGE_PRINT = (
    "ZRA|1|requireswritteninformationinatleast20pointsansseriffont",
    "ZRA|2|requirescontactbyletter",
)
"""Segments that say more of somebody: at risk of coming back, which pharmacy they chose, how to write to them."""
_WEIGHTS = range(10, 1, -1)
_count = itertools.count(1)


def nhs_number(nine_digits: str) -> str | None:
    """Nine digits with their check digit; None where there is no such number."""
    weighed = sum(w * int(d) for w, d in zip(_WEIGHTS, nine_digits, strict=True))
    check = (11 - weighed % 11) % 11
    return None if check == 10 else f"{nine_digits}{check}"


def new_number() -> str:
    """An NHS number of the test range that nobody in this run has."""
    while True:
        number = nhs_number(f"999{next(_count):06d}")
        if number is not None:
            return number


@dataclass(frozen=True)
class MadeUp:
    """Somebody who goes home from Ward 7 and is registered with Elm Tree Surgery."""

    number: str
    visit: str
    family: str = "SHAW"
    email: str = ""

    def goes_home(self, now: datetime | None = None, control_id: str = "") -> bytes:
        """The A03 that the hospital sends."""
        now = now or datetime.now(UTC)
        left = now - timedelta(minutes=5)
        return self.says("A03", left, now, control_id or f"C{self.visit}")

    def says(
        self,
        event: str,
        happened: datetime,
        sent: datetime,
        control_id: str,
        *segments: str,
        **fields: str,
    ) -> bytes:
        """Any message about the stay; of a discharge, its time is when it happened. `segments` come at its end."""
        phones = "01632 960277^PRN^PH" + (f"~^NET^Internet^{self.email}" if self.email else "")
        return an_adt(
            event,
            *segments,
            **{
                "control_id": control_id,
                "numbers": f"{self.number}^^^NHS^NH",
                "name": f"{self.family}^PETER^^^MR^^L",
                "visit": self.visit,
                "phones": phones,
                "sent": stamp(sent),
                "happened": stamp(happened),
                "admitted": stamp(happened - timedelta(days=3)),
                "left": stamp(happened) if event == "A03" else "",
            }
            | fields,
        )


def somebody(**more: str) -> MadeUp:
    number = new_number()
    return MadeUp(number, f"SP-{number[3:]}", **more)


def stamp(at: datetime) -> str:
    """A moment as HL7 says it, in the hospital's local time."""
    return at.astimezone(LONDON).strftime("%Y%m%d%H%M%S")
