"""What can be wrong with an import of the directory, or with what a team says of its load."""

from collections.abc import Sequence

from services.chassis.errors import Refusal


class EntriesRefused(Refusal):
    """The file cannot be read; every fault names its row and field."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        shown = "; ".join(self.faults[:20])
        more = f"; and {len(self.faults) - 20} more" if len(self.faults) > 20 else ""
        super().__init__("directory.unreadable", "refused", f"Nothing was changed. {shown}{more}")


class FaultsInDirectory(Refusal):
    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(
            "directory.faults", "refused", f"Nothing was changed. {'; '.join(faults[:20])}"
        )


class NothingNew(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "directory.nothing_new", "conflict", "The directory says all of this already."
        )


class ChangedSincePreview(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "directory.changed_since_preview",
            "conflict",
            "Somebody imported something else since you looked. Look again before you apply it.",
        )


class CapacityRefused(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "capacity.refused",
            "refused",
            "Say open, limited, full or closed, and a last day that is not over.",
        )


class NotYourTeam(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "team.not_yours", "forbidden", "Only the team itself says how much it can take on."
        )
