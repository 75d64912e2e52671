"""The table and the chart of what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from math import sqrt
from pathlib import Path
from typing import Any, TypeAlias

from whogains.inference import MIN_SINGLES_T

Row: TypeAlias = dict[str, Any]

NOMINAL = {"low": 0.025, "high": 0.025, "miss": 0.05, "gain": 0.05, "harm": 0.05}
WORDS = {
    "low": "lower end",
    "high": "upper end",
    "miss": "coverage",
    "gain": "test of gain",
    "harm": "test of harm",
}
TOLERANCE = 3.3  # binomial standard errors


def rates(row: Row) -> dict[str, float]:
    """Errors of a row: of each end, of either, of the two tests."""
    found = {
        name: row[name] for name in ("low", "high", "gain", "harm") if row.get(name) is not None
    }
    if "low" in found:
        found["miss"] = found["low"] + found["high"]
    return found


def failures(row: Row) -> dict[str, float]:
    """Errors above their nominal level by more than binomial chance allows.

    Where ``auto`` gives an interval in less than half of the repeats, those are a selection that
    depends on the sample; counted is then the chance that it gives a wrong one.
    """
    if not row["given"]:
        return {}
    rare = row["method"] == "auto" and row["given"] < row["repeats"] / 2
    count = row["repeats"] if rare else row["given"]
    share = row["given"] / row["repeats"] if rare else 1.0
    return {
        name: rate
        for name, rate in rates(row).items()
        if rate * share
        > NOMINAL[name] + TOLERANCE * sqrt(NOMINAL[name] * (1 - NOMINAL[name]) / count)
    }


def document(rows: list[Row], *, repeats: int, options: str, picture: str) -> str:
    """Write the page; ``options`` are those that chose the cells."""
    auto = [row for row in rows if _automatic(row)]
    bad = [row for row in auto if failures(row)]
    parts = [
        "# Does every interval and test hold its level?",
        "",
        _introduction(rows, repeats, options),
        f"![Two-sided coverage by method and size]({picture})",
        "",
        "## What `auto` does",
        "",
        f"`auto` was judged in {len(auto)} cells and gave intervals or tests in",
        f"{sum(row['given'] > 0 for row in auto)} of them. Out of tolerance: {len(bad)}.",
        "",
        *(f"- {where(row)}: {_said(row)}" for row in bad),
        *([""] if bad else []),
        *_beyond(),
        *_selected(auto),
        "### What it chooses where",
        "",
        *_choices(rows),
        "### How it does",
        "",
        *_tables([row for row in auto if row["kind"] != "groups"], by="kind"),
        "### Several groups",
        "",
        *_group_notes(),
        *_tables([row for row in auto if row["kind"] == "groups"], by="method"),
        "## The smaller class of an AUC",
        "",
        *_classes(rows),
        "## Where a method does not hold its level",
        "",
        *_bad(row for row in rows if not _automatic(row) and row["kind"] != "comparisons"),
        "## Rules that are no tests, for comparison",
        "",
        *_comparisons(rows),
        "## Every method, every cell",
        "",
        *_everything(rows),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _beyond() -> list[str]:
    """Say where samples that err look like samples of another population."""
    missed = (1 - 0.01) ** MIN_SINGLES_T
    return [
        "No rule can see what a sample does not hold (Bahadur and Savage, 1956). Where rows come",
        f"in clusters and each of a group holds one row, `auto` asks for {MIN_SINGLES_T} of them:",
        f"large clusters that decide, one in 100, are then missing from {missed:.1%} of samples,",
        "and those err. Rarer ones are missing from more; and where the small clusters have two",
        "rows each, or no group has a cluster of more than one row, so that all are audited as",
        "rows, a sample without a large one looks like any other ([theory.md](theory.md)).",
        "",
        "Three corners that no rule sees are not among these cells ([theory.md](theory.md)): an",
        "AUC next to 1, squared errors whose tail of t(5) residuals comes from one model alone,",
        "and losses that are large, rare and of many sizes. `auto` gives intervals there, and an",
        "end errs with up to .06, in the last with .09 where 10 such losses are expected and .04",
        "where 20 are, in place of .025.",
        "",
        "Where the ends of t lie, what else was tried, and how far off an end may be where there",
        "are 30 to 149 units: [t-ends.md](t-ends.md).",
        "",
    ]


def _automatic(row: Row) -> bool:
    return bool(row["method"] == "auto" or row["kind"] == "groups")


def _introduction(rows: list[Row], repeats: int, options: str) -> str:
    bootstraps = sorted({row["replicates"] for row in rows if "replicates" in row})
    return f"""Written by `benchmarks/calibration.py{options}`.

