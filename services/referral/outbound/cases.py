"""The discharge or referral of a handover, as it is kept beside it: what the rules see, and no identity."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import asyncpg

from services.referral.domain.discharge import Discharge
from services.referral.domain.referral import Referral


def discharge_row(discharge: Discharge | None) -> dict[str, Any] | None:
    """A discharge as it is kept: what the rules see, and no identity."""
    if discharge is None:
        return None
    return {
        "provider": discharge.provider,
        "encounter_class": discharge.encounter_class,
        "discharged_at": discharge.discharged_at.isoformat(),
        "method": discharge.method,
        "destination": discharge.destination,
        "practice": discharge.practice,
        "pharmacy": discharge.pharmacy,
        "diagnoses": sorted(discharge.diagnoses),
        "indicators": discharge.indicators,
        "said_deceased": discharge.said_deceased,
        "test_patient": discharge.test_patient,
        "specialty": discharge.specialty,
        "age": discharge.age,
    }


def read_discharge(row: asyncpg.Record) -> Discharge | None:
    """The discharge of a handover, under the keys that the handover has now."""
    kept = row["discharge"]
    if kept is None:
        return None
    return Discharge(
        spell_id=row["spell_id"],
        patient_key=row["patient_key"],
        **kept
        | {
            "discharged_at": datetime.fromisoformat(kept["discharged_at"]),
            "diagnoses": frozenset(kept["diagnoses"]),
        },
    )


def referral_row(referral: Referral | None) -> dict[str, Any] | None:
    """A referral as it is kept; its id and patient key are the handover's own."""
    if referral is None:
        return None
    kept = asdict(referral)
    del kept["referral_id"], kept["patient_key"]
    return kept


def read_referral(row: asyncpg.Record) -> Referral | None:
    """The referral of a handover, under the keys that the handover has now."""
    kept = row["referral"]
    if kept is None:
        return None
    times = {at: datetime.fromisoformat(kept[at]) for at in ("clock_started_at", "received_at")}
    return Referral(referral_id=row["spell_id"], patient_key=row["patient_key"], **kept | times)
