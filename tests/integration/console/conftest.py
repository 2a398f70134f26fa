"""Three services that answer as the test says."""

import json
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.console.page.app import build
from services.console.page.config import ConsoleSettings

PARKED_ID = "019a0000-0000-7000-8000-000000000001"
BEHIND_ID = "019a0000-0000-7000-8000-000000000002"
JOURNEY = "019a0000-0000-7000-8000-00000000000f"


class Services:
    """What stands in for discharge, referral and notify."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.parked: dict[str, list[dict[str, Any]]] = {}
        self.decided: list[dict[str, str]] = []
        """Who gave up a record, and why."""
        self.said: list[tuple[str, str, str, str]] = []
        """Method, service, path and authorization of each request."""

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        service, path = request.url.host, request.url.path
        self.said.append((request.method, service, path, request.headers["authorization"]))
        if service in self.away:
            raise httpx2.ConnectError("nobody there")
        if path == "/operations":
            return httpx2.Response(200, json=self.overview(service))
        if path == f"/operations/trace/{JOURNEY}":
            return httpx2.Response(200, json=[self.line(service)])
        if path.startswith("/operations/trace/"):
            return httpx2.Response(200, json=[])
        if not self.parked.get(service):
            return httpx2.Response(404, json={"title": "Not Found"})
        return self.about_parked(request)

    def about_parked(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={"records": [self.record(), self.behind()]})
        if request.url.path.endswith("/discard"):
            self.decided.append(json.loads(request.content))
        return httpx2.Response(200, json={"handled": 2, "left": 1})

    def overview(self, service: str) -> dict[str, Any]:
        return {
            "service": service,
            "ready": True,
            "reasons": {},
            "consumed_total": 1234,
            "published_total": 56,
            "outbox_unpublished": 0,
            "outbox_oldest_age_seconds": 0.0,
            "consumer_lag": 1,
            "parked": self.parked.get(service, []),
            "timers_overdue": 0,
            "relay_epoch": 3,
            "last_progress_at": 1795312800.0,
        }

    def park(self, service: str, **changes: Any) -> None:
        key = {
            "parked_id": PARKED_ID,
            "topic": "care.spells.v1",
            "key": "0" * 32,
            "reason": "poison",
            "error": "ValueError",
            "since": "2026-11-20T09:30:00+00:00",
            "records": 3,
        }
        self.parked.setdefault(service, []).append(key | changes)

    @staticmethod
    def record() -> dict[str, Any]:
        return {
            "parked_id": PARKED_ID,
            "topic": "care.spells.v1",
            "partition": 2,
            "kafka_offset": 41,
            "stream": "spell:019a",
            "sequence": 2,
            "reason": "poison",
            "error": "ValueError",
            "parked_at": "2026-11-20T09:30:00+00:00",
        }

    @classmethod
    def behind(cls) -> dict[str, Any]:
        return cls.record() | {
            "parked_id": BEHIND_ID,
            "sequence": 3,
            "reason": "behind",
            "error": "",
        }

    @staticmethod
    def line(service: str) -> dict[str, Any]:
        return {
            "service": service,
            "recorded_at": f"2026-11-20T09:30:0{len(service) % 10}.123456+00:00",
            "type": f"{service}.spoke",
            "stream": "thing:1",
            "sequence": 1,
            "unpublished": False,
        }


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def page_app(services: Services) -> FastAPI:
    settings = ConsoleSettings(
        environment="test",
        session_secret="session secret of a test",
        services=json.dumps(
            {name: f"http://{name}" for name in ("discharge", "referral", "notify")}
        ),
        operator_token="an operator's token",
    )
    return build(settings, httpx2.MockTransport(services.answer))
