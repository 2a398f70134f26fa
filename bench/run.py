"""One run of one program: from an empty database through all loads to its figures."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.calibration import Calibration, calibrate
from bench.generator import Sent, closed_loop, open_loop
from bench.messages import Discharge
from bench.plan import Plan
from bench.process_times import Parts, busy_seconds, cpu_seconds, peak_megabytes
from bench.programs import Program, running
from bench.progress import committed_at, wait_until_through
from bench.site import Site
from bench.work import Work, read_work
from deploy.local.processes import Child


@dataclass(frozen=True)
class Latency:
    """Times of one steady load, in milliseconds."""

    samples: int
    p50: float
    """From the moment a message was due to be sent to the commit of its last alert."""
    p99: float
    ack_p50: float
    """From the same moment to the hospital's answer."""
    ack_p99: float
    cpu_ms: float
    """CPU for each discharge in everything but the generator."""


@dataclass(frozen=True)
class Run:
    """What one run showed."""

    program: str
    calibrations: tuple[Calibration, Calibration]
    """Before and after."""
    per_second: float
    """Discharges a second at saturation, the last commit included."""
    cpu: Mapping[str, float]
    """Milliseconds of CPU for each discharge at saturation, by part."""
    others: float
    """Share of the machine that programs which are none of ours used meanwhile: 0.1 is a tenth."""
    latency: Mapping[int, Latency]
    """By discharges a second."""
    idle: Mapping[str, float]
    """Percent of a core that each service uses at rest; empty when it was not looked at."""
    peak_mb: Mapping[str, float]
    work: Work

    @property
    def cpu_ms(self) -> float:
        """CPU for each discharge in everything but the generator."""
        return _without_generator(self.cpu)


@dataclass(frozen=True)
class Saturated:
    """What a program does at most; see `Run` for the fields."""

    per_second: float
    cpu: Mapping[str, float]
    others: float


class Measuring:
    """The steps of one run, in order, over the same row of discharges."""

    def __init__(
        self,
        site: Site,
        plan: Plan,
        discharges: Sequence[Discharge],
        children: Mapping[str, Child],
    ) -> None:
        self._site = site
        self._plan = plan
        self._discharges = discharges
        self._through = 0
        self._port = site.plan.ports["mllp"]
        self.services = {name: child.pid for name, child in children.items()}
        self._parts = Parts(self.services, site.postgres_pid, site.kafka_pid, os.getpid())

    def saturate(self, how_many: int) -> Saturated:
        """Send discharges as fast as they are taken."""
        mine = self._next(how_many)
        began, busy_before, before = time.monotonic(), busy_seconds(), cpu_seconds(self._parts)
        sent = closed_loop(self._port, mine, self._plan.connections, self._plan.patience)
        wait_until_through(self._site, self._through, self._plan.patience)
        after, busy = cpu_seconds(self._parts), busy_seconds() - busy_before
        machine = (time.monotonic() - began) * len(os.sched_getaffinity(0))
        ends = committed_at(self._site, [discharge.patient_key for discharge in mine])
        return Saturated(
            per_second=how_many / (max(ends.values()) - min(sent.due)),
            cpu=_per_discharge(before, after, how_many),
            others=max(0.0, busy - sum(after.values()) + sum(before.values())) / machine,
        )

    def hold(self, per_second: int, samples: int) -> Latency:
        """Times at a steady load."""
        mine = self._next(samples)
        before = cpu_seconds(self._parts)
        sent = open_loop(self._port, mine, per_second, self._plan.patience)
        wait_until_through(self._site, self._through, self._plan.patience)
        cpu = _per_discharge(before, cpu_seconds(self._parts), samples)
        ends = committed_at(self._site, [discharge.patient_key for discharge in mine])
        return _latency(mine, sent, ends, _without_generator(cpu))

    def rest(self, seconds: float) -> Mapping[str, float]:
        """Percent of a core that each part uses while nothing comes in."""
        if not seconds:
            return {}
        time.sleep(2)
        before = cpu_seconds(self._parts)
        began = time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - began
        after = cpu_seconds(self._parts)
        return {
            part: (after[part] - before[part]) / took * 100 for part in after if part != "generator"
        }

    def _next(self, how_many: int) -> Sequence[Discharge]:
        mine = self._discharges[self._through : self._through + how_many]
        self._through += how_many
        return mine


def run(
    program: Program, site: Site, plan: Plan, discharges: Sequence[Discharge], *, idle: bool
) -> Run:
    """Run a program once. Raises `StuckError`, `RefusedError` or `PartDidNotStart` when it does not do its work."""
    site.renew()
    before = calibrate(site.plan.data)
    with running(program, site) as children:
        measuring = Measuring(site, plan, discharges, children)
        measuring.saturate(plan.warm_up)
        most = measuring.saturate(plan.counted)
        latency = {
            load.per_second: measuring.hold(load.per_second, load.samples) for load in plan.loads
        }
        at_rest = measuring.rest(plan.idle_seconds if idle else 0)
        peak = {name: peak_megabytes(pid) for name, pid in measuring.services.items()}
    after = calibrate(site.plan.data)
    return Run(
        program=program.name,
        calibrations=(before, after),
        per_second=most.per_second,
        cpu=most.cpu,
        others=most.others,
        latency=latency,
        idle=at_rest,
        peak_mb=peak,
        work=read_work(site),
    )


def _per_discharge(
    before: Mapping[str, float], after: Mapping[str, float], how_many: int
) -> dict[str, float]:
    return {part: (after[part] - before[part]) / how_many * 1000 for part in after}


def _without_generator(cpu: Mapping[str, float]) -> float:
    return sum(used for part, used in cpu.items() if part != "generator")


def _latency(
    discharges: Sequence[Discharge], sent: Sent, ends: Mapping[str, float], cpu_ms: float
) -> Latency:
    through = sorted(
        (ends[discharge.patient_key] - due) * 1000
        for discharge, due in zip(discharges, sent.due, strict=True)
    )
    answered = sorted((at - due) * 1000 for at, due in zip(sent.answered, sent.due, strict=True))
    return Latency(
        len(through),
        _percentile(through, 0.5),
        _percentile(through, 0.99),
        _percentile(answered, 0.5),
        _percentile(answered, 0.99),
        cpu_ms,
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]
