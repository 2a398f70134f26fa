"""`baton`, also reached as `python -m services.console`."""

import sys

from services.console.errors import ConsoleError


def main() -> None:
    """Run the command line; what a person can act on is one sentence, not a traceback."""
    from services.console.cli import app

    try:
        app(prog_name="baton")
    except ConsoleError as error:
        print(f"baton: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
