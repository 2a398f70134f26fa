"""What every test may ask for."""

pytest_plugins = [
    "tests.support.report",
    "tests.support.postgres",
    "tests.support.kafka",
    "tests.support.browser",
]
