"""Cells of several groups: gamma, every group gains, Holm; and rules that are no tests."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any, Literal

import numpy as np
from scipy.stats import norm

from calibration_costs import COSTS, TERNARY, FloatArray
from calibration_tools import (
    ALPHA,
    EFFECT,
    Cell,
    Clock,
    Row,
    blocks,
    draw_counts,
    estimates,
    joined,
)
from invalid_rules import percentile_bootstrap_of_minimum, sign_test_over_bootstrap
from whogains import inference as wi

LARGE = 6.0  # standard errors by which the other groups gain
METHOD_NAMES = ("none", "score", "t")


def group_sizes(design: str, d: int) -> FloatArray:
    """Return d group sizes: equal, or on a geometric grid from the first number to the second."""
    if " to " in design:
        low, high = (float(part.replace(",", "")) for part in design.split(" to "))
        return np.geomspace(low, high, d).round()
    return np.full(d, float(design))


def group_cell(cell: Cell) -> list[Row]:
    """Judge groups with no benefit, with one group of none among large gains, and one of harm."""
    d, design = cell.settings
    sizes = group_sizes(design, d)
    return _ternary_groups(cell, sizes) if cell.cost in TERNARY else _mean_groups(cell, sizes)


def _mean_groups(cell: Cell, sizes: FloatArray) -> list[Row]:
    """Simulate rows of a cost that takes many values: groups' means shifted to the truth wanted."""
    cost, rng, repeats, d = COSTS[cell.cost], cell.rng(), cell.repeats, len(sizes)
    columns, counts_moved, ideal = [], [], np.empty(d)
    for j, n in enumerate(sizes.astype(int)):
        parts, deciding = [], []
        for block in blocks(repeats, n):
            rows, differs = cost.sample(rng, (block, n))
            parts.append(estimates(rows))
            deciding.append(differs)
        columns.append(joined(parts))
        counts_moved.append(np.concatenate(deciding))
        ideal[j] = np.sqrt(np.mean((columns[-1].estimate - cost.mean) ** 2))
    noise, se, df, skewness = (
        np.stack([getattr(column, name) for column in columns], axis=1)
        for name in ("estimate", "se", "df", "skewness")
    )
    noise -= cost.mean
    moved = np.stack(counts_moved, axis=1)
    names = np.array(
        [
            wi.choose_method(
                ternary=False,
                bounded=False,
                n=sizes,
                units=sizes,
                moved=one,
                clustered=False,
                weighted=False,
            )
            for one in moved
        ]
    )
    nothing = names == "none"

    def interval(beta: FloatArray, alpha: float) -> wi.Interval:
        # Only gamma's upper end asks for less than ALPHA, and so for the tails of t.
        level = alpha if alpha >= ALPHA else alpha / wi.tail_penalty(d)
        found = wi.t_interval(noise + beta, se, df, skewness=skewness, alpha=level)
        return wi.Interval(
            np.where(nothing, np.nan, found.lower), np.where(nothing, np.nan, found.upper), "t"
        )

    def p(beta: FloatArray, alternative: Literal["greater", "less"]) -> FloatArray:
        found = wi.t_test(noise + beta, se, df, skewness=skewness, alternative=alternative)
        return np.where(nothing, np.nan, found)

    none: FloatArray = np.zeros(d)
    one = np.where(np.arange(d) == _weakest(names), 0.0, LARGE * ideal)
    harmed = np.where(np.arange(d) == _weakest(names), -EFFECT * ideal, none)
    counts = {name: int(v) for name in METHOD_NAMES if (v := np.count_nonzero(names == name))}
    found: list[Row] = []
    for label, beta in (("all alike", none), ("one without gain", one)):
        found.append(
            _gamma_row(label, noise + beta, partial(interval, beta), nothing, ideal=ideal.max())
        )
        found.append(_union_row(label, p(beta, "greater"), p(EFFECT * ideal, "greater")))
    # As the findings do: p-values by t pay for their tails before Holm corrects them.
    penalty = np.array([[wi.tail_penalty(int(k))] for k in np.count_nonzero(~nothing, axis=1)])
    false, true = (np.minimum(1.0, penalty * p(beta, "less")) for beta in (none, harmed))
    found.append(_holm_row(false, true, _weakest(names)))
    return [row | {"picks": counts} for row in found]


