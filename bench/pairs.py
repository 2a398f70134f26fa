"""Floor and product in turns, and which of these pairs may be compared."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.messages import discharges
from bench.mllp import RefusedError
from bench.plan import Plan
from bench.programs import Floor, Product
from bench.progress import StuckError
from bench.run import Run, run
from bench.site import Site
from deploy.local.processes import PartDidNotStart

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pair:
    """One run of each program, one right after the other."""

    floor: Run
    product: Run

    @property
    def drift(self) -> float:
        """How far the machine's speed went during the two runs: 0.15 is 15 %."""
        moments = (*self.floor.calibrations, *self.product.calibrations)
        return max(one.drift(other) for one in moments for other in moments)

    @property
    def ratio(self) -> float:
        """Throughput of the product as a share of the floor's."""
        return self.product.per_second / self.floor.per_second

    @property
    def others(self) -> float:
        """Share of the machine that others used during the busier run."""
        return max(self.floor.others, self.product.others)

    def faults(self, plan: Plan) -> list[str]:
        """Why this pair proves nothing; empty when it may be used."""
        found = [
            f"{each.program}: {fault}"
            for each in (self.floor, self.product)
            for fault in each.work.faults
        ]
        found += [
            f"not the same work: {what}" for what in self.floor.work.differences(self.product.work)
        ]
        if self.drift > plan.most_drift:
            found.append(f"the machine's speed drifted by {self.drift:.0%}")
        if self.others > plan.most_others:
            found.append(f"others used {self.others:.0%} of the machine")
        return found


def run_pairs(site: Site, plan: Plan, tell: Tell) -> Sequence[Pair]:
    """Run pairs until there are enough that may be used, or no more may be tried."""
    usable: list[Pair] = []
    began = last = time.monotonic()
    for number in range(1, plan.pairs + plan.spare_pairs + 1):
        now, last_took = time.monotonic(), time.monotonic() - last
        if len(usable) == plan.pairs or now + last_took - began > plan.minutes * 60:
            break
        last = now
        try:
            pair = _run_pair(site, plan, idle=not any(each.product.idle for each in usable))
        except (StuckError, RefusedError, PartDidNotStart, TimeoutError) as error:
            tell(f"pair {number}: given up: {type(error).__name__}: {error}")
            continue
        faults = pair.faults(plan)
        tell(
            f"pair {number}: floor {pair.floor.per_second:,.0f}/s, product {pair.product.per_second:,.0f}/s,"
            f" ratio {pair.ratio:.3f}, drift {pair.drift:.0%}, others {pair.others:.0%}"
            f"{'; dropped:' if faults else ''}"
        )
        for fault in faults:
            tell(f"  {fault}")
        if not faults:
            usable.append(pair)
    return usable


def _run_pair(site: Site, plan: Plan, *, idle: bool) -> Pair:
    row = discharges(plan.messages, site.plan.keys.site.encode(), datetime.now(UTC))
    return Pair(
        floor=run(Floor(), site, plan, row, idle=False),
        product=run(Product(), site, plan, row, idle=idle),
    )
