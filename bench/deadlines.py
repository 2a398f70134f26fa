"""How many deadlines the engine counts in a second on one core, words included: `python -m bench.deadlines`."""

import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as local_time
from pathlib import Path

from bench.machine import commit, machine
from services.referral.domain.calendars import Calendar
from services.referral.domain.counting import (
    BeforeEvent,
    BeforePlanned,
    BusinessDaysUS,
    ByLocalTime,
    CalendarSpan,
    ClockHours,
    Counting,
    OpenDayHours,
    Window,
    WorkingDays,
)
from services.referral.domain.deadlines import due
from services.referral.outbound.calendar_files import read_calendars

BUILD = Path(__file__).resolve().parents[1] / "build"
GOAL = 20_000
_SECONDS = 1.0
_ANCHORS = 20_000
KINDS: Mapping[str, Counting] = {
    "clock hours": ClockHours(72),
    "hours without closed days": OpenDayHours(72),
    "working days": WorkingDays(5),
    "US business days": BusinessDaysUS(2),
    "days": CalendarSpan(7, "day"),
    "weeks": CalendarSpan(18, "week"),
    "months": CalendarSpan(6, "month", roll="preceding"),
    "by a local time": ByLocalTime(local_time(8)),
    "window": Window(ClockHours(24), ClockHours(72)),
    "before a planned date": BeforePlanned(CalendarSpan(6, "month")),
    "before an event": BeforeEvent("next-prescription", CalendarSpan(1, "week", keeps_time=True)),
}


def main() -> None:
    """Measure each kind and all of them in turn, print, and write `build/bench-deadlines.json`."""
    calendars, holidays = read_calendars()
    chance = random.Random(4)  # noqa: S311 - the same anchors in each run
    first = datetime(2026, 1, 1, tzinfo=UTC)
    anchors = [
        first + timedelta(seconds=chance.randrange(2 * 365 * 86_400)) for _ in range(_ANCHORS)
    ]

    def measure(kinds: Sequence[Counting], owners: Sequence[Calendar]) -> float:
        count, began = 0, time.process_time()
        while (spent := time.process_time() - began) < _SECONDS:
            for anchor in anchors[:2_000]:
                due(kinds[count % len(kinds)], anchor, owners[count % len(owners)], holidays)
                count += 1
        return count / spent

    owners = list(calendars.values())
    found = {name: round(measure([kind], owners)) for name, kind in KINDS.items()}
    found["all in turn"] = round(measure(list(KINDS.values()), owners))
    for name, per_second in found.items():
        print(f"{per_second:>9,} a second of CPU time: {name}")
    kept = min(found.values()) >= GOAL
    print(f"- {'reached' if kept else 'MISSED'}: {min(found.values()):,} of {GOAL:,}")
    BUILD.mkdir(exist_ok=True)
    file = BUILD / "bench-deadlines.json"
    said = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "load_average": os.getloadavg(),
        "deadlines_per_s": found,
        "goal": GOAL,
        "reached": kept,
    }
    file.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    sys.exit(not kept)


if __name__ == "__main__":
    main()
