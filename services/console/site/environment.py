"""What each process is told: its own BATON_ variables and no others, because unknown ones are refused."""

import json
import os
from collections.abc import Callable

from deploy.local.ports import LOOPBACK
from services.console.site.keys import SERVICES
from services.console.site.plan import Plan

Dsn = Callable[[str, str, str], str]
"""Connection string for a database, a role and its password."""


class Environment:
    """The environment variables of each process of one site."""

    def __init__(self, plan: Plan, *, kafka: str, paced: bool, dsn: Dsn) -> None:
        self._plan = plan
        self._kafka = {"BATON_KAFKA_BOOTSTRAP": kafka, "BATON_KAFKA_PACED": "1" if paced else "0"}
        self._dsn = dsn

    def of(self, service: str) -> dict[str, str]:
        """For a service at work: it comes as the role that can change no table."""
        return {
            **_inherited(),
            **self._common(service),
            **self._kafka,
            **self._own(service),
            "BATON_SITE_SECRET": self._plan.keys.site,
            "BATON_DATABASE_URL": self._dsn(
                "baton", f"baton_{service}", self._plan.keys.passwords[service]
            ),
        }

    def of_console(self) -> dict[str, str]:
        """For the operator page, which has neither database nor broker."""
        places = {service: self._plan.url(service) for service in SERVICES}
        return {
            **_inherited(),
            **self._common("console"),
            "BATON_SERVICES": json.dumps(places),
            "BATON_OPERATOR_TOKEN": self._plan.keys.operator_token,
        }

    def _common(self, part: str) -> dict[str, str]:
        return {
            "BATON_ENVIRONMENT": "demo",
            "BATON_HTTP_HOST": LOOPBACK,
            "BATON_HTTP_PORT": str(self._plan.ports[part]),
            "BATON_SESSION_SECRET": self._plan.keys.session,
            "BATON_API_TOKENS": self._plan.keys.api_tokens,
        }

    def _own(self, service: str) -> dict[str, str]:
        plan = self._plan
        if service == "discharge":
            return {"BATON_MLLP_HOST": LOOPBACK, "BATON_MLLP_PORT": str(plan.ports["mllp"])}
        if service == "referral":
            return {"BATON_DEMO_DEADLINE_DIVISOR": str(plan.deadline_divisor)}
        return {
            "BATON_SMTP_HOST": LOOPBACK,
            "BATON_SMTP_PORT": str(plan.ports["smtp"]),
            "BATON_MAIL_FROM": "baton@fellside.example.net",
            "BATON_LETTER_FOLDER": str(plan.letters),
            "BATON_PUBLIC_URL": plan.url("notify"),
            "BATON_STAFF_URL": plan.url("referral"),
            # Whoever tries things out at night wants to see the mail now.
            "BATON_QUIET_HOURS": "off",
            "BATON_SETTLING_SECONDS": "0",
        }


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
