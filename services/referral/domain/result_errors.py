"""What is refused of results that are missing."""

from services.chassis.errors import Refusal


class TestUnclear(Refusal):
    __test__ = False

    def __init__(self) -> None:
        super().__init__(
            "result.test_unclear",
            "refused",
            "Say which test it is, in 2 to 120 characters and one line.",
        )


class OrderedElsewhere(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "result.ordered_elsewhere",
            "refused",
            "Choose the team that ordered the test: one of the hospital that the patient left.",
        )


class DayUnlikely(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "result.day_unlikely",
            "refused",
            "Give a day from when the patient left until two years from now, or none.",
        )
