"""The page of `choosing.py`: what was measured, as tables."""

from __future__ import annotations

from typing import Any

from scipy import stats

ALPHA, FIVE_HUNDRED = 0.05, 4000
Rows = list[dict[str, Any]]
KINDS = {
    "claims_wrong": "a step wrongly taken for a gain",
    "set_wrong": "a set certified for everybody that costs a group the margin",
    "need_wrong": "an attribute wrongly called needed, or not needed",
    "asked_in_vain": "an attribute asked that says nothing",
    "bound_wrong": "a value claimed that is above the true one",
}

WORLDS = """Written by `python benchmarks/choosing.py`, seeded; [choosing.md](choosing.md) says what
it means. Cells: 2, 3 and 5 attributes (4, 8 and 32 groups) × 1,000, 5,000 and 20,000 rows × normal
and 0-1 costs × seven worlds, and 3 attributes × 4,000 rows (500 a group). Normal costs: a person's
gain by a set has a standard deviation of .25 for each attribute and .3 for all; .12 is gained where
an attribute helps; delta is .03. Groups of fewer than 150 rows have no test then, as in the tool,
so that nothing is found for 3 attributes and 1,000 rows, or 5 and 1,000. 0-1 costs: 30 % wrong
before, and exact tests."""
WRONG = """Wrong: some group is served by a set that is no better for it than asking nothing. Value:
of the best possible, in worlds where something helps. Asked: the share of all questions, there
too. Ours chooses of a group's certified sets the one that asks least and is not estimated to lose
more than delta against the best of them; the second line, the one that no test shows to."""
MINIMAL = """The share of groups that are served by a set of least burden among all sets, nothing
included, that truly lose at most delta against the best; mean over worlds and costs: ours, the rule
of the second line, and the best point estimate in brackets."""
HOLM = """Holm over groups with as many times the least p-value as there are sets, and then any set
that passes at its group's step, certifies some set that does not gain its group in up to {:.3f} of
the samples of a cell ({} of {} cells above tolerance): it shows that a group gains by *some* set,
and not by which. Ours makes claims that hold for every set at once, and for every attribute in
them."""
RULES = (
    "| rule | mean wrong | largest cell | above tolerance | value, k = 3, 500 a group "
    "| the least of these cells | value | asked |"
)
FOUND = """Shares of groups routed, and of the best possible value; in brackets, samples in which
one set could be certified for everybody."""


