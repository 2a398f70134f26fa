"""Reads a folder of messages as they would be read at the door, and reports; nothing is stored or sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.onboarding.files import messages_in, skipped_in
from services.discharge.inbound.onboarding.look import Look, summary
from services.discharge.inbound.profiles.profile import Profiles


@dataclass
class _Report:
    """What there was in all messages together."""

    messages: int = 0
    events: Counter[str] = field(default_factory=Counter)
    profiles: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    ignored_segments: Counter[str] = field(default_factory=Counter)
    ignored_fields: Counter[str] = field(default_factory=Counter)
    guesses: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown_codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def take(self, file: str, number: int, look: Look) -> None:
        """Count one message in."""
        self.messages += 1
        self.events[look.event or "(none)"] += 1
        self.profiles[look.profile.id] += 1
        self.flags.update(look.incoming.flags)
        ignored = look.ignored()
        self.ignored_segments += ignored.segments
        self.ignored_fields += ignored.fields
        self.guesses += ignored.guesses
        self.unknown_codes += look.unknown_codes()
        answer = look.incoming.answer
        if answer.code != "AA":
            said = {"code": answer.code, "place": answer.place, "text": answer.text}
            self.refused.append({"file": file, "number": number} | said)

    def as_json(self, skipped: Sequence[Path]) -> dict[str, Any]:
        """The report, most frequent first."""
        return {
            "messages": self.messages,
            "accepted": self.messages - len(self.refused),
            "refused": self.refused,
            "events": _counted(self.events),
            "profiles": _counted(self.profiles),
            "flags": _counted(self.flags),
            "ignored_segments": _counted(self.ignored_segments),
            "ignored_fields": _counted(self.ignored_fields),
            "unknown_codes": [
                {"place": place, "value": value, "count": count}
                for (place, value), count in self.unknown_codes.most_common()
            ],
            "looks_like": [
                {"place": place, "what": what, "count": count}
                for (place, what), count in self.guesses.most_common()
            ],
            "skipped_files": [str(path) for path in skipped],
        }


def check(
    paths: Sequence[Path], profiles: Profiles, received_at: datetime, *, show_values: bool
) -> dict[str, Any]:
    """Read every message of these files and folders."""
    report, messages = _Report(), []
    for file, number, body in messages_in(paths):
        look = Look(body, Arrival(received_at, "mllp"), profiles, show_values=show_values)
        report.take(str(file), number, look)
        messages.append({"file": str(file), "number": number} | summary(look))
    return {"messages": messages, "report": report.as_json(skipped_in(paths))}


def _counted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
