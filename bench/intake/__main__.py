"""Measure the intake alone: `python -m bench.intake [--quick] [--soak MESSAGES] [--minutes MINUTES]`."""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.intake import reading, storing
from bench.intake.house import open_house
from bench.machine import commit, machine

BUILD = Path(__file__).resolve().parents[2] / "build"
CONNECTIONS = 256
Tell = Callable[[str], None]
GOALS = {
    "hl7_read_per_s": 2_000,
    "hl7_stored_per_s": 1_000,
    "bundles_stored_per_s": 500,
}
"""At least so many a second."""
MOST_GROWTH = 10.0
"""Megabytes that a million messages may add to the process that reads them."""


def main() -> None:
    """Measure, print, and write `build/bench-intake.json`."""
    asked = argparse.ArgumentParser(prog="bench.intake", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="a minute instead of some")
    asked.add_argument("--soak", type=int, default=0, help="read so many messages, watch memory")
    asked.add_argument("--minutes", type=float, default=0, help="store for so long, watch memory")
    options = asked.parse_args()
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {line}", flush=True)

    found: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "load_average_before": os.getloadavg(),
    }
    tell(f"{found['commit']} on {found['machine']}, load {found['load_average_before']}")
    found |= _read(tell, 2.0 if options.quick else 10.0, options.soak)
    found |= _store(tell, 3_000 if options.quick else 20_000, options.minutes)
    found["load_average_after"] = os.getloadavg()
    found["goals"] = {name: found[name] >= least for name, least in GOALS.items()}
    BUILD.mkdir(exist_ok=True)
    file = BUILD / "bench-intake.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for name, kept in found["goals"].items():
        print(f"- {'reached' if kept else 'MISSED'}: {name} {found[name]:,.0f} of {GOALS[name]:,}")
    tell(f"all figures in {file}")


def _read(tell: Tell, seconds: float, soak: int) -> dict[str, Any]:
    messages, bundles = reading.different_hl7(), reading.different_bundles()
    hl7 = reading.read(reading.answer_hl7, messages, seconds)
    tell(f"A03 read and answered: {hl7}")
    fhir = reading.read(reading.answer_fhir, bundles, seconds)
    tell(f"Bundles read and answered: {fhir}")
    found: dict[str, Any] = {
        "hl7_read_per_s": hl7.per_second,
        "hl7_read": asdict(hl7),
        "bundles_read": asdict(fhir),
    }
    if soak:
        memory = reading.memory(reading.answer_hl7, messages, soak)
        found["read_memory"] = asdict(memory) | {"flat": memory.growth <= MOST_GROWTH}
        tell(f"{memory.messages:,} messages read: {memory.megabytes} MB")
    return found


def _store(tell: Tell, how_many: int, minutes: float) -> dict[str, Any]:
    with open_house(BUILD / "bench-logs" / "intake", CONNECTIONS) as house:
        storing.over_mllp(house, 0, 1_000, 64)
        first = 1_000
        hl7 = storing.over_mllp(house, first, how_many, CONNECTIONS)
        tell(f"stored over MLLP, {CONNECTIONS} connections: {hl7}")
        first += how_many
        single = storing.over_mllp(house, first, how_many // 20, 1)
        tell(f"stored over MLLP, one connection: {single}")
        first += how_many // 20
        bundles = storing.over_http(house, first, how_many // 2, 64)
        tell(f"stored over HTTP: {bundles}")
        first += how_many // 2
        lasting = storing.for_minutes(house, first, minutes, CONNECTIONS, tell) if minutes else []
        expected = first + (lasting[-1][0] if lasting else 0)
        if house.stored() != expected:
            raise AssertionError(f"{house.stored()} messages are stored, {expected} were answered")
    return {
        "hl7_stored_per_s": hl7.per_second,
        "bundles_stored_per_s": bundles.per_second,
        "hl7_stored": asdict(hl7),
        "hl7_stored_one_connection": asdict(single),
        "bundles_stored": asdict(bundles),
        "stored_memory": lasting,
    }


if __name__ == "__main__":
    main()
