"""What every test may ask for."""

import os

from hypothesis import HealthCheck, settings

# Tests measure no time: a busy machine must not fail a property. A build looks at the same examples every time; a
# developer's run looks at new ones.
settings.register_profile(
    "baton",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("baton")

pytest_plugins = [
    "tests.support.report",
    "tests.support.postgres",
    "tests.support.kafka",
    "tests.support.browser",
]
