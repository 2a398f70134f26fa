"""`python -m services.console.page`."""

import sys

import uvicorn

from services.chassis import log
from services.chassis.settings import SettingsError, print_config
from services.console.page.app import build
from services.console.page.config import ConsoleSettings


def main() -> None:
    """Serve the operator page until somebody ends it."""
    try:
        settings = ConsoleSettings()
    except (SettingsError, ValueError) as error:
        sys.exit(f"console: {error}")
    if "--print-config" in sys.argv:
        print_config(settings)
        return
    log.configure("console", settings.log_level)
    uvicorn.run(
        build(settings),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