def _weakest(names: Any) -> int:
    """Return the first group that usually has a method (0 if none has)."""
    return int(np.argmax((names != "none").mean(axis=0) > 0.5))


def _ternary_groups(cell: Cell, sizes: FloatArray) -> list[Row]:
    """Simulate groups of a 0-1 cost, from counts."""
    gain, harm = TERNARY[cell.cost]
    rng, repeats, d = cell.rng(), cell.repeats, len(sizes)
    discordance = gain + harm
    ideal = np.sqrt(discordance / sizes)

    def draw(beta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        kept = np.clip(beta, -discordance, discordance)
        pairs = [
            draw_counts(rng, (discordance + b) / 2, (discordance - b) / 2, int(n), repeats)
            for b, n in zip(kept, sizes, strict=True)
        ]
        gains, harms = np.stack(pairs, axis=-1)
        return gains, harms, np.broadcast_to(sizes, gains.shape)

    none = draw(np.zeros(d))
    one = draw(np.where(np.arange(d) == 0, 0.0, LARGE * ideal))
    some = draw(EFFECT * ideal)
    harmed = draw(np.where(np.arange(d) == 0, -EFFECT * ideal, 0.0))
    nothing = np.zeros(none[0].shape, dtype=bool)
    rows = []
    for label, drawn in (("all alike", none), ("one without gain", one)):
        rows.append(
            _gamma_row(
                label,
                (drawn[0] - drawn[1]) / sizes,
                lambda alpha, drawn=drawn: wi.score_interval(*drawn, alpha=alpha),
                nothing,
                ideal=ideal.max(),
            )
        )
        rows.append(_union_row(label, wi.sign_test(*drawn[:2]), wi.sign_test(*some[:2])))
    false, true = (wi.sign_test(*drawn[:2], alternative="less") for drawn in (none, harmed))
    rows.append(_holm_row(false, true, 0))
    return [row | {"picks": {"score, sign": d * repeats}} for row in rows]


def _gamma_row(
    label: str, estimate: FloatArray, interval: Any, nothing: Any, *, ideal: float
) -> Row:
    """Summarize intervals of gamma, whose true value is 0."""
    repeats = len(estimate)
    tested = np.count_nonzero(~nothing, axis=1)
    tables = {alpha: interval(alpha) for alpha in {ALPHA, *(ALPHA / k for k in set(tested) if k)}}
    clock = Clock()
    ends = np.empty((repeats, 2))
    for i in range(repeats):

        def one(alpha: float, i: int = i) -> wi.Interval:
            table = tables[alpha]
            return wi.Interval(table.lower[i], table.upper[i], table.method)

        found = clock(partial(wi.gamma_interval, estimate[i], one, alpha=ALPHA))
        ends[i] = found.lower, found.upper
    given = tested > 0
    row: Row = {
        "method": f"gamma, {label}",
        "given": int(given.sum()),
        "seconds": clock.seconds / repeats,
    }
    if not given.any():
        return row
    width = (ends[given, 1] - ends[given, 0]).mean() / (2 * norm.isf(ALPHA / 2) * ideal)
    return row | {
        "low": float((ends[given, 0] > 0).mean()),
        "high": float((ends[given, 1] < 0).mean()),
        "width": float(width) if np.isfinite(width) else None,
    }


def _union_row(label: str, p: FloatArray, power: FloatArray) -> Row:
    """Test "every group gains" where one does not, and where each gains what it can detect."""
    clock = Clock()
    errors = [clock(partial(wi.intersection_union, one)) <= ALPHA for one in p]
    found = [wi.intersection_union(one) <= ALPHA for one in power]
    return {
        "method": f"every group gains, {label}",
        "given": len(p),
        "seconds": clock.seconds / len(p),
        "gain": float(np.mean(errors)),
        "power": float(np.mean(found)),
    }


def _holm_row(p: FloatArray, power: FloatArray, harmed: int) -> Row:
    """Find harm by Holm where there is none, and in the one group that has it."""
    clock = Clock()
    errors = [np.fmin.reduce(clock(partial(wi.holm, one)), initial=1.0) <= ALPHA for one in p]
    found = [wi.holm(one)[harmed] <= ALPHA for one in power]
    return {
        "method": "harm by Holm, all alike",
        "given": int(np.count_nonzero(~np.isnan(p).all(axis=1))),
        "seconds": clock.seconds / len(p),
        "harm": float(np.mean(errors)),
        "power": float(np.mean(found)),
    }


def comparison_cell(cell: Cell) -> list[Row]:
    """Rules that are not tests, and intervals that do not cover."""
    rng, n, repeats = cell.rng(), cell.n, cell.repeats
    rule, d = cell.settings
    groups = rng.standard_normal((repeats, d, n))
    if cell.cost in TERNARY:
        gain, harm = TERNARY[cell.cost]
        groups = rng.choice([1.0, -1.0, 0.0], p=[gain, harm, 1 - gain - harm], size=groups.shape)
    clock = Clock()
    row: Row = {"method": rule, "given": repeats}
    if rule == "paper's rule":
        epsilon = 0.1
        means = groups.mean(axis=2)
        # gamma = 0: one group without gain among groups that gain without a doubt.
        null = means + np.where(np.arange(d) == 0, 0.0, 10.0)
        row["gain"] = float(
            np.mean([clock(partial(wi.paper_rule, one, epsilon=epsilon)) for one in null])
        )
        row["power"] = float(
            np.mean([wi.paper_rule(one, epsilon=epsilon) for one in means + epsilon])
        )
    elif rule == "sign test over bootstrap replicates":
        call = partial(sign_test_over_bootstrap, replicates=100)
        row["gain"] = float(
            np.mean(
                [
                    clock(partial(call, one[0], random_state=i)) <= ALPHA
                    for i, one in enumerate(groups)
                ]
            )
        )
        row["replicates"] = 100
    else:
        library = rule.startswith("percentile")
        replicates = 199 if library else 99
        make = partial(_percentile if library else _fairlearn, replicates=replicates)
        ends = np.array([clock(partial(make, one, i)) for i, one in enumerate(groups)])
        row |= {
            "low": float((ends[:, 0] > 0).mean()),
            "high": float((ends[:, 1] < 0).mean()),
            "replicates": replicates,
            "width": float(np.ptp(ends, axis=1).mean() * np.sqrt(n) / (2 * norm.isf(ALPHA / 2))),
        }
    row["seconds"] = clock.seconds / repeats
    return [row | {"groups": d}]


def _percentile(groups: FloatArray, seed: int, replicates: int) -> tuple[float, float]:
    found = percentile_bootstrap_of_minimum(
        list(groups), replicates=replicates, random_state=seed, alpha=ALPHA
    )
    return float(found.lower), float(found.upper)


def _fairlearn(groups: FloatArray, seed: int, replicates: int) -> tuple[float, float]:
    """Bootstrap of fairlearn: of the mean with one group, of the smallest mean with several."""
    frames = import_module("fairlearn.metrics")
    d, n = groups.shape
    frame = frames.MetricFrame(
        metrics=lambda y_true, y_pred: float(np.mean(y_pred)),  # noqa: ARG005 - its signature
        y_true=np.zeros(d * n),
        y_pred=groups.ravel(),
        sensitive_features=np.repeat(np.arange(d), n),
        n_boot=replicates,
        ci_quantiles=[ALPHA / 2, 1 - ALPHA / 2],
        random_state=seed,
    )
    lower, upper = frame.group_min_ci()
    return float(lower), float(upper)
