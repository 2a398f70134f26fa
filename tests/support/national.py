"""National events and what is due because of them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.discharge.domain.national import Due

PDS = "uk.nhs.personal-demographics-service"


def an_event(number: str, type_: str = "pds-death-notification-2", **more: Any) -> dict[str, Any]:
    """One CloudEvent, as the national service sends it."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": PDS,
        "type": type_,
        "time": datetime.now(UTC).isoformat(),
        "subject": number,
        "dataref": f"https://pds.example/Patient/{number}",
        "filtering": {"generalpractitioner": "Z90001"},
        **more,
    }


def a_due(number: str, type_: str = "pds-change-of-gp-2", tries: int = 1) -> Due:
    """An event whose record has to be read now."""
    return Due(
        event_ref=UUID(int=7),
        source=PDS,
        event_id="e-1",
        type=type_,
        death=type_.startswith("pds-death"),
        happened_at=datetime(2026, 9, 17, 9, 0, tzinfo=UTC),
        handed_in_by="national",
        nhs_number=number,
        tries=tries,
        claimed_at=datetime.now(UTC),
        taken_in=False,
    )
