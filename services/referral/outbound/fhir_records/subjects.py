"""Whom a record is about, as far as its readers may learn it."""

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
