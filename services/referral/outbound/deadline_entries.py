"""Deadlines as pathway files say them: a kind, its numbers, and the anchor that they are counted from (B0)."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.referral.domain.counting import (
    AcademicYear,
    AfterPlanned,
    AgeAt,
    BeforeEvent,
    BeforePlanned,
    BusinessDaysUS,
    ByLocalTime,
    CalendarSpan,
    ClockHours,
    Counting,
    Offset,
    OpenDayHours,
    Roll,
    Unit,
    Window,
    WorkingDays,
)
from services.referral.domain.rules import Anchor
from services.referral.outbound.data_files import Entry

Count = Annotated[int, Field(gt=0, le=1000)]
_Days = Annotated[int, Field(ge=0, le=1000)]


class _Anchored(Entry):
    anchor: Anchor


class ClockHoursOffset(Entry):
    kind: Literal["clock_hours"]
    hours: Count

    def counting(self) -> ClockHours:
        return ClockHours(self.hours)


class OpenDayHoursOffset(Entry):
    kind: Literal["clock_hours_excluding_closed_days"]
    hours: Count

    def counting(self) -> OpenDayHours:
        return OpenDayHours(self.hours)


class WorkingDaysOffset(Entry):
    kind: Literal["working_days"]
    days: Count
    roll: Roll

    def counting(self) -> WorkingDays:
        return WorkingDays(self.days, self.roll)


class BusinessDaysUSOffset(Entry):
    kind: Literal["business_days_us"]
    days: Count

    def counting(self) -> BusinessDaysUS:
        return BusinessDaysUS(self.days)


class _SpanOffset(Entry):
    keeps_time: bool = False
    roll: Roll = "none"

    def _span(self, count: int, unit: Unit) -> CalendarSpan:
        return CalendarSpan(count, unit, self.keeps_time, self.roll)


class CalendarDaysOffset(_SpanOffset):
    kind: Literal["calendar_days"]
    days: _Days
    """None: by the end of the anchor's own day."""

    @model_validator(mode="after")
    def _later_than_its_anchor(self) -> Self:
        if self.keeps_time and not self.days:
            raise ValueError("no days later at the same time is no time at all")
        return self

    def counting(self) -> CalendarSpan:
        return self._span(self.days, "day")


class CalendarWeeksOffset(_SpanOffset):
    kind: Literal["calendar_weeks"]
    weeks: Count

    def counting(self) -> CalendarSpan:
        return self._span(self.weeks, "week")


class CalendarMonthsOffset(_SpanOffset):
    kind: Literal["calendar_months"]
    months: Count

    def counting(self) -> CalendarSpan:
        return self._span(self.months, "month")


class CalendarYearsOffset(_SpanOffset):
    kind: Literal["calendar_years"]
    years: Annotated[int, Field(gt=0, le=130)]

    def counting(self) -> CalendarSpan:
        return self._span(self.years, "year")


SpanEntry = CalendarDaysOffset | CalendarWeeksOffset | CalendarMonthsOffset | CalendarYearsOffset
OffsetEntry = Annotated[
    ClockHoursOffset | OpenDayHoursOffset | WorkingDaysOffset | BusinessDaysUSOffset | SpanEntry,
    Field(discriminator="kind"),
]
BackEntry = Annotated[ClockHoursOffset | WorkingDaysOffset | SpanEntry, Field(discriminator="kind")]


class ClockHoursEntry(_Anchored, ClockHoursOffset): ...


class OpenDayHoursEntry(_Anchored, OpenDayHoursOffset): ...


class WorkingDaysEntry(_Anchored, WorkingDaysOffset): ...


class BusinessDaysUSEntry(_Anchored, BusinessDaysUSOffset): ...


class CalendarDaysEntry(_Anchored, CalendarDaysOffset): ...


class CalendarWeeksEntry(_Anchored, CalendarWeeksOffset): ...


class CalendarMonthsEntry(_Anchored, CalendarMonthsOffset): ...


class CalendarYearsEntry(_Anchored, CalendarYearsOffset): ...


class ByLocalTimeEntry(_Anchored):
    kind: Literal["by_local_time"]
    time: time
    days: _Days = 1

    def counting(self) -> Counting:
        return ByLocalTime(self.time, self.days)


class WindowEntry(_Anchored):
    """In hours, or in two lengths of time."""

    kind: Literal["window"]
    after_hours: Count | None = None
    within_hours: Count | None = None
    not_before: OffsetEntry | None = None
    within: OffsetEntry | None = None

    @model_validator(mode="after")
    def _one_of_two_forms(self) -> Self:
        hours = (self.after_hours, self.within_hours)
        lengths = (self.not_before, self.within)
        if (None in hours) == (None in lengths) or any(hours) == any(lengths):
            raise ValueError("say after_hours and within_hours, or not_before and within")
        if self.after_hours and self.within_hours and self.after_hours >= self.within_hours:
            raise ValueError("the window closes before it opens")
        return self

    def counting(self) -> Counting:
        return Window(*self._parts())

    def _parts(self) -> tuple[Offset, Offset]:
        if self.not_before and self.within:
            return self.not_before.counting(), self.within.counting()
        return ClockHours(self.after_hours or 0), ClockHours(self.within_hours or 0)


class AgeAtEntry(_Anchored):
    kind: Literal["age_at"]
    years: Annotated[int, Field(gt=0, le=130)]

    def counting(self) -> Counting:
        return AgeAt(self.years)


class AcademicYearEntry(_Anchored):
    kind: Literal["academic_year"]
    year: Annotated[int, Field(ge=1, le=13)]
    point: Literal["start", "end"]

    def counting(self) -> Counting:
        return AcademicYear(self.year, self.point)


class BeforePlannedEntry(_Anchored):
    kind: Literal["before_planned"]
    by: BackEntry

    def counting(self) -> Counting:
        return BeforePlanned(self.by.counting())


class AfterPlannedEntry(_Anchored):
    kind: Literal["after_planned"]
    by: OffsetEntry

    def counting(self) -> Counting:
        return AfterPlanned(self.by.counting())


class BeforeEventEntry(_Anchored):
    kind: Literal["before_event"]
    event: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]
    backstop: OffsetEntry

    def counting(self) -> Counting:
        return BeforeEvent(self.event, self.backstop.counting())


DeadlineEntry = Annotated[
    ClockHoursEntry
    | OpenDayHoursEntry
    | WorkingDaysEntry
    | BusinessDaysUSEntry
    | CalendarDaysEntry
    | CalendarWeeksEntry
    | CalendarMonthsEntry
    | CalendarYearsEntry
    | ByLocalTimeEntry
    | WindowEntry
    | AgeAtEntry
    | AcademicYearEntry
    | BeforePlannedEntry
    | AfterPlannedEntry
    | BeforeEventEntry,
    Field(discriminator="kind"),
]
