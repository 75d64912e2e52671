"""Candidates for the interval of a procedure, judged over the cells of `crossfit.py`, as a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from whogains.inference import procedure_interval
from whogains.inference.procedure import BOTH_ROLES, SPREAD_LEFT

FloatArray = NDArray[np.float64]
Ends = tuple[FloatArray, FloatArray]
Cell = dict[str, Any]

FOLDS = 5
ALPHA = 0.05
LARGE = 150  # persons from which `choose_method` may give t
SPREAD = 3.3  # binomial standard errors that are tolerated


def _of(cell: Cell, name: str) -> FloatArray:
    return np.array(cell[name])


def persons(cell: Cell) -> FloatArray:
    """Return how many independent units a row of the table has, everybody first."""
    size = 3 if cell["world"] == "clusters" else 1
    units = np.full(cell["groups"], cell["n"] / cell["groups"])
    return np.r_[cell["n"], units] / size


def _student(estimate: FloatArray, variance: FloatArray, df: FloatArray) -> Ends:
    h = student.isf(ALPHA / 2, df) * np.sqrt(variance)
    return estimate - h, estimate + h


def _averaged(cell: Cell, variance: FloatArray, R: int = 10, df: Any = None) -> Ends:
    return _student(_of(cell, f"estimate_{R}"), variance, persons(cell) - 1 if df is None else df)


def single_run(cell: Cell) -> Ends:
    """One cross-fit and the usual standard error."""
    return _student(_of(cell, "estimate_1"), _of(cell, "person_1"), persons(cell) - 1)


def recommended(R: int, roles: float = BOTH_ROLES, left: float = SPREAD_LEFT) -> Any:
    """Give the interval of the library, from sums; or with other constants."""

    def ends(cell: Cell) -> Ends:
        people, spread = _of(cell, f"person_{R}"), _of(cell, f"between_{R}")
        se = np.sqrt(roles * (people + spread / R) + left * spread)
        found = procedure_interval(_of(cell, f"estimate_{R}"), se, persons(cell) - 1)
        return found.lower, found.upper

    return ends


def factor(a: float, R: int) -> Callable[[Cell], Ends]:
    """Give a times person and seeds, by Student."""

    def ends(cell: Cell) -> Ends:
        variance = a * (_of(cell, f"person_{R}") + _of(cell, f"between_{R}") / R)
        return _averaged(cell, variance, R)

    return ends


def corrected(R: int, df: int, a: float = 1.0) -> Callable[[Cell], Ends]:
    """Nadeau and Bengio's correction of the fold means of the first R repeats."""

    def ends(cell: Cell) -> Ends:
        variance = a * _of(cell, f"folds_{R}") * (1 / (R * FOLDS) + 1 / (FOLDS - 1))
        return _averaged(cell, variance, R, np.full(cell["groups"] + 1, df))

    return ends


def largest(cell: Cell) -> Ends:
    """Whichever is larger: the single run's squared error, or the corrected one."""
    folds = _of(cell, "folds_10") * (1 / (10 * FOLDS) + 1 / (FOLDS - 1))
    return _averaged(cell, np.maximum(_of(cell, "single_10"), folds))


def nested(cell: Cell) -> Ends:
    """Bates, Hastie and Tibshirani, within the limits that they give."""
    usual = _of(cell, "single_10")
    error = (_of(cell, "nested_a") - _of(cell, "nested_b")) * (FOLDS - 1) / FOLDS
    return _averaged(cell, np.clip(error, usual, FOLDS * usual))


def halves(cell: Cell) -> Ends:
    """Give the person part times what independent halves differ by beyond their errors."""
    own = _of(cell, "halves_own_10")
    times = np.divide(_of(cell, "halves_10"), own, out=np.ones_like(own), where=own > 0)
    people, seeds = _of(cell, "person_10"), _of(cell, "between_10") / 10
    return _averaged(cell, people * np.maximum(1, times) + seeds, df=np.full(own.shape[1], 10))


def held_out(cell: Cell) -> Ends:
    """Give the interval of a held-out part, three rows of ten."""
    df = np.maximum(0.3 * persons(cell) - 1, 1)
    return _student(_of(cell, "held"), _of(cell, "held_person"), df)


