"""False alarms of a watch over 50 looks, beside `compare` repeated, and how late it tells a harm.

Run ``python benchmarks/watching.py``; it goes on where it was stopped (``--cache``), for so many
streams a cell (``--streams``) or until a time is over (``--seconds``), and writes the table of
docs/watching.md. Seeded: a stream is the same in every run.

Each stream has 50 batches of one or two sizes. The watch is that of the package: its state is
built of sums in memory, and judged after each batch. Beside it the same sums are judged after
every batch as `whogains compare` would, and a fixed-sample test looks once, at the end.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from whogains.costs import prediction_costs
from whogains.evidence import (
    About,
    Collected,
    Evidence,
    Score,
    attribute,
    cross,
    evidence_from_scores,
    merge,
)
from whogains.inference import holm, mean_from_comoments, sign_test, t_test
from whogains.watching import Batch, Choices, State, judge

LOOKS = 50
ALPHA = 0.05
ROWS = 40  # of each group in each batch
COSTS = {"zero_one": "classification", "brier": "classification", "squared_error": "regression"}
EFFECTS = {"none": 0.0, "harm": 1.0, "harm from the middle": 1.0}
GROUPS = (2, 8)
PAGE = Path(__file__).parents[1] / "docs" / "watching.md"
MARKS = ("<!-- measured: begin -->", "<!-- measured: end -->")


def cells() -> Iterator[tuple[str, int, str]]:
    """List what is measured: cost, groups, and what happens to the first group."""
    for cost in COSTS:
        for groups in GROUPS:
            for effect in EFFECTS:
                yield cost, groups, effect


def batch(rng: np.random.Generator, cost: str, groups: int, harmed: bool) -> Evidence:
    """Draw a batch and sum it; where harmed, the first group is served worse."""
    n = ROWS * groups
    task = COSTS[cost]
    chosen = prediction_costs(task, (cost,))
    place = np.repeat(np.arange(groups), ROWS)
    names = [f"{j}" for j in range(groups)]
    grouping, codes = cross([attribute("g", place, names)])
    worse = (place == 0) & harmed
    if task == "classification":
        y = rng.integers(0, 2, n).astype(float)
        score = 2 * y - 1 + rng.normal(0, 1.5, n)
        noise = rng.normal(0, 0.7, n) - np.where(worse, 0.35, 0.0) * (2 * y - 1)
        # Both models are as good: each has noise of one size.
        first, second = score + rng.normal(0, 0.7, n), score + noise
        pair = [1 / (1 + np.exp(-each)) for each in (first, second)]
    else:
        y = rng.standard_t(5, n)
        pair = [rng.normal(0, 0.4, n), rng.normal(0, 0.4, n) + np.where(worse, 0.5, 0.0)]
    scores = tuple(Score(c, c.rows(y, pair[0]), c.rows(y, pair[1])) for c in chosen)
    return evidence_from_scores(scores, grouping, codes, y)


def repeated(parts: list[Evidence], cost: str) -> np.ndarray:
    """Judge the sums after every batch as `compare` does: whether any group is harmed."""
    found, whole = [], None
    for part in parts:
        whole = part if whole is None else merge(whole, part)
        sums = whole.costs[0].groups
        if cost == "zero_one":
            p = sign_test(sums.gains, sums.harms, alternative="less")
        else:
            mean = mean_from_comoments(
                sums.units,
                sums.mean_u,
                sums.mean_v,
                m_uu=sums.m_uu,
                m_uv=sums.m_uv,
                m_vv=sums.m_vv,
                third=(sums.m_uuu, sums.m_uuv, sums.m_uvv, sums.m_vvv),
            )
            p = t_test(mean.estimate, mean.se, mean.df, skewness=mean.skewness, alternative="less")
            # So small a sample has no test there.
            p = np.where(sums.rows < 150, np.nan, p)
        adjusted = holm(np.asarray(p))
        found.append(bool(np.nanmin(adjusted, initial=1.0) <= ALPHA))
    return np.array(found)


def stream(cost: str, groups: int, effect: str, number: int) -> dict[str, object]:
    """Play one stream: when the watch first says harm, and when `compare` would."""
    seed = [list(cells()).index((cost, groups, effect)), number]
    rng = np.random.default_rng(seed)
    starts = {"none": LOOKS, "harm": 0, "harm from the middle": LOOKS // 2}[effect]
    parts = [batch(rng, cost, groups, place >= starts) for place in range(LOOKS)]
    task = COSTS[cost]
    about = About("y", task, "1" if task == "classification" else None, None)
    batches = tuple(
        Batch(
            str(place),
            None,
            effect == "harm from the middle" and place == starts,
            str(place),
            0,
            Collected(part, about),
        )
        for place, part in enumerate(parts)
    )
    choices = Choices(
        "y", "a", "b", ("g",), task, about.positive, (cost,), {cost: 0.01}, {}, ALPHA, 10
    )
    watched = judge(State(choices, batches), version="benchmark")
    mine = [each.batch for each in watched.alarms if each.group["g"] == "0"]
    wrong = [each for each in watched.alarms if each.group["g"] != "0" or each.batch < starts]
    alarms = repeated(parts[starts:] if effect != "none" else parts, cost)
    return {
        "cost": cost,
        "groups": groups,
        "effect": effect,
        "stream": number,
        "false": len(wrong) > 0,
        "watch": min((each - starts + 1 for each in mine if each >= starts), default=None),
        "compare": int(np.argmax(alarms)) + 1 if alarms.any() else None,
        "fixed": bool(alarms[-1]),
        "reached": watched.costs[0].groups[0].ci[0] is not None,
    }


def table(rows: list[dict[str, object]]) -> str:
    """Write what was measured as Markdown."""
    by = defaultdict(list)
    for row in rows:
        by[row["cost"], row["groups"], row["effect"]].append(row)
    lines = [
        "| cost | groups | streams | watch: any false harm | `compare` each week | once, at end |",
        "|---|---|---|---|---|---|",
    ]
    for cost, groups, effect in cells():
        mine = by.get((cost, groups, effect), [])
        if effect == "none" and mine:
            n = len(mine)
            shares = (
                sum(bool(row["false"]) for row in mine) / n,
                sum(row["compare"] is not None for row in mine) / n,
                sum(bool(row["fixed"]) for row in mine) / n,
            )
            cells_of = " | ".join(f"{share:.3f}" for share in shares)
            lines.append(f"| {cost} | {groups} | {n:,} | {cells_of} |")
    lines += [
        "",
        "| cost | groups | first group harmed | streams | told | by batch | once, at end | false |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for cost, groups, effect in cells():
        mine = by.get((cost, groups, effect), [])
        if effect != "none" and mine:
            n = len(mine)
            when = [row["watch"] if row["watch"] is not None else np.inf for row in mine]
            middle = float(np.median(when))
            said = "never" if np.isinf(middle) else f"{middle:.0f}"
            told = np.isfinite(when).mean()
            fixed = sum(bool(row["fixed"]) for row in mine) / n
            wrong = sum(bool(row["false"]) for row in mine) / n
            start = "from the first" if effect == "harm" else "from batch 26, a restart"
            lines.append(
                f"| {cost} | {groups} | {start} | {n:,} | {told:.2f} | {said} | {fixed:.2f} "
                f"| {wrong:.3f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Run what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--cache", type=Path, default=Path("watching.jsonl"))
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    rows = []
    if asked.cache.exists():
        rows = [json.loads(line) for line in asked.cache.read_text().splitlines() if line]
    done = {(row["cost"], row["groups"], row["effect"], row["stream"]) for row in rows}
    end = time.monotonic() + asked.seconds
    with asked.cache.open("a") as cache:
        for number in range(asked.streams):
            for cell in cells():
                # A harm takes fewer streams to see than the lack of one.
                if (*cell, number) in done or (cell[2] != "none" and number % 4):
                    continue
                if time.monotonic() > end:
                    break
                row = stream(*cell, number)
                rows.append(row)
                cache.write(json.dumps(row) + "\n")
                cache.flush()
    text = table(rows)
    print(text)
    page = asked.page.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    asked.page.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
