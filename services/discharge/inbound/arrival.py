"""How a message reached us."""

from dataclasses import dataclass
from datetime import datetime

from services.discharge.domain.message import Door


@dataclass(frozen=True, slots=True)
class Arrival:
    """When, through which door, and by whose account."""

    received_at: datetime
    """UTC."""
    door: Door
    handed_in_by: str = ""
    """Reference of the account; empty for MLLP and Kafka, which know none."""
