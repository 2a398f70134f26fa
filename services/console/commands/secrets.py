"""`baton secrets`: what docker-compose.yml needs to be told, made fresh."""

import json

from services.console.site.keys import SiteKeys, new_secret, token_entry


def secrets() -> None:
    """Print a `.env`; each call makes other secrets."""
    keys = SiteKeys()
    tokens = json.dumps([token_entry(keys.operator_token, "operator-tools", ("operator",))])
    named = {
        "POSTGRES_PASSWORD": new_secret(),
        **{f"{name.upper()}_PASSWORD": word for name, word in keys.passwords.items()},
        "BATON_SITE_SECRET": keys.site,
        "BATON_SESSION_SECRET": keys.session,
        "BATON_OPERATOR_TOKEN": keys.operator_token,
        "BATON_API_TOKENS": f"'{tokens}'",
        "GRAFANA_PASSWORD": new_secret(),
    }
    for name, value in named.items():
        print(f"{name}={value}")
