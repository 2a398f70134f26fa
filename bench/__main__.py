"""Measure Baton beside the floor: `python -m bench [--quick]`."""

import argparse
import json
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import figures
from bench.goals import goals
from bench.machine import commit, machine, versions
from bench.pairs import run_pairs
from bench.plan import FULL, QUICK
from bench.report import as_json, as_markdown
from bench.site import UnfitBrokerError, open_site

BUILD = Path(__file__).resolve().parents[1] / "build"


def main() -> None:
    """Run the bench, print its tables, and write `build/bench.json`; ends with 1 when no pair could be used."""
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="two small pairs, for development")
    asked.add_argument("--kafka", default="auto", help="auto, apache, docker or HOST:PORT")
    options = asked.parse_args()
    plan = QUICK if options.quick else FULL
    # Whoever ends us ends us in order, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {line}", flush=True)

    try:
        with open_site(BUILD / "bench-logs", options.kafka) as site:
            about = {
                "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "plan": "quick" if options.quick else "full",
                "commit": commit(),
                "machine": machine(),
                "versions": versions(site),
            }
            tell(f"{about['commit']} on {about['machine']}")
            tell(f"{site.postgres.describe()}; {site.broker.describe()}")
            pairs = run_pairs(site, plan, tell)
    except UnfitBrokerError as error:
        sys.exit(
            f"bench: {error}; install Java 17 and Maven, or name a Kafka with --kafka HOST:PORT"
        )
    if not pairs:
        sys.exit("bench: no pair could be used")
    summed_up = figures(pairs)
    reached = goals(summed_up)
    print(f"\n{as_markdown(summed_up, reached)}\n")
    file = BUILD / "bench.json"
    file.write_text(
        json.dumps(as_json(summed_up, reached, about), indent=2) + "\n", encoding="utf-8"
    )
    tell(f"{len(pairs)} of {plan.pairs} pairs used; all figures in {file}")


if __name__ == "__main__":
    main()
