"""Audits made by hand: what a report is rendered from, with no model behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from whogains.records import (
    CostFinding,
    DataFinding,
    GammaFinding,
    GroupFinding,
    LimitsCurve,
    LimitsFinding,
    PopulationFinding,
)
from whogains.results import Findings

ALPHA, POWER, TOLERATED = 0.05, 0.8, 0.25
ATTRIBUTES = {
    "sex": ("Female", "Male"),
    "race": ("Black", "White"),
    "age": ("under 45", "45 and over"),
}
SIZES = (412, 388, 731, 1204, 377, 31, 590, 1179)
BENEFITS = {
    "squared_error": (9.1, -11.5, 0.6, 7.9, 5.2, 21.0, -2.8, 0.3),
    "sufficiency": (-6.4, 3.1, 0.2, -4.8, 2.2, -14.0, 5.9, 0.1),
    "incomprehensiveness": (4.4, 8.2, 0.4, 6.9, -1.3, 9.0, 7.7, 5.4),
}
SPREADS = {"squared_error": 38.0, "sufficiency": 30.0, "incomprehensiveness": 42.0}
COSTS = {"squared_error": 221.4, "sufficiency": 64.8, "incomprehensiveness": -310.2}

Make = Callable[..., Findings]


def _holm(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(raised, 1)
    return adjusted


def _verdict(gain: float, harm: float, same: float, n: int, signal: float) -> tuple[Any, Any]:
    if gain <= ALPHA:
        return "gain", None
    if harm <= ALPHA:
        return "harm", None
    if same <= ALPHA:
        return "no material difference", None
    if n < 20:
        return "cannot tell", "too few rows"
    return "cannot tell", "untestable" if norm.cdf(-signal / 2) > TOLERATED else "inconclusive"


def _bracket(signal: np.ndarray) -> tuple[float, float]:
    def errs(t: float) -> float:
        return float(0.5 * (norm.cdf(-t) + 1 - np.prod(norm.cdf(signal - t))))

    above = min(0.5, float(minimize_scalar(errs, bounds=(-4, 8), method="bounded").fun))
    return min(above, float(norm.cdf(-signal.min() / 2)) * 1.15), above


def _curve_verdict(below: float, above: float) -> Any:
    if below > TOLERATED:
        return "untestable"
    return "testable" if above <= TOLERATED else "borderline"


@cache
def _limits(sizes: tuple[int, ...], spread: float, epsilon: float) -> LimitsFinding:
    n = np.maximum(np.array(sizes, dtype=float), 1)
    grid = tuple(float(x) for x in epsilon * np.geomspace(0.1, 10, 41))
    ends = [_bracket(np.sqrt(n) * eps / spread) for eps in grid]
    below, above = _bracket(np.sqrt(n) * epsilon / spread)
    return LimitsFinding(
        epsilon=epsilon,
        paper=0.0,
        weighted=below * 0.8,
        below=below,
        above=above,
        detectable=float(2.9 * spread / np.sqrt(n.min())),
        verdict=_curve_verdict(below, above),
        curve=LimitsCurve(
            epsilon=grid,
            paper=tuple(max(0.0, 0.5 - x / epsilon / 4) for x in grid),
            weighted=tuple(0.8 * low for low, _ in ends),
            below=tuple(low for low, _ in ends),
            above=tuple(high for _, high in ends),
            untestable_alone=tuple(
                int((norm.cdf(-np.sqrt(m) * np.array(grid) / spread / 2) > TOLERATED).sum())
                for m in n
            ),
            verdict=tuple(_curve_verdict(low, high) for low, high in ends),
        ),
    )


def _cost(
    name: str,
    levels: Sequence[dict[str, str | None]],
    sizes: Sequence[int],
    *,
    epsilon: float,
    unit: str | None,
    explainer: str | None,
) -> CostFinding:
    n = np.array(sizes, dtype=float)
    bop = np.resize(np.array(BENEFITS[name]), len(levels))
    base = COSTS[name] + 3 * np.arange(len(levels))
    se = SPREADS[name] / np.sqrt(np.maximum(n, 1))
    gain, harm = norm.sf(bop / se), norm.cdf(bop / se)
    same = np.maximum(norm.sf((bop + epsilon) / se), norm.cdf((bop - epsilon) / se))
    gain_adjusted, harm_adjusted, same_adjusted = _holm(gain), _holm(harm), _holm(same)
    z = norm.isf(ALPHA / 2)
    groups = []
    for j, level in enumerate(levels):
        verdict, reason = _verdict(
            gain_adjusted[j], harm_adjusted[j], same_adjusted[j], sizes[j], epsilon / se[j]
        )
        if sizes[j] == 0:
            nothing: dict[str, Any] = {field.name: None for field in fields(GroupFinding)}
            known = {"group": level, "n": 0, "ci": (None, None), "verdict": "cannot tell"}
            groups.append(GroupFinding(**{**nothing, **known, "reason": "too few rows"}))
            continue
        groups.append(
            GroupFinding(
                group=level,
                n=sizes[j],
                cost_generic=float(base[j]),
                cost_personalized=float(base[j] - bop[j]),
                bop=float(bop[j]),
                se=float(se[j]),
                ci=(float(bop[j] - z * se[j]), float(bop[j] + z * se[j])),
                method="t",
                test="t",
                p_gain=float(gain[j]),
                p_harm=float(harm[j]),
                p_gain_adjusted=float(gain_adjusted[j]),
                p_harm_adjusted=float(harm_adjusted[j]),
                p_equivalent=float(same[j]),
                p_equivalent_adjusted=float(same_adjusted[j]),
                verdict=verdict,
                reason=reason,
                detectable=float((norm.isf(ALPHA) + norm.isf(1 - POWER)) * se[j]),
                note="fewer than 50 rows" if sizes[j] < 50 else None,
                required=int(
                    np.ceil(
                        ((norm.isf(ALPHA) + norm.isf(1 - POWER)) * SPREADS[name] / epsilon) ** 2
                    )
                ),
            )
        )
    worst = int(np.argmin(bop)) if len(levels) else None
    harmed = any(group.verdict == "harm" for group in groups)
    total = int(n.sum())
    whole = float((bop * n).sum() / total) if total else None
    return CostFinding(
        name=name,
        kind="explanation" if explainer else "prediction",
        label=name.replace("_", " "),
        unit=unit,
        explainer=explainer,
        keep=0.5 if explainer else None,
        epsilon=epsilon,
        population=PopulationFinding(
            n=total,
            cost_generic=COSTS[name] if total else None,
            cost_personalized=None if whole is None else COSTS[name] - whole,
            bop=whole,
            se=None if whole is None else SPREADS[name] / total**0.5,
            ci=(None, None)
            if whole is None
            else (
                whole - z * SPREADS[name] / total**0.5,
                whole + z * SPREADS[name] / total**0.5,
            ),
            method="t",
            test="t",
            p_gain=0.001 if total else None,
            p_harm=0.999 if total else None,
        ),
        gamma=GammaFinding(
            bop=None if worst is None else float(bop[worst]),
            group=None if worst is None else levels[worst],
            ci=(None, None)
            if worst is None
            else (float((bop - z * se).min()), float((bop + 2.7 * se).min())),
            method="t",
            test="intersection-union",
            p_every_group_gains=float(gain.max()) if len(levels) else None,
            verdict="some group is harmed" if harmed else "cannot tell",
        ),
        limits=_limits(tuple(sizes), SPREADS[name], epsilon)
        if len(levels)
        else LimitsFinding(epsilon, None, None, None, None, None, None),
        groups=tuple(groups),
    )


def make_findings(
    levels: Sequence[dict[str, str | None]] | None = None,
    sizes: Sequence[int] | None = None,
    *,
    unit: str | None = "mmHg²",
    explainer: str | None = "tree_shap",
    epsilon: float = 4.0,
    target: str = "systolic",
    notes: tuple[str, ...] = ("31 rows in one group: its interval is wide.",),
) -> Findings:
    """Make an audit of systolic blood pressure, or of any groups given."""
    if levels is None:
        levels = [
            dict(zip(ATTRIBUTES, each, strict=True)) for each in product(*ATTRIBUTES.values())
        ]
    sizes = tuple(np.resize(np.array(SIZES), len(levels)).tolist()) if sizes is None else sizes
    costs = [_cost("squared_error", levels, sizes, epsilon=epsilon, unit=unit, explainer=None)]
    if explainer:
        costs += [
            _cost(name, levels, sizes, epsilon=epsilon, unit=unit, explainer=explainer)
            for name in ("sufficiency", "incomprehensiveness")
        ]
    attributes = tuple(levels[0]) if levels else ("sex",)
    return Findings(
        version="1.2.3",
        created="2026-03-04T05:06:07Z",
        settings={
            "epsilon": None,
            "alpha": ALPHA,
            "power": POWER,
            "tolerated_error": TOLERATED,
            "convention": "average",
            "seed": 0,
            "folds": 5,
            "family": "groups within each cost",
            "versions": {"numpy": "2.3.1", "shap": "0.48.0"},
        },
        data=DataFinding(
            rows=sum(sizes),
            rows_dropped=34,
            personal=attributes,
            groups=attributes,
            target=target,
            task="regression",
        ),
        costs=tuple(costs),
        notes=notes,
    )


@pytest.fixture
def make() -> Make:
    """Give the function that makes audits."""
    return make_findings


@pytest.fixture
def findings() -> Findings:
    """Make the audit that most tests render."""
    return make_findings()
