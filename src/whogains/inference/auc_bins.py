"""The AUC from counts of scores in bins: sums that add, and how far off they can be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from whogains.types import BoolArray, FloatArray, IntArray

CountArray = npt.NDArray[np.integer]

# Octaves on either side of one half that have bins of their own: down to 2**-17, up to 1 - 2**-17.
OCTAVES = 16
MANTISSA = 52


def bins_of_scores(digits: int) -> int:
    """Count the bins of `score_bin`.

    Parameters
    ----------
    digits : int
        Binary digits that a score keeps, from 1 to 20.

    Returns
    -------
    int
        The number of bins.

    Raises
    ------
    ValueError
        If `digits` is negative.

    Notes
    -----
    Bins have no unit. As many octaves on either side of one half, each of ``2**digits`` bins, and
    one for 1. Derived here.

    Examples
    --------
    >>> bins_of_scores(1)
    65
    """
    return (2 * OCTAVES << digits) + 1


def score_bin(score: FloatArray, digits: int) -> IntArray:
    """Put scores into bins, in their order.

    Parameters
    ----------
    score : ndarray of float, shape (n,)
        From 0 to 1.
    digits : int
        Binary digits that a score keeps, from 1 to 20.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0 to ``bins_of_scores(digits) - 1``; a larger score is never in a smaller bin.

    Raises
    ------
    AttributeError
        If `score` is no array.

    Notes
    -----
    Bins have no unit. A float's own bits are in its order: the first `digits` of its mantissa under
    its exponent make a number that grows with it. Scores from one half on are told by their
    distance from 1, which is exact, so that bins are as fine near 1 as near 0: of relative width
    ``2**-digits``. Derived here.

    Examples
    --------
    >>> score_bin(np.array([0.0, 1e-300, 0.25, 0.5, 0.75, 1.0]), 1).tolist()
    [0, 0, 30, 32, 34, 64]
    """
    middle = OCTAVES << digits
    low = score < 0.5
    bits = np.where(low, score, 1.0 - score).view(np.int64)
    bits >>= MANTISSA - digits
    # The smallest of the octaves begins at 2**-(OCTAVES + 1).
    bits -= (1023 - 1 - OCTAVES) << digits
    np.maximum(bits, 0, out=bits)
    return np.where(low, bits, 2 * middle - bits)


class BinnedAuc(NamedTuple):
    """An AUC from bins.

    Attributes
    ----------
    auc : float
        Rows of one bin count as ties; NaN where a class has no row.
    certificate : float
        The exact AUC differs by no more.
    """

    auc: float
    certificate: float


def auc_from_bins(
    ones: CountArray, zeros: CountArray, single: BoolArray | None = None
) -> BinnedAuc:
    """Compute an AUC from the counts of both outcomes in bins of the score.

    Parameters
    ----------
    ones, zeros : ndarray of int, shape (B,)
        Rows of each outcome, in the order of the bins.
    single : ndarray of bool, shape (B,), optional
        Bins in which all rows have one and the same score, so that they are ties.

    Returns
    -------
    BinnedAuc
        The AUC, and how far from the exact one it can be.

    Raises
    ------
    ValueError
        If the numbers of bins differ.

    Notes
    -----
    With n_b ones and m_b zeros in bin b, pairs from different bins are in their true order, and
    those within a bin count one half where they may count from 0 to 1. The AUC is so off by at
    most ``sum(n_b * m_b) / (2 * N * M)`` over the bins that hold different scores. Counts of
    disjoint rows add. Derived here; exact for any numbers of rows.

    Examples
    --------
    >>> auc_from_bins(np.array([0, 1, 1]), np.array([2, 1, 0]))
    BinnedAuc(auc=0.9166666666666666, certificate=0.08333333333333333)
    """
    n, m = int(ones.sum()), int(zeros.sum())
    if min(n, m) == 0:
        return BinnedAuc(np.nan, 0.0)
    below = np.cumsum(zeros, dtype=np.int64) * 2 - zeros
    won = float(ones.astype(np.float64) @ below.astype(np.float64))
    product = ones.astype(np.float64) * zeros
    tied = float(product.sum() if single is None else product[~single].sum())
    return BinnedAuc(won / (2 * n * m), tied / (2 * n * m))