Every cell draws {repeats:,} samples whose true benefit is known, and counts how often each method
errs. Intervals are two-sided at 95 %, so each end may err with .025 and either with .05; tests are
one-sided at .05. Every cell has a seed of its own, from a hash of its name: any order, any number
of processes and a run that was stopped and continued give the same numbers, but for the times.

- *lower, upper*: how often the interval lies above, or below, the truth. *coverage*: 1 less both.
- *gain, harm*: type I error of the one-sided tests where the null is just true.
- *power*: of the test of gain where the effect is 2.49 true standard errors, which a test that
  knew the spread would find with .8. (Equivalence: without any effect, and with margins that large;
  in the same sense .6.)
- *width*: mean width as a multiple of 2 x 1.96 true standard errors.
- *µs*: microseconds for one interval or test, vectorized over groups where the function is, on one
  core of an ordinary server. Times of metrics include the pseudo-values.
- *verdict*: "holds" where no error exceeds its nominal level by more than {TOLERANCE} binomial
  standard errors ({NOMINAL["low"] + TOLERANCE * sqrt(0.025 * 0.975 / repeats):.4f} for an end,
  {NOMINAL["miss"] + TOLERANCE * sqrt(0.05 * 0.95 / repeats):.4f} for both and for tests).
  Erring less than nominal is no failure; it shows in the width.

Every bootstrap interval is computed by the library, one sample at a time, with fewer resamples
than its default of 1,999 so that all repeats stay feasible: {", ".join(map(str, bootstraps))}
(in the tables). Left out: bootstrap intervals of 5,000 rows, betting row by row for 0-1 costs of
5,000 rows, and clusters and weights of other sizes than 50 and 100 for
the bootstrap. fairlearn's bootstrap takes 5 ms a resample, so it has {_fairlearn_repeats(rows)}.

