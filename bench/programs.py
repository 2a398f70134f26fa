"""The two programs of a bench, each as three processes that can be started and ended."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench.site import Site
from deploy.local.ports import is_listening
from deploy.local.processes import Child, PartDidNotStart, start_child
from services.console.site.keys import SERVICES
from services.console.site.processes import Watched

_REPOSITORY = Path(__file__).resolve().parents[1]
_READY_WITHIN = 60.0


class Program(Protocol):
    """Something that takes discharges over MLLP and ends with alerts in the database."""

    name: str

    def start(self, site: Site, started: dict[str, Child]) -> None:
        """Start three processes, note each under the service that it is or stands for, return when all are ready."""


_OWN: Mapping[str, dict[str, str]] = {
    "discharge": {"BATON_MLLP_CONNECTIONS": "1000"},
    "notify": {"BATON_DELIVERY": "off"},
}


class Product:
    """The services themselves, as an operator runs them, open to many hospitals; only sending is turned off."""

    name = "product"

    def start(self, site: Site, started: dict[str, Child]) -> None:
        watched = []
        for service in SERVICES:
            told = site.environment.of(service) | _OWN.get(service, {})
            logs = site.plan.logs / self.name
            watched.append(Watched(service, f"services.{service}", told, logs))
            started[service] = watched[-1].child
        for process in watched:
            process.wait_until_ready()


class Floor:
    """The bare program of `bench/floor`."""

    name = "floor"

    def start(self, site: Site, started: dict[str, Child]) -> None:
        for service in SERVICES:
            started[service] = start_child(
                service,
                [sys.executable, "-m", f"bench.floor.{service}"],
                log=site.plan.logs / self.name / f"{service}.log",
                env=site.environment.of(service),
                cwd=_REPOSITORY,
            )
        port = site.plan.ports["mllp"]
        started["discharge"].wait_until(lambda: is_listening(port), _READY_WITHIN)


@contextmanager
def running(program: Program, site: Site) -> Iterator[Mapping[str, Child]]:
    """Run a program for as long as the block lasts. Raises `PartDidNotStart` when a part of it has ended by itself."""
    children: dict[str, Child] = {}
    try:
        program.start(site, children)
        yield children
        for name, child in children.items():
            if not child.is_running:
                raise PartDidNotStart(f"{name} of {program.name} has ended; see {child.log}")
    finally:
        for child in children.values():
            if child.is_running:
                child.process.terminate()
        for child in children.values():
            child.stop(grace=20)
