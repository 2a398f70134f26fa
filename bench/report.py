"""The figures for people, as Markdown, and for programs, as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.figures import Compared, Figures
from bench.goals import Goal
from bench.pairs import Pair

_HEAD = ("| figure | product | floor | product / floor |", "|---|---|---|---|")


def as_markdown(figures: Figures, goals: Sequence[Goal]) -> str:
    """Tables that say the same as the JSON, rounded."""
    return "\n".join(
        [
            *_HEAD,
            _line("discharges/s at saturation", figures.throughput, "{:,.0f}"),
            _line("CPU ms a discharge, generator left out", figures.cpu_ms, "{:.2f}"),
            *(
                _line(f"{name} ms at {rate}/s", getattr(load, field), "{:.1f}")
                for rate, load in figures.loads.items()
                for name, field in (
                    ("alert p50", "p50"),
                    ("alert p99", "p99"),
                    ("ACK p50", "ack_p50"),
                    ("ACK p99", "ack_p99"),
                    ("CPU", "cpu_ms"),
                )
            ),
            *(
                _line(f"peak MB of {name}", used, "{:.0f}")
                for name, used in figures.peak_mb.items()
            ),
            "",
            *_cpu_table(figures),
            "",
            *_work_table(figures.pairs[0]),
            "",
            *(f"- idle {part}: {used:.2f} % of a core" for part, used in figures.idle.items()),
            "",
            *(
                f"- {'kept' if goal.kept else 'MISSED'}: {goal.what}: {goal.reached}"
                for goal in goals
            ),
        ]
    )


def as_json(figures: Figures, goals: Sequence[Goal], about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything, unrounded."""
    return {
        "discharges_per_s": figures.throughput.product,
        "floor_per_s": figures.throughput.floor,
        "ratio": figures.ratio.median,
        "cpu_s_per_1000": _compared(figures.cpu_ms),
        "cpu_s_per_1000_by_part": {
            "product": figures.cpu_by_part(lambda pair: pair.product),
            "floor": figures.cpu_by_part(lambda pair: pair.floor),
        },
        "cpu_s_per_1000_at": {
            f"{rate}/s": _compared(load.cpu_ms) for rate, load in figures.loads.items()
        },
        "latency_ms": {
            f"{rate}/s": {
                "p50": _compared(load.p50),
                "p99": _compared(load.p99),
                "ack_p50": _compared(load.ack_p50),
                "ack_p99": _compared(load.ack_p99),
            }
            for rate, load in figures.loads.items()
        },
        "idle_cpu_percent": dict(figures.idle),
        "peak_rss_mb": {name: _compared(used) for name, used in figures.peak_mb.items()},
        "pairs": [_pair(pair) for pair in figures.pairs],
        "goals": [{"what": g.what, "reached": g.reached, "kept": g.kept} for g in goals],
        **about,
    }


def _line(what: str, compared: Compared, form: str) -> str:
    return f"| {what} | {form.format(compared.product)} | {form.format(compared.floor)} | {compared.ratio} |"


def _cpu_table(figures: Figures) -> list[str]:
    product = figures.cpu_by_part(lambda pair: pair.product)
    floor = figures.cpu_by_part(lambda pair: pair.floor)
    return [
        "| CPU ms a discharge | product | floor |",
        "|---|---|---|",
        *(f"| {part} | {product[part]:.3f} | {floor[part]:.3f} |" for part in product),
    ]


def _work_table(pair: Pair) -> list[str]:
    """Rows and messages for each discharge: the same for both, or the pair would not be here."""
    work = pair.product.work
    discharges = work.tables["discharge.spells"].count
    tallies = {**work.tables, **work.topics}
    return [
        "| equal work | a discharge |",
        "|---|---|",
        *(
            f"| {name} | {tally.count / discharges:.2f} |"
            for name, tally in tallies.items()
            if tally.count
        ),
        f"| bytes of event bodies | {work.bytes_on_topics / discharges:,.0f} |",
    ]


def _compared(compared: Compared) -> dict[str, float]:
    return {"product": compared.product, "floor": compared.floor, "ratio": compared.ratio.median}


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "discharges_per_s": pair.product.per_second,
        "floor_per_s": pair.floor.per_second,
        "ratio": pair.ratio,
        "drift": pair.drift,
        "others": pair.others,
        "loop_ms": [c.loop_ms for run in (pair.floor, pair.product) for c in run.calibrations],
        "fdatasync_ms": [
            c.fdatasync_ms for run in (pair.floor, pair.product) for c in run.calibrations
        ],
    }
