"""What the services tell their operator, and what an operator may ask of them, over HTTP."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.errors import ConsoleError
from services.console.site import state as site_state

Json = Any


@dataclass(frozen=True)
class Reach:
    """How to reach the services."""

    services: Mapping[str, str]
    """URL of each service by name."""
    token: str


def reach() -> Reach:
    """The services that BATON_SERVICES and BATON_OPERATOR_TOKEN name, else those of the site on this machine."""
    if named := os.environ.get("BATON_SERVICES"):
        return Reach(json.loads(named), os.environ.get("BATON_OPERATOR_TOKEN", ""))
    site = site_state.running(site_state.home())
    return Reach({name: place["http"] for name, place in site.services.items()}, site.token)


class Operator:
    """Asks one service after the other."""

    def __init__(self, where: Reach, *, timeout: float = 10) -> None:
        import httpx2

        self._services = where.services
        self._errors = httpx2.HTTPError
        self._http = httpx2.Client(
            headers={"Authorization": f"Bearer {where.token}"}, timeout=timeout
        )

    @property
    def services(self) -> list[str]:
        """Their names."""
        return list(self._services)

    def overview(self, service: str) -> Json:
        """What the service says of itself; raises `ConsoleError` when it does not answer."""
        return self._ask("GET", service, "/operations")

    def parked(self, service: str) -> Json:
        """The keys that wait there."""
        return self._ask("GET", service, "/operations/parked")

    def parked_records(self, service: str, parked_id: str) -> Json:
        """What waits behind one key."""
        return self._ask("GET", service, f"/operations/parked/{parked_id}")

    def release(self, service: str, parked_id: str) -> Json:
        """Let the service try the records of one key again, in order."""
        return self._ask("POST", service, f"/operations/parked/{parked_id}/release")

    def trace(self, service: str, correlation_id: str) -> Json:
        """What the service did in one journey."""
        return self._ask("GET", service, f"/operations/trace/{correlation_id}")

    def _ask(self, method: str, service: str, path: str) -> Json:
        if service not in self._services:
            raise ConsoleError(f"there is no service {service!r}, only {', '.join(self._services)}")
        try:
            said = self._http.request(method, self._services[service] + path)
        except self._errors as error:
            raise ConsoleError(f"{service} does not answer ({type(error).__name__})") from None
        if said.is_success:
            return said.json()
        raise ConsoleError(f"{service}: {_sentence(said)}")


def _sentence(said: Any) -> str:
    """What a problem document says to a person."""
    try:
        problem = said.json()
    except ValueError:
        return f"answered {said.status_code}"
    return str(problem.get("detail") or problem.get("title") or said.status_code)
