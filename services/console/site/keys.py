"""Secrets of one site, made when it starts and forgotten when it ends."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

SERVICES = ("discharge", "referral", "notify")
EVERY_ROLE = (
    "hospital-system",
    "national-events",
    "integration-engineer",
    "team-member",
    "operator",
)


def new_secret() -> str:
    """256 bits of chance, in letters and digits, so that it fits into a connection string as it is."""
    return secrets.token_hex(32)


def token_entry(token: str, ref: str, roles: tuple[str, ...]) -> dict[str, object]:
    """What BATON_API_TOKENS says of a token: its hash, and whom it stands for."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return {"sha256": digest, "ref": ref, "roles": list(roles), "teams": ["*"]}


@dataclass(frozen=True)
class SiteKeys:
    """Every secret that the parts of a site need."""

    site: str = field(default_factory=new_secret)
    session: str = field(default_factory=new_secret)
    token: str = field(default_factory=new_secret)
    """Of somebody who may do everything."""
    operator_token: str = field(default_factory=new_secret)
    passwords: dict[str, str] = field(
        default_factory=lambda: {
            name: new_secret() for service in SERVICES for name in (service, f"{service}_owner")
        }
    )
    """Of the database roles `baton_<name>`."""

    @property
    def api_tokens(self) -> str:
        """The JSON of BATON_API_TOKENS."""
        return json.dumps(
            [
                token_entry(self.token, "local-driver", EVERY_ROLE),
                token_entry(self.operator_token, "operator-tools", ("operator",)),
            ]
        )
