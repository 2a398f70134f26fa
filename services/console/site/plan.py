"""Where every part of a site listens: the usual port where it is free, any other where it is not."""

from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_port, free_ports
from services.console.site.keys import SiteKeys

USUAL = {
    "console": 8000,
    "discharge": 8001,
    "referral": 8002,
    "notify": 8003,
    "mllp": 2575,
    "smtp": 2525,
    "mail": 8025,
    "kafka": 9092,
    "postgres": 5432,
}


@dataclass(frozen=True)
class Plan:
    """One site, decided before anything starts."""

    ports: dict[str, int]
    data: Path
    """Folder for everything that goes when the site ends."""
    logs: Path
    keys: SiteKeys = field(default_factory=SiteKeys)
    kafka: str = "auto"
    deadline_divisor: int = 1
    """Days of the rules last this many times shorter; 1 outside a demonstration."""

    def url(self, part: str) -> str:
        """Where a part answers HTTP."""
        return f"http://{LOOPBACK}:{self.ports[part]}"

    @property
    def letters(self) -> Path:
        """Where printed letters go."""
        return self.data / "letters"


def choose_ports(*, usual: bool = True) -> dict[str, int]:
    """A port for every part; without `usual` they are all taken from those that are free now."""
    if not usual:
        return dict(zip(USUAL, free_ports(len(USUAL)), strict=True))
    return {part: free_port(port) for part, port in USUAL.items()}