CANDIDATES: dict[str, Callable[[Cell], Ends]] = {
    "single run": single_run,
    "R = 10, error of a single run": lambda c: _averaged(c, _of(c, "single_10")),
    "R = 10, person": lambda c: _averaged(c, _of(c, "person_10")),
    "R = 10, person + seeds": factor(1, 10),
    "R = 10, 1.5 (person + seeds)": factor(1.5, 10),
    "R = 10, 2 (person + seeds)": factor(2, 10),
    "Nadeau-Bengio, R = 1, 4 df": corrected(1, 4),
    "1.5 x error of a single run, R = 1": lambda c: _student(
        _of(c, "estimate_1"), 2.25 * _of(c, "person_1"), persons(c) - 1
    ),
    "1.5 x error of a single run, R = 10": lambda c: _averaged(c, 2.25 * _of(c, "single_10")),
    "Nadeau-Bengio, R = 10, 49 df": corrected(10, 49),
    "Nadeau-Bengio, R = 10, 4 df": corrected(10, 4),
    "larger of single run and Nadeau-Bengio": largest,
    "nested cross-validation": nested,
    "R = 10, person x halves + seeds": halves,
    "recommended, without s² / 2, R = 10": recommended(10, left=0),
    "recommended, but 1.5 for 2, R = 10": recommended(10, 1.5),
    "recommended, R = 2": recommended(2),
    "recommended, R = 3": recommended(3),
    "recommended, R = 5": recommended(5),
    "recommended, R = 10": recommended(10),
}


def tolerated(nominal: float, samples: int) -> float:
    """Return the error rate up to which a method is said to hold its level."""
    return float(nominal + SPREAD * np.sqrt(nominal * (1 - nominal) / samples))


def judged(cell: Cell, method: Callable[[Cell], Ends], truth: FloatArray) -> dict[str, Any]:
    """Return how often each end errs, per row of the table, and how wide the interval is."""
    lower, upper = method(cell)
    given = np.isfinite(lower) & (upper > lower)
    low, high = (given & (lower > truth)).mean(axis=0), (given & (upper < truth)).mean(axis=0)
    first = single_run(cell)
    width = np.where(given, upper - lower, 0).mean(axis=0)
    with np.errstate(invalid="ignore"):
        width /= np.where(given, first[1] - first[0], 0).mean(axis=0)
    limits = tolerated(ALPHA / 2, len(lower)), tolerated(ALPHA, len(lower))
    out = (low > limits[0]) | (high > limits[0]) | (low + high > limits[1])
    return {
        "low": low,
        "high": high,
        "width": width,
        "out": out,
        "gain": (given & (lower > 0)).mean(axis=0),
        "harm": (given & (upper < 0)).mean(axis=0),
    }


def _summary(cells: list[Cell], method: Callable[[Cell], Ends]) -> str:
    everybody, large, small, widths, worst = 0, 0, 0, [], []
    for cell in cells:
        found = judged(cell, method, _of(cell, "truth"))
        enough = persons(cell)[1] >= LARGE
        everybody += bool(found["out"][0])
        large += int(enough and found["out"][1:].any())
        small += int(not enough and found["out"][1:].any())
        covered = 1 - found["low"] - found["high"]
        worst.append((covered[0], covered[1:].mean(), found["low"][0], found["high"][0]))
        widths.append((found["width"][0], np.nanmean(found["width"][1:])))
    least, most = np.min(worst, axis=0), np.max(worst, axis=0)
    width = np.mean(widths, axis=0)
    return (
        f"{least[0]:.3f} | {most[2]:.3f} | {most[3]:.3f} | {least[1]:.3f} | {everybody} | {large}"
        f" | {small} | {width[0]:.2f} | {width[1]:.2f} |"
    )


