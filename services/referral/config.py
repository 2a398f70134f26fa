"""Settings of referral."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.chassis.settings import ServiceSettings, demo_only


class ReferralSettings(ServiceSettings):
    """What referral needs to know beside what every service does."""

    demo_deadline_divisor: int = demo_only(1, ge=1, le=1_000_000)
    """Brings every deadline nearer to its anchor by this factor, so that a demonstration sees silence escalate."""

    keep_webhook_deliveries_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long what was told to other systems can be looked at and sent again."""

    pathways_folder: Path | None = None
    """A folder of the place whose rules add to those that come with Baton, replace them or switch them off."""
