"""When operators are told of a source, read from the data file; and the bank holidays of England."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import holidays
import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.discharge.domain.feeds import Policy

_FILE = Path(__file__).parents[1] / "data" / "feeds.yaml"

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class _PolicyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    weeks: Count
    weeks_needed: Count
    caution: Share
    silent_at: Positive
    least_quiet_minutes: Count
    gone_after_days: Count
    refused_least: Positive
    refused_share: Share
    refused_factor: Positive
    late_after_hours: Count
    late_least: Positive
    late_share: Share
    most_feeds: Count


def read_feed_policy(path: Path = _FILE) -> Policy:
    """The numbers. Raises `ValidationError` for a file that is not of its form."""
    said = _PolicyFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Policy(
        weeks=said.weeks,
        weeks_needed=said.weeks_needed,
        caution=said.caution,
        silent_at=said.silent_at,
        least_quiet=timedelta(minutes=said.least_quiet_minutes),
        gone_after=timedelta(days=said.gone_after_days),
        refused_least=said.refused_least,
        refused_share=said.refused_share,
        refused_factor=said.refused_factor,
        late_after=timedelta(hours=said.late_after_hours),
        late_least=said.late_least,
        late_share=said.late_share,
        most_feeds=said.most_feeds,
    )


def bank_holidays(first_year: int, last_year: int) -> frozenset[date]:
    """Those of England, by the library's rules."""
    years = range(first_year, last_year + 1)
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))
