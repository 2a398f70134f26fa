"""How much one bench does: the full one for figures, the quick one for development."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """Discharges at a steady rate, whether or not the program keeps up."""

    per_second: int
    samples: int


@dataclass(frozen=True)
class Plan:
    """The size of one bench."""

    pairs: int
    """Runs of floor and product beside each other that must be usable."""
    spare_pairs: int
    """How many unusable pairs may be repeated."""
    warm_up: int
    counted: int
    connections: int
    """MLLP connections; each has one message on its way at a time."""
    loads: tuple[Load, ...]
    idle_seconds: float
    """How long the services of the first pair are watched at rest; 0 leaves that out."""
    patience: float = 60
    """Seconds without any progress after which a run is given up."""
    most_drift: float = 0.15
    """How far the machine's speed may be apart within a pair, for the pair to count."""
    most_others: float = 0.10
    """Share of the machine that other programs may use while a pair saturates it, for the pair to count."""
    minutes: float = 11
    """No pair begins that would probably end later than this."""

    @property
    def messages(self) -> int:
        """Discharges that one run sends."""
        return self.warm_up + self.counted + sum(load.samples for load in self.loads)


FULL = Plan(
    pairs=5,
    spare_pairs=2,
    warm_up=1_000,
    counted=12_000,
    connections=256,
    loads=(Load(50, 400), Load(200, 1_200)),
    idle_seconds=30,
)
QUICK = Plan(
    pairs=2,
    spare_pairs=1,
    warm_up=300,
    counted=3_000,
    connections=256,
    loads=(Load(50, 200), Load(200, 1_000)),
    idle_seconds=10,
)