def _fits(cells: list[Cell]) -> str:
    """Describe how the held-out part covers its own pair, and the procedure."""
    if not any(persons(cell)[0] * 0.3 >= LARGE for cell in cells):
        return "none of these cells does"
    own, whole = [], []
    for cell in cells:
        pair, truth = _of(cell, "pair"), _of(cell, "truth_held")
        if persons(cell)[0] * 0.3 < LARGE:
            continue
        for target, into in ((pair, own), (truth, whole)):
            found = judged(cell, held_out, target)
            into.append(1 - found["low"][0] - found["high"][0])
    return (
        f"it covered what that pair gains (on {20_000:,} new people) with {min(own):.3f} to"
        f" {max(own):.3f}, and the procedure with {min(whole):.3f} to {max(whole):.3f}"
    )


def _rows(cells: list[Cell]) -> list[str]:
    names = ("single run", "Nadeau-Bengio, R = 10, 49 df", "nested cross-validation")
    names += ("recommended, R = 5", "recommended, R = 10")
    lines = []
    for cell in cells:
        truth = _of(cell, "truth")
        line = f"| {cell['model']} | {cell['world']} | {cell['n']:,} | {cell['groups']} "
        line += f"| {len(cell['held'])} | {truth[0]:+.4f} "
        for name in names:
            found = judged(cell, CANDIDATES[name], truth)
            covered = 1 - found["low"] - found["high"]
            line += f"| {covered[0]:.3f} / {covered[1:].mean():.3f} "
        line += f"| {found['low'][0]:.3f} / {found['high'][0]:.3f} | {found['width'][0]:.2f} |"
        lines.append(line)
    return lines


def _verdicts(cells: list[Cell]) -> list[str]:
    lines = []
    for cell in cells:
        if cell["world"] not in ("noise", "labels", "clusters", "correlated"):
            continue
        parts = []
        for name in ("single run", "recommended, R = 10"):
            found = judged(cell, CANDIDATES[name], _of(cell, "truth"))
            parts += [f"{found[v][0]:.3f} / {found[v][1:].mean():.3f}" for v in ("gain", "harm")]
        lines.append(
            f"| {cell['model']} | {cell['world']} | {cell['n']:,} | {cell['groups']} | "
            f"{' | '.join(parts)} |"
        )
    return lines


def _failures(cells: list[Cell], R: int) -> list[str]:
    lines = []
    for cell in cells:
        found = judged(cell, CANDIDATES[f"recommended, R = {R}"], _of(cell, "truth"))
        for g in np.flatnonzero(found["out"]):
            who = "everybody" if g == 0 else f"a group of {persons(cell)[g]:.0f}"
            lines.append(
                f"- R = {R}, {cell['model']}, {cell['world']}, n = {cell['n']:,}, "
                f"{cell['groups']} groups, {who}: ends err with {found['low'][g]:.3f} and "
                f"{found['high'][g]:.3f}."
            )
    return lines


INTRODUCTION = f"""
A *procedure* is a way to learn: its benefit is what asking for the attribute gains on average over
training sets of this size, seeds and folds. Each cell draws 100 to 200 data sets, cross-fits each
10 times (5 folds, new folds and new seeds), and asks how often a 95 % interval covers the
procedure's true benefit, averaged over 600 to 3,000 fresh training sets of 4/5 n rows with 4,000
new people each. Worlds: an attribute without effect (*noise*; *labels*: 0-1 cost; *clusters*: three
rows a person; *correlated*: the features nearly tell it), and one with (*effect*, *interaction*).

- *single run* is the usual error of one cross-fit. It takes the models as given, but each person
  also trains the models by which others are judged. It fails in both directions.
- *person* is the usual squared error of benefits averaged over the R repeats, *seeds* the variance
  between repeats divided by R.
- *recommended*: se² = 2 (person + seeds) + s² / 2, s² the variance between repeats; the upper end
  on the scale of roots (at most 1.5 times as far as Student's): a fit that happens to find little
  has a small error too, so that end is missed most.
- *Nadeau-Bengio* corrects the variance of fold means; *nested* is that of Bates, Hastie and
  Tibshirani with 5 repeats; *halves* compares 10 random pairs of disjoint halves.
- *out*: cells in which an end errs more than .025, or both more than .05, by over 3.3 binomial
  standard errors; for groups, any group. Small groups hold under {LARGE} persons: there t gives no
  interval for a cost without known range anyway.
- The factor 2 is what a lightly shrunk fit needs on noise. Models that keep a share k of a real
  effect need up to (2 - k)²; *shrunk ridge* keeps a third (last table).
- The constants were chosen on these cells, the smallest round ones that held in all; the last
  table, with samples of its own, is a check. The lower end, on which *gain* rests, has room.

In all of these cells groups are made by the attribute. Where they are made by another one too,
which moves the outcome and which no model is told, models are wrong about whole groups, and these
intervals fail: of 20 audits of 1,000 rows an attribute of noise gained some group in 16 and harmed
one in 17 (*other groups* in [null.md](null.md)). Audits therefore add what the fits of one round
show of other training people, by the delete-d jackknife, wherever that is more than the recommended
error has of it (`whogains.inference.procedure_error`), and deal folds without regard to groups,
which would hide it. Both came after these cells; the error is never less than the recommended one,
and several times too large for models whose fits differ much by chance
([procedure.md](procedure.md)).
"""