def document(rows: Rows) -> str:
    """Write the page."""
    lines = [
        "# What advice keeps of what it promises",
        "",
        WORLDS,
        "",
        "## Ours: how often something wrong is claimed (at most 5 % is promised)",
        "",
        "| | samples | mean over cells | largest cell | cells | cells above tolerance |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for key, words in KINDS.items():
        known = [row for row in rows if row[key] is not None]
        pairs = [_share(row, key) for row in known]
        shares = [share for share, _ in pairs]
        over = sum(share > tolerance(n) for share, n in pairs)
        total = sum(n for _, n in pairs)
        lines.append(
            f"| {words} | {total:,} | {_mean(shares):.4f} | {max(shares):.3f} | {len(known)} "
            f"| {over} |"
        )
    lines += [
        "",
        f"Tolerance, exceeded by a valid rule in one cell of 1,000: {_tolerances()}.",
        "",
        "## Beside it: rules in use",
        "",
        WRONG,
        "",
        RULES,
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in rows[0]["rules"]:
        wrong = [(row["rules"][name]["wrong"], row["repeats"]) for row in rows]
        some = [row for row in rows if row["best"] > 0]
        middle = [row for row in some if row["k"] == 3 and row["n"] == FIVE_HUNDRED]
        lines.append(
            f"| {name} | {_mean([w for w, _ in wrong]):.3f} | {max(w for w, _ in wrong):.2f} "
            f"| {sum(w > tolerance(n) for w, n in wrong)} of {len(wrong)} "
            f"| {_value(middle, name)} | {_least_value(middle, name)} | {_value(some, name)} "
            f"| {_mean([row['rules'][name]['asked'] for row in some]):.2f} |"
        )
    lines += [
        "",
        HOLM.format(*_of_holm(rows)),
        "",
        "## How often the minimal set is found, by rows",
        "",
        MINIMAL,
        "",
        *_minimal(rows),
        "",
        "## How much is found, by rows",
        "",
        FOUND,
        "",
        "| world | cost | k | n = 1,000 | n = 5,000 | n = 20,000 |",
        "|---|---|--:|--:|--:|--:|",
    ]
    keys = dict.fromkeys((row["world"], row["cost"], row["k"]) for row in rows)
    for world, cost, k in keys:
        mine = [
            row
            for row in rows
            if (row["world"], row["cost"], row["k"]) == (world, cost, k)
            and row["n"] != FIVE_HUNDRED
        ]
        lines.append(f"| {world} | {cost} | {k} | {' | '.join(_found(row) for row in mine)} |")
    lines += [
        "",
        "## Every cell",
        "",
        f"| cell | samples | {' | '.join(KINDS.values())} |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = " | ".join(
            "–" if row[key] is None else f"{_share(row, key)[0]:.3f}" for key in KINDS
        )
        lines.append(f"| {row['cell']} | {row['repeats']} | {cells} |")
    return "\n".join(lines) + "\n"


def tolerance(n: int) -> float:
    """Give the share that a valid rule exceeds in one cell of a thousand."""
    return float(stats.binom.ppf(0.999, n, ALPHA)) / n


def _tolerances() -> str:
    sizes = {1000: "1,000", 300: "300", 150: "150"}
    return ", ".join(f"{tolerance(n):.3f} of {name} samples" for n, name in sizes.items())


def _of_holm(rows: Rows) -> tuple[float, int, int]:
    """Say how often Holm over groups certifies what does not gain: at most, and where."""
    shares = [(row["holm_claims_wrong"], row["repeats"]) for row in rows]
    over = sum(share > tolerance(n) for share, n in shares)
    return max(share for share, _ in shares), over, len(shares)


def _share(row: dict[str, Any], key: str) -> tuple[float, int]:
    """Give a share, and of how many samples."""
    if key == "bound_wrong":
        return row[key] / row["bounded"], row["bounded"]
    return row[key], row["bounded"] if key == "asked_in_vain" else row["repeats"]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _value(rows: Rows, rule: str) -> str:
    """Give the share of the best value that a rule reaches."""
    if not rows:
        return "–"
    return f"{_mean([row['rules'][rule]['value'] / row['best'] for row in rows]):.2f}"


def _least_value(rows: Rows, rule: str) -> str:
    """Give the share of the best value in the cell where it is least."""
    return f"{min((r['rules'][rule]['value'] / r['best'] for r in rows), default=0.0):.2f}"


def _minimal(rows: Rows) -> list[str]:
    """Say how often each rule finds the minimal set, by attributes and rows."""
    sizes = sorted({row["n"] for row in rows})
    names = ("ours", "ours, least not shown to lose", "best point estimate")
    lines = [
        f"| k | {' | '.join(f'n = {n:,}' for n in sizes)} |",
        f"|--:|{'--:|' * len(sizes)}",
    ]
    for k in sorted({row["k"] for row in rows}):
        cells = []
        for n in sizes:
            mine = [row["rules"] for row in rows if (row["k"], row["n"]) == (k, n)]
            if mine:
                one, other, best = (_mean([r[name]["minimal"] for r in mine]) for name in names)
            cells.append(f"{one:.2f}, {other:.2f} ({best:.2f})" if mine else "–")
        lines.append(f"| {k} | {' | '.join(cells)} |")
    return lines


def _found(row: dict[str, Any]) -> str:
    value = row["rules"]["ours"]["value"] / row["best"] if row["best"] > 0 else None
    of = "–" if value is None else f"{value:.2f}"
    return f"{row['routed']:.2f}, {of} ({row['set_found']:.2f})"
