"""What the services tell their operator, and what an operator may ask of them, over HTTP."""

from typing import Any

from services.console.errors import ConsoleError
from services.console.site.state import SiteState

Json = Any


class Operator:
    """Asks one service after the other."""

    def __init__(self, site: SiteState, *, timeout: float = 10) -> None:
        import httpx2

        self._services = {name: place["http"] for name, place in site.services.items()}
        self._errors = httpx2.HTTPError
        self._http = httpx2.Client(
            headers={"Authorization": f"Bearer {site.token}"}, timeout=timeout
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

    def discard(self, service: str, parked_id: str, *, by: str, reason: str) -> Json:
        """Let the service give up one record; what waits behind it goes on."""
        path = f"/operations/parked/{parked_id}/discard"
        return self._ask("POST", service, path, json={"by": by, "reason": reason})

    def discarded(self, service: str) -> Json:
        """What was given up there, by whom and why."""
        return self._ask("GET", service, "/operations/parked/discarded")

    def count_again(self, service: str, **wanted: str | None) -> Json:
        """How many events would be published again, and up to when."""
        return self._ask("POST", service, "/operations/replay/count", json=wanted)

    def say_again(self, service: str, **wanted: str | None) -> Json:
        """Let the service publish the next few of these events again."""
        return self._ask("POST", service, "/operations/replay", json=wanted)

    def trace(self, service: str, correlation_id: str) -> Json:
        """What the service did in one journey."""
        return self._ask("GET", service, f"/operations/trace/{correlation_id}")

    def directory_check(self) -> Json:
        """What in the directory does not hold together."""
        return self._ask("GET", "referral", "/directory/check")

    def directory_preview(self, name: str, content: bytes) -> Json:
        """What a file would change in the directory; changes nothing."""
        path = "/directory/preview"
        return self._ask("POST", "referral", path, params={"name": name}, content=content)

    def directory_import(self, name: str, content: bytes, *, version: int, note: str) -> Json:
        """Change the directory as the file says, on top of the version that was looked at."""
        asked = {"name": name, "version": str(version), "note": note}
        return self._ask("POST", "referral", "/directory/imports", params=asked, content=content)

    def _ask(self, method: str, service: str, path: str, **given: Any) -> Json:
        if service not in self._services:
            raise ConsoleError(f"there is no service {service!r}, only {', '.join(self._services)}")
        try:
            said = self._http.request(method, self._services[service] + path, **given)
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