KEPT = """
One attribute of two values, no features, 400 rows, R = 5, 1,000 data sets: how often the lower /
upper end of the recommended interval errs (nominal .025 each). The standard error of the effect is
.05. **A model that keeps .8 or less of what the attribute does errs too often at the upper end
where the effect is one to three standard errors, and one that keeps a third or less elsewhere too:
an audit should then give no upper end (no *harm*, no *no material difference*) for the procedure.**
The lower end, and so *gain*, holds down to a third. The share shows in the data: out of fold, the
slope of y - h0 on hp - h0 is near to 1 / share.
"""


def document(cells: list[Cell], wanted: int, kept: list[str]) -> str:
    """Write the page."""
    if not cells:
        return "# What a procedure gains\n\nNo cell is finished yet.\n"
    head = "| model | world | n | groups "
    failures = _failures(cells, 5) + _failures(cells, 10)
    summary = ["interval", "everybody, worst cell", "lower end, worst", "upper end, worst"]
    summary += ["groups, worst cell", "out, everybody", "out, large groups", "out, small groups"]
    summary += ["width, everybody", "width, groups"]
    each = ["samples", "true benefit", "single run", "Nadeau-Bengio, R = 10", "nested"]
    each += ["recommended, R = 5", "R = 10", "ends", "width"]
    lines = [
        "# Does the interval of repeated cross-fitting cover what the procedure gains?",
        "",
        f"Written by `benchmarks/crossfit.py` from {len(cells)} finished cells of {wanted}.",
        INTRODUCTION,
        "## Candidates",
        "",
        "Widths are relative to a single run's, on average over cells. Coverage of everybody and,",
        "on average, of groups.",
        "",
        f"| {' | '.join(summary)} |",
        "|---" * len(summary) + "|",
        *(f"| {name} | {_summary(cells, method)}" for name, method in CANDIDATES.items()),
        "",
        "A held-out part (.3 of the rows, once) answers for the pair fitted on the others:",
        f"where it holds {LARGE} persons or more, {_fits(cells)}.",
        "",
        "## Where the recommended interval is out of tolerance",
        "",
        *(failures or ["Nowhere among these cells."]),
        "",
        "## Cells",
        "",
        "Coverage of everybody / mean over groups; errors of the recommended interval's lower /",
        "upper end for everybody, and its width, at R = 10.",
        "",
        f"{head}| {' | '.join(each)} |",
        "|---" * (len(each) + 4) + "|",
        *_rows(cells),
        "",
        "## Verdicts about an attribute that says nothing",
        "",
        "How often an interval lies above zero (gain) or below (harm), everybody / mean over",
        "groups, uncorrected. The true benefit is slightly negative in nearly all of these cells",
        "(see above), so *harm* is no error about the procedure.",
        "",
        f"{head}| single run: gain | harm | recommended, R = 10: gain | harm |",
        "|---" * 8 + "|",
        *_verdicts(cells),
        "",
        "## A model that keeps a share of the effect",
        KEPT,
        *kept,
        "",
    ]
    return "\n".join(lines)