To run it again: `python benchmarks/calibration.py --jobs 4`. Finished cells are kept in
`benchmarks/.calibration.jsonl`; delete it to start afresh. fairlearn is used if installed.
Some cells alone: `--only 'in 100 of 100, n = 150' --out other.md`.
"""


def _fairlearn_repeats(rows: list[Row]) -> str:
    own = {row["repeats"] for row in rows if row["method"].startswith("fairlearn")}
    return f"{max(own):,} repeats" if own else "no cells here (it was not installed)"


def where(row: Row) -> str:
    """Name the cell of a row."""
    settings = ", ".join(_setting(row))
    size = f", n = {row['n']:,}" if row["n"] else ""
    method = "" if row["method"] == "auto" else f" ({row['method']})"
    return f"{row['kind']}: {row['cost']}{f', {settings}' if settings else ''}{size}{method}"


def _setting(row: Row) -> list[str]:
    kind, settings = row["kind"], row["settings"]
    found: list[str] = []
    if kind == "groups":
        found = [f"{settings[0]} groups of {settings[1]}"]
    elif kind in {"clusters", "metrics of units"}:
        found = [str(settings[0])]
    elif kind == "weights":
        found = [f"weights lognormal({settings[0]:g})"]
    elif kind == "AUC, smallest class":
        found = [f"to {settings[1]:g}"]
    if row["cost"].startswith("AUC") and kind.startswith("metrics"):
        found.append(f"{settings[-1]:.0%} positive")
    return found


def _said(row: Row) -> str:
    return ", ".join(f"{WORDS[k]} {_rate(v, k)}" for k, v in failures(row).items())


def _rate(value: float | None, name: str = "") -> str:
    if value is None:
        return ""
    if name == "miss":
        return f"{1 - value:.3f}"
    return f"{value:.4f}" if name in {"low", "high"} else f"{value:.3f}"


def _table(titles: Iterable[str], lines: Iterable[Iterable[str]]) -> list[str]:
    head = list(titles)
    return [
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
        *(f"| {' | '.join(line)} |" for line in lines),
        "",
    ]


def _numbers(row: Row) -> list[str]:
    errors = rates(row)
    width = row.get("width")
    seconds = row.get("seconds")
    return [
        *(_rate(errors.get(name), name) for name in ("low", "high", "miss", "gain", "harm")),
        _rate(row.get("power")),
        "" if width is None else f"{width:.2f}",
        "" if seconds is None else f"{1e6 * seconds:.3g}",
    ]


NUMBERS = ("lower", "upper", "coverage", "gain", "harm", "power", "width", "µs")


def _verdict(row: Row) -> str:
    if not row["given"]:
        return "none given"
    return f"**fails**: {_said(row)}" if failures(row) else "holds"


def _picked(row: Row) -> str:
    total = sum(row["picks"].values())
    parts = sorted(row["picks"].items(), key=lambda item: -item[1])
    return ", ".join(k if v == total else f"{k} {v / total:.1%}" for k, v in parts)


def _tables(rows: list[Row], by: str) -> list[str]:
    lines = []
    for name, part in _grouped(rows, lambda row: str(row[by])).items():
        title = name[0].upper() + name[1:]
        lines += [f"#### {title}", ""]
        lines += _table(
            ("cost", "sizes", "chosen", *NUMBERS, "verdict"),
            (
                [
                    row["cost"],
                    ", ".join([*_setting(row), *([f"{row['n']:,}"] if row["n"] else [])]),
                    _picked(row),
                    *_numbers(row),
                    _verdict(row),
                ]
                for row in part
                if row["given"]
            ),
        )
        nothing = sum(not row["given"] for row in part)
        if nothing:
            lines += [f"In {nothing} more cells it gave no interval in any repeat.", ""]
    return lines


def _grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


def _selected(auto: list[Row]) -> list[str]:
    """List cells where an interval is given rarely, and then errs more."""
    rare = []
    for row in auto:
        if row["method"] == "auto" and 0 < row["given"] < row["repeats"] / 2:
            count = row["given"]
            over = {
                name: rate
                for name, rate in rates(row).items()
                if rate
                > NOMINAL[name] + TOLERANCE * sqrt(NOMINAL[name] * (1 - NOMINAL[name]) / count)
            }
            if over:
                said = ", ".join(f"{WORDS[k]} {_rate(v, k)}" for k, v in over.items())
                rare.append(f"- {where(row)}: an interval in {count / row['repeats']:.2%}; {said}")
    if not rare:
        return []
    return [
        "Where `auto` gives an interval in less than half of the samples, the verdict counts how",
        "often it gives a wrong one among all samples. Given that it gives one, the sample holds",
        "unusually many rows that moved, or none of the large clusters, and the errors among",
        "those few are above nominal here:",
        "",
        *rare,
        "",
    ]


def _choices(rows: list[Row]) -> list[str]:
    auto = [row for row in rows if row["method"] == "auto"]
    sizes = sorted({row["n"] for row in auto if row["kind"] != "AUC, smallest class"})
    lines = []
    part = [row for row in auto if row["kind"] != "AUC, smallest class"]
    named = _grouped(part, lambda row: ", ".join([row["kind"], row["cost"], *_setting(row)]))
    for name, cells in named.items():
        by_size = {row["n"]: _picked(row) for row in cells}
        lines.append([name, *(by_size.get(n, "") for n in sizes)])
    return _table(("cost", *(f"n = {n:,}" for n in sizes)), lines)


def _group_notes() -> list[str]:
    return [
        "*all alike*: no group gains or loses. *one without gain*: one group gains nothing and the",
        "others six standard errors, so that gamma is 0. The error of *every group gains* is that",
        "it is claimed; its power is for groups that each gain 2.49 standard errors (.8 each). The",
        "error of *harm by Holm* is that any group is claimed harmed; its power is to name the one",
        "group harmed by 2.49 standard errors. As in findings, p-values by t are multiplied by",
        "`tail_penalty` before Holm, and gamma's upper end by t pays the same. Sizes like *30 to",
        "3,000* are on a geometric grid.",
        "Widths are multiples of those of the smallest group, left out where an end is infinite.",
        "",
    ]


def _classes(rows: list[Row]) -> list[str]:
    part = [row for row in rows if row["kind"] == "AUC, smallest class" and row["method"] != "auto"]
    sizes = sorted({row["n"] for row in part})
    lines = []
    for name, cells in _grouped(
        part, lambda row: f"{row['method']} | {row['settings'][0]:g} to {row['settings'][1]:g}"
    ).items():
        by_size = {row["n"]: row for row in cells}
        line = [name]
        for n in sizes:
            row = by_size.get(n)
            if row is None or not row["given"]:
                line.append("")
                continue
            mark = "**" if failures(row) else ""
            low, high = row["low"], row["high"]
            line.append(f"{mark}{1 - low - high:.3f} ({low:.3f}/{high:.3f}){mark}")
        lines.append(line)
    return [
        "Two models' scores, normal in each class and correlated to .7; 500 rows of the other",
        "class. `auto` asks for 200 rows of the smaller class.",
        "Coverage, with the errors of the lower and upper ends; bold where out of tolerance.",
        "",
        *_table(("method", "AUC", *(f"{n} rows" for n in sizes)), lines),
    ]


def _bad(rows: Iterable[Row]) -> list[str]:
    failing = [row for row in rows if failures(row)]
    lines = []
    for name, part in _grouped(
        failing,
        lambda row: " | ".join(
            [row["method"], ", ".join([row["kind"], row["cost"], *_setting(row)])]
        ),
    ).items():
        worst = max(part, key=lambda row: max(v / NOMINAL[k] for k, v in failures(row).items()))
        sizes = ", ".join(f"{row['n']:,}" for row in part)
        lines.append([name, sizes, f"n = {worst['n']:,}: {_said(worst)}"])
    lines.sort()
    if not lines:
        return ["Nowhere in these cells.", ""]
    return [
        "`auto` does not choose a method in its failing cells, but in those samples of a cell",
        "(less than half) that look like samples of another. What it calls t is t with skewness.",
        "",
        *_table(("method", "data", "fails at n", "worst"), lines),
    ]


def _comparisons(rows: list[Row]) -> list[str]:
    lines = []
    for row in rows:
        if row["kind"] != "comparisons":
            continue
        errors = rates(row)
        lines.append(
            [
                row["method"],
                row["cost"],
                str(row["groups"]),
                f"{row['n']:,}",
                f"{row['repeats']:,}",
                str(row.get("replicates", "")),
                *(_rate(errors.get(name), name) for name in ("low", "high", "miss", "gain")),
                _rate(row.get("power")),
                _verdict(row),
            ]
        )
    titles = ("rule", "data", "groups", "n each", "repeats", "resamples")
    return [
        "The paper's rule claims that every group gains epsilon when every estimate does; here",
        "epsilon is .1 (normal: .1 standard deviations), the error is that of the claim where one",
        "group gains nothing and the power where every group gains exactly epsilon.",
        "",
        *_table((*titles, "lower", "upper", "coverage", "gain", "power", "verdict"), lines),
    ]


def _everything(rows: list[Row]) -> list[str]:
    lines = []
    part = [row for row in rows if not _automatic(row) and row["kind"] in _DETAILED]
    for name, cells in _grouped(part, lambda row: f"{row['method']} ({row['kind']})").items():
        lines += ["<details>", f"<summary>{name}: {len(cells)} cells</summary>", ""]
        lines += _table(
            ("cost", "n", "given", *NUMBERS, "resamples", "verdict"),
            (
                [
                    ", ".join([row["cost"], *_setting(row)]),
                    f"{row['n']:,}",
                    f"{row['given'] / row['repeats']:.1%}",
                    *_numbers(row),
                    str(row.get("replicates", "")),
                    _verdict(row),
                ]
                for row in cells
            ),
        )
        lines += ["</details>", ""]
    return lines


_DETAILED = ("rows", "0-1", "clusters", "weights", "metrics")


def chart(rows: list[Row], path: Path) -> None:
    """Draw two-sided coverage against size, one panel per method."""
    import altair as alt

    values = []
    for row in rows:
        if row["kind"] not in _DETAILED or "low" not in row or row["given"] < row["repeats"] / 2:
            continue
        method = row["method"].replace(", counts", "").replace(", rows", "")
        if method.startswith(("DeLong", "R2")):
            method = method.split(", ", 1)[1]
        values.append(
            {
                "method": method,
                "n": row["n"],
                # A panel has room for .85 to 1; lower points sit on its edge.
                "coverage": max(1 - row["low"] - row["high"], 0.85),
                "nominal": 0.95,
                "data": row["kind"],
                "cell": "|".join([row["kind"], row["cost"], row["method"], *_setting(row)]),
            }
        )
    sizes = sorted({value["n"] for value in values})
    axis = alt.Axis(values=sizes, labelAngle=-45, format="d")
    x = alt.X("n:Q", scale=alt.Scale(type="log"), axis=axis, title="rows or clusters")
    base = alt.Chart(alt.InlineData(values=values))
    lines = base.mark_line(opacity=0.6, strokeWidth=1, point=alt.OverlayMarkDef(size=10)).encode(
        x=x,
        y=alt.Y("coverage:Q", scale=alt.Scale(domain=[0.85, 1]), title="coverage (edge: less)"),
        color=alt.Color("data:N", title="data"),
        detail="cell:N",
    )
    nominal = base.mark_rule(strokeDash=[4, 3]).encode(y="mean(nominal):Q")
    order = ["auto", *sorted({value["method"] for value in values} - {"auto"})]
    (
        alt.layer(lines, nominal)
        .properties(width=230, height=150)
        .facet(facet=alt.Facet("method:N", sort=order, title=None), columns=3)
        # No label for every point: a third of the size.
        .configure_mark(aria=False)
        .save(path)
    )
