"""One message as its sender's profile reads it: asks for a field by name, looks where that sender puts it."""

from services.discharge.domain.times import Moment
from services.discharge.inbound.clean import short
from services.discharge.inbound.hl7.reader import NULL, Fields, Message
from services.discharge.inbound.hl7.times import read_moment
from services.discharge.inbound.limits import LONGEST_TEXT
from services.discharge.inbound.profiles.fields import FieldName
from services.discharge.inbound.profiles.profile import Place, Profile

NOWHERE = Place("", 0, 0, "")


class Sheet:
    """A message, its profile, and what is found odd while reading."""

    __slots__ = ("_codes", "_heads", "flags", "message", "profile")

    def __init__(
        self,
        message: Message,
        profile: Profile,
        flags: list[str],
        heads: dict[str, Fields] | None = None,
    ) -> None:
        self.message = message
        self.profile = profile
        self.flags = flags
        self._codes = profile.codes
        self._heads = message.heads if heads is None else heads

    def with_first(self, segment: Fields) -> "Sheet":
        """The same message, with this segment as the first of its name."""
        return Sheet(self.message, self.profile, self.flags, {**self._heads, segment[0]: segment})

    def text(self, name: FieldName) -> tuple[str, Place]:
        """What the message says there, translated, and where; empty when it says nothing.

        `""` is returned as it is: the value is gone.
        """
        for place in self.profile.places[name]:
            segment = self._heads.get(place.segment)
            if segment is None or place.field >= len(segment):
                continue
            raw = segment[place.field]
            if not raw:
                continue
            if raw == NULL:
                return NULL, place
            value = self.message.value(segment, place.field, place.component or 1)
            if value:
                if len(value) > LONGEST_TEXT:
                    value = value[:LONGEST_TEXT]
                codes = self._codes.get(name)
                return (codes.get(value.upper(), value) if codes else value), place
        return "", NOWHERE

    def said(self, name: FieldName) -> tuple[str, str]:
        """Of a detail of a stay: as `text`, but a deleted one is flagged and says nothing (C2)."""
        value, place = self.text(name)
        if value == NULL:
            self.flags.append(f"deleted:{place.name}")
            return "", place.name
        return value, place.name

    def raw(self, name: FieldName) -> tuple[str, Place]:
        """The first of its places that holds anything, still escaped."""
        return next(iter(self.all_raw(name)), ("", NOWHERE))

    def one(self, name: FieldName, raw: str, place: Place) -> str:
        """The value of one field that `all_raw` found, translated."""
        first = self.message.split(raw)[:1]
        value = self.message.component(first[0], place.component or 1) if first else ""
        codes = self._codes.get(name, {})
        return codes.get(value.upper(), short(value))

    def all_raw(self, name: FieldName) -> list[tuple[str, Place]]:
        """All of its places that hold anything, still escaped."""
        found = []
        for place in self.profile.places[name]:
            segment = self._heads.get(place.segment)
            if segment is not None and place.field < len(segment) and segment[place.field]:
                found.append((segment[place.field], place))
        return found

    def each(self, name: FieldName) -> list[tuple[Fields, Place]]:
        """Every segment in which the field may stand."""
        places = self.profile.places[name]
        return [(one, place) for place in places for one in self.message.all(place.segment)]

    def moment(self, name: FieldName) -> Moment:
        """A time, by the clock of the sender."""
        value, place = self.text(name)
        return read_moment(value, place.name, self.profile.zone)

    def place(self, name: FieldName) -> str:
        """Where the sender would write it, for flags about what is missing."""
        places = self.profile.places[name]
        return places[0].name if places else name
