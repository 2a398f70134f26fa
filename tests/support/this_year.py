"""Pages leave out the year that it is: a test that says what they show says which year that is."""

from datetime import UTC, datetime, tzinfo

import pytest

from services.chassis import wording


class _In2026(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 11, 22, tzinfo=UTC).astimezone(tz)


def in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is November 2026 for whatever words a time."""
    monkeypatch.setattr(wording, "datetime", _In2026)
