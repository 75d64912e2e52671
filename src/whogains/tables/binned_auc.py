"""AUC of every group by two scans and no sort: counts of scores in bins, then each row's place.

The first scan counts the scores of each model, group and outcome in bins, from which the AUCs
follow with a bound on their error. The second looks every row's place up in the counts, and sums
what DeLong's paired variance needs. Where the bound is too large, rows are sorted instead.
"""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log10
from time import monotonic

import numpy as np
import numpy.typing as npt

from whogains.costs import Cost
from whogains.evidence import CostEvidence, Sums
from whogains.inference import auc_from_bins, bins_of_scores, deciding_rows, score_bin
from whogains.tables.columns import Reading
from whogains.tables.groups_kept import Kept
from whogains.tables.source import POLL_SECONDS, Source
from whogains.types import BoolArray, FloatArray, IntArray

# How far from the exact one an AUC may be.
TOLERATED = 1e-5
# Binary digits of a score that bins keep, and the most bytes of all counts: fewer if many groups.
DIGITS, FEWEST_DIGITS = 16, 11
MOST_BYTES = 2**29
# Below, a sort takes no longer than to look through all the bins (docs/engines-benchmark.md).
FEWEST_ROWS = 2_000_000
# Rows of a block.
BLOCK = 2**18
# Of a block's scores so many are different where ties need no attention.
DIFFERENT = 0.98
# Twice a rank must be in 32 bits.
MOST_ROWS = 2**30

