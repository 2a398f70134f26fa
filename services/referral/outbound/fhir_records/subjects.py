"""What all records have in common: an id that may be none, and whom they are about."""

from uuid import UUID

import asyncpg

from services.referral.usecases.record_views import Subject


def read_subject(row: asyncpg.Record) -> Subject:
    """The key, and the NHS number of somebody who is verified, not restricted and not in doubt (P07, P14)."""
    open_to_readers = (
        row["nhs_number_verified"] and not row["restricted"] and not row["identity_held"]
    )
    return Subject(
        patient_key=row["patient_key"],
        nhs_number=row["nhs_number"] if open_to_readers else None,
        restricted=bool(row["restricted"]),
        test_patient=row["test_patient"],
    )


def read_id(text: str) -> UUID | None:
    """The id of a record; None for what can be none."""
    try:
        return UUID(text)
    except ValueError:
        return None
