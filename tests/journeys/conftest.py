"""One running site for all journeys; whatever a journey breaks, the next one finds mended."""

import os
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.support.verdict")

from tests.support import report  # noqa: E402  (after what it says above)
from tests.support.site import RunningSite, a_site  # noqa: E402


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest) -> Iterator[RunningSite]:
    with a_site(os.environ.get("BATON_TEST_KAFKA", "auto")) as site:
        report.used(request.config, "kafka", site.broker.describe())
        report.used(request.config, "postgres", site.postgres.describe())
        yield site


@pytest.fixture
def site(running: RunningSite) -> RunningSite:
    """The site, with every part of it up."""
    running.mend()
    return running