Counted = npt.NDArray[np.int32]
Block = tuple[IntArray, IntArray, tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class BinnedEvidence:
    """The sums of the AUC by bins.

    Parameters
    ----------
    evidence : CostEvidence
        The sums.
    certificate : float
        The largest error that an AUC of a model in a group, or of everybody, can have.
    """

    evidence: CostEvidence
    certificate: float


def binned_auc(source: Source, reading: Reading, cost: Cost, kept: Kept) -> BinnedEvidence | None:
    """Sum each row's influence on the AUC of its group, by bins of the scores.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read; the outcome is 0 or 1, and there are no weights or clusters.
    cost : Cost
        Minus AUC.
    kept : Kept
        The groups whose rows count.

    Returns
    -------
    BinnedEvidence or None
        As from rows that are sorted, but for the error that the certificate bounds. None where it
        would be above 1e-5, since scores lie so close that bins do not tell them apart; where
        the counts of so many groups would not fit; and where rows are few or too many.

    Raises
    ------
    InputError
        If the data cannot be read; one line.
    """
    digits = _digits(len(kept.grouping))
    if digits is None or not FEWEST_ROWS <= kept.rows.sum() < MOST_ROWS:
        return None
    counts = [_Counts(len(kept.grouping), digits) for _ in range(2)]
    moved = np.zeros(2 * len(kept.grouping), dtype=np.int64)
    for code, y, scores in _blocks(source, reading, kept, "counting scores"):
        place = 2 * code + y
        moved += np.bincount(place[scores[0] != scores[1]], minlength=len(moved))
        for model, score in zip(counts, scores, strict=True):
            model.add(place, score)
    found = [model.areas() for model in counts]
    certificate = max(each.certificate for each in found)
    if certificate > TOLERATED:
        return None
    groups = _Moments(found[0].of_groups, found[1].of_groups, counts[0].rows())
    everybody = _Moments(found[0].of_all, found[1].of_all, groups.rows.sum(axis=0, keepdims=True))
    ranks = [model.ranks() for model in counts]
    for code, y, scores in _blocks(source, reading, kept, "placing scores"):
        bins = [score_bin(score, digits) for score in scores]
        for moments, of, tables in (
            (groups, code, [own for own, _ in ranks]),
            (everybody, np.zeros_like(code), [pooled for _, pooled in ranks]),
        ):
            # Ones are placed among the zeros of their group, and zeros among its ones.
            size = tables[0].shape[1]
            at = (2 * of + 1 - y) * size
            twice = [
                table.reshape(-1)[at + place] for table, place in zip(tables, bins, strict=True)
            ]
            moments.add(2 * of + y, twice[1] - twice[0])
    by_group = np.reshape(moved, (-1, 2))
    evidence = CostEvidence(
        cost,
        groups.sums(by_group),
        everybody.sums(by_group.sum(axis=0, keepdims=True)),
        reasons=tuple(groups.reasons()),
    )
    return BinnedEvidence(evidence, certificate)


def _digits(groups: int) -> int | None:
    """Choose how fine bins are, so that counts of both models and outcomes fit the memory."""
    for digits in range(DIGITS, FEWEST_DIGITS - 1, -1):
        if bins_of_scores(digits) * groups * 2 * 2 * np.dtype(np.int32).itemsize <= MOST_BYTES:
            return digits
    return None


def _blocks(source: Source, reading: Reading, kept: Kept, stage: str) -> Iterator[Block]:
    """Read group, outcome and both scores a block at a time, and report progress."""
    rows = (
        "SELECT CAST(code AS INTEGER) AS code, CAST(y AS TINYINT) AS y, "
        "CAST(p0 AS DOUBLE) AS p0, CAST(p1 AS DOUBLE) AS p1 "
        f"FROM ({kept.of_rows(reading)})"
    )
    total, done, started = int(kept.rows.sum()), 0, monotonic()
    for block in source.blocks(rows, BLOCK, reading.values):
        code, y, p0, p1 = (block[name].to_numpy() for name in ("code", "y", "p0", "p1"))
        yield code.astype(np.int64), y.astype(np.int64), (p0, p1)
        done += len(block)
        if source.progress is not None:
            speed = done / max(monotonic() - started, POLL_SECONDS)
            source.progress(f"{stage}, {speed / 1e6:.1f} million rows a second", done, total)


@dataclass(frozen=True, slots=True, eq=False)
class _Areas:
    """The AUCs of one model, shapes (d,) and (1,), and the largest error of them."""

    of_groups: FloatArray
    of_all: FloatArray
    certificate: float


class _Counts:
    """Counts of one model's scores: twice as many lines as groups, zeros and ones in turn."""

    def __init__(self, groups: int, digits: int) -> None:
        self.digits, self.size = digits, bins_of_scores(digits)
        self.counts = np.zeros((2 * groups, self.size), dtype=np.int32)
        self.ones = np.ones(BLOCK, dtype=np.int32)
        # The score of each bin, and whether it has others too; only where there are many ties.
        self.score: FloatArray | None = None
        self.several: BoolArray | None = None
        self.looked = False

    def add(self, place: IntArray, score: FloatArray) -> None:
        """Count a block."""
        bins = score_bin(score, self.digits)
        # Ones of the same kind as the counts: any others are added one by one.
        np.add.at(self.counts.reshape(-1), place * self.size + bins, self.ones[: len(bins)])
        if not self.looked:
            self.looked = True
            if len(np.unique(score)) < DIFFERENT * len(score):
                self.score = np.full(self.size, np.nan)
                self.several = np.zeros(self.size, dtype=np.bool_)
        if self.score is not None and self.several is not None:
            new = np.isnan(self.score[bins])
            self.score[bins[new]] = score[new]
            self.several[bins[self.score[bins] != score]] = True

    def rows(self) -> IntArray:
        """Count the zeros and ones of each group, shape (d, 2)."""
        found: IntArray = self.counts.sum(axis=1, dtype=np.int64).reshape(-1, 2)
        return found

    def areas(self) -> _Areas:
        """Compute the AUC of each group and of everybody."""
        single = None if self.several is None else ~self.several
        pooled = self._pooled()
        found = [
            auc_from_bins(lines[1], lines[0], single)
            for lines in (*self.counts.reshape(-1, 2, self.size), pooled)
        ]
        auc = np.array([each.auc for each in found])
        return _Areas(auc[:-1], auc[-1:], max(each.certificate for each in found))

    def ranks(self) -> tuple[Counted, Counted]:
        """Turn counts into twice the number of rows below each bin, own half counted; once."""
        pooled = self._pooled()
        for lines in (self.counts, pooled):
            for line in lines:
                below = np.cumsum(line, dtype=np.int32)
                below *= 2
                below -= line
                line[:] = below
        return self.counts, pooled

    def _pooled(self) -> Counted:
        pooled = np.zeros((2, self.size), dtype=np.int32)
        for line in self.counts.reshape(-1, 2, self.size):
            pooled += line
        return pooled


class _Moments:
    """Sums of how far apart the two models place each row, about the difference of the AUCs."""

    def __init__(self, generic: FloatArray, personalized: FloatArray, rows: IntArray) -> None:
        self.generic, self.personalized, self.rows = generic, personalized, rows
        n, of = rows.sum(axis=1, keepdims=True), rows
        some = rows.min(axis=1) >= 2
        with np.errstate(divide="ignore", invalid="ignore"):
            # As in `whogains.inference.auc_pair`: DeLong's m - 1 takes the place of m.
            factor = n * np.sqrt(of * (n - 1) / (n * np.maximum(of - 1, 1))) / of
            other = 1 / (2 * np.maximum(of[:, ::-1], 1))
        self.factor = np.where(some[:, None], factor, np.nan).reshape(-1)
        # A zero is placed the higher, the fewer ones are below it.
        self.unit = (other * np.array([-1, 1])).reshape(-1)
        self.bop = np.repeat(personalized - generic, 2)
        self.powers = np.zeros((3, rows.size))
        self.gains, self.harms = np.zeros((2, rows.size), dtype=np.int64)

    def add(self, place: IntArray, twice: IntArray) -> None:
        """Add rows by their line, group and outcome, and twice the difference of their ranks."""
        size = self.rows.size
        apart = twice * self.unit[place] - self.bop[place]
        apart *= self.factor[place]
        benefit = apart + self.bop[place]
        self.gains += np.bincount(place[benefit > 0], minlength=size)
        self.harms += np.bincount(place[benefit < 0], minlength=size)
        power = apart
        for i in range(3):
            self.powers[i] += np.bincount(place, power, minlength=size)
            power = power * apart if i < 2 else power

    def reasons(self) -> list[str | None]:
        """Say why a group has no AUC, or none with a variance."""
        return [
            "one class only" if rarer == 0 else "one row in a class" if rarer == 1 else None
            for rarer in self.rows.min(axis=1)
        ]

    def sums(self, moved: IntArray) -> Sums:
        """Give the sums of the pseudo-values; the mean of those about the AUCs is 0."""
        n = self.rows.sum(axis=1)
        one, two, three = self.powers.reshape(3, -1, 2).sum(axis=2)
        mean = np.divide(one, n, out=np.zeros(len(n)), where=n > 0)
        two = two - n * mean**2
        three = three - 3 * mean * two - n * mean**3
        there = n > 0
        known = np.where(self.rows.min(axis=1) >= 2, 0.0, np.nan)
        nothing = np.zeros(len(n))
        zeros, ones = self.rows.T.astype(np.float64)
        bop = self.personalized - self.generic

        def shown(values: FloatArray) -> FloatArray:
            return np.where(there, values + known, 0.0)

        return Sums(
            rows=n,
            units=n,
            moved=deciding_rows(ones, zeros, moved[:, 1], moved[:, 0]),
            gains=self.gains.reshape(-1, 2).sum(axis=1),
            harms=self.harms.reshape(-1, 2).sum(axis=1),
            ones=ones,
            ones_squared=ones,
            ones_cubed=ones,
            zeros=zeros,
            zeros_squared=zeros,
            zeros_cubed=zeros,
            weight=n.astype(np.float64),
            generic=shown(-self.generic),
            personalized=shown(-self.personalized),
            largest_generic=nothing,
            largest_personalized=nothing,
            mean_u=shown(bop),
            mean_v=there.astype(np.float64),
            m_uu=shown(two),
            m_uv=nothing,
            m_vv=nothing,
            m_uuu=shown(three),
            m_uuv=nothing,
            m_uvv=nothing,
            m_vvv=nothing,
            largest=there.astype(np.float64),
        )


def certificate_note(certificate: float) -> str | None:
    """Say how far an AUC by bins can be from the exact one; nothing where it is exact.

    Examples
    --------
    >>> certificate_note(2.134e-6)
    'AUC by counts of scores in bins: each is within 2.2e-06 of the exact one'
    >>> certificate_note(0.0) is None
    True
    """
    if certificate == 0:
        return None
    digits = 1 - floor(log10(certificate))
    # Rounded up: it is a bound.
    bound = ceil(certificate * 10.0**digits) / 10.0**digits
    return f"AUC by counts of scores in bins: each is within {bound:.1e} of the exact one"
