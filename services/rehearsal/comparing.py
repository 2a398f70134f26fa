"""Expected beside found: row by row, with what is missing and what is too much named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Diff = list[str]


def whole(what: str, expected: Sequence[Row], found: Sequence[Row], shown: Sequence[str]) -> Diff:
    """The found rows must be the expected ones and no others, in any order; empty: they are."""
    missing, left = _pair(expected, found)
    return _tell(what, missing, [_short(row, _fields(expected, shown)) for row in left])


def some(what: str, expected: Sequence[Row], found: Sequence[Row], shown: Sequence[str]) -> Diff:
    """Every expected row must be found; others may be there too, and are shown where one is missing."""
    missing, left = _pair(expected, found)
    return _tell(what, missing, [_short(row, _fields(expected, shown)) for row in left], missing)


def counted(what: str, expected: Sequence[Row], found: Sequence[Row], named: str) -> Diff:
    """Of everything whose `named` field is mentioned, each expected row as often as its `count` says (or once)."""
    names = {row[named] for row in expected if named in row}
    concerned = [row for row in found if row.get(named) in names]
    wanted = [
        {name: value for name, value in row.items() if name != "count"}
        for row in expected
        for _ in range(int(row.get("count", 1)))
    ]
    missing, left = _pair(wanted, concerned)
    fields = _fields(expected, (named, "kind", "state", "channel"))
    return _tell(what, missing, [_short(row, fields) for row in left])


def as_often(
    what: str, expected: Sequence[Row], found: Sequence[Row], shown: Sequence[str]
) -> Diff:
    """What fits each expected row is found as often as its `count` says (or once); the rest does not matter."""
    lines = []
    for row in expected:
        asked = {name: value for name, value in row.items() if name != "count"}
        fitting = [one for one in found if fits(asked, one)]
        if len(fitting) != int(row.get("count", 1)):
            lines.append(f"  - {_line(asked)}  ({row.get('count', 1)} times)")
            lines.append(f"  + {len(fitting)} times")
    near = {row.get(shown[0]) for row in expected}
    fields = _fields(expected, shown)
    others = Counter(_short(row, fields) for row in found if row.get(shown[0]) in near)
    return (
        [f"{what}: expected (-) and found (+)", *lines, *map("  + {}".format, others)]
        if lines
        else []
    )


def in_order(what: str, expected: Sequence[Row], found: Sequence[Row]) -> Diff:
    """The expected rows are among the found ones, in this order."""
    places = iter(found)
    missing = [row for row in expected if not any(fits(row, place) for place in places)]
    fields = ("at", "what", "team", "rule", "by", "detail")
    return _tell(what, missing[:1], [_short(row, fields) for row in found], missing)


def never(what: str, forbidden: Sequence[Row], found: Sequence[Row], shown: Sequence[str]) -> Diff:
    """No found row may fit a forbidden one."""
    fields = _fields(forbidden, shown)
    bad = [_short(row, fields) for row in found if any(fits(one, row) for one in forbidden)]
    return _tell(f"{what} that must not be", [], bad)


def fits(expected: Row, found: Row) -> bool:
    """Whether every field that is written down is as written; `says` and `never_says` look into texts."""
    return all(_fits(name, value, found) for name, value in expected.items())


def _fits(name: str, value: Any, found: Row) -> bool:
    match name:
        case "says":
            return all(_in(text, found) for text in _texts(value))
        case "never_says":
            return not any(_in(text, found) for text in _texts(value))
        case _ if isinstance(value, list) and not isinstance(found.get(name), list):
            return found.get(name) in value
        case _:
            return bool(found.get(name) == value)


def _in(text: str, found: Row) -> bool:
    said = f"{found.get('subject', '')}\n{found.get('body', '')}{found.get('detail', '')}"
    return text.lower() in said.lower()


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _pair(expected: Sequence[Row], found: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Pair each expected row with a found one, the most demanding first; gives what has no partner on either side."""
    left = list(found)
    missing = []
    for row in sorted(expected, key=len, reverse=True):
        partner = next((one for one in left if fits(row, one)), None)
        if partner is None:
            missing.append(row)
        else:
            left.remove(partner)
    return missing, left


def _fields(expected: Sequence[Row], shown: Sequence[str]) -> list[str]:
    asked = [
        name for row in expected for name in row if name not in ("says", "never_says", "count")
    ]
    return list(dict.fromkeys([*shown, *asked]))


def _short(row: Row, fields: Sequence[str]) -> str:
    return _line({name: row[name] for name in fields if row.get(name) not in (None, "", [])})


def _line(row: Row) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.items())


def _tell(what: str, missing: Sequence[Row], left: Sequence[str], only_if: Any = True) -> Diff:
    if (not missing and not left) or not only_if:
        return []
    lines = [f"{what}: expected (-) and found (+)"]
    lines += [f"  - {_line(row)}" for row in missing]
    often = Counter(left)
    lines += [f"  + {line}" + (f"  ({n} times)" if n > 1 else "") for line, n in often.items()]
    return lines
