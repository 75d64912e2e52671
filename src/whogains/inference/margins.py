"""Tests against a margin, built from any one-sided test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from whogains.inference._arrays import Alternative
from whogains.types import FloatArray


class OneSidedTest(Protocol):
    """A one-sided test with its data already filled in, e.g. ``partial(t_test, b, se, df)``."""

    def __call__(self, *, null: float, alternative: Alternative) -> FloatArray:
        """Return the p-values (d,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Equivalence:
    """Two one-sided tests against margins of epsilon.

    Parameters
    ----------
    above : ndarray (d,)
        P-values for the null beta <= -epsilon.
    below : ndarray (d,)
        P-values for the null beta >= epsilon.
    """

    above: FloatArray
    below: FloatArray

    @property
    def p(self) -> FloatArray:
        """The larger p-values (d,): for the null that beta lies outside (-epsilon, epsilon)."""
        return np.maximum(self.above, self.below)


def non_inferiority(test: OneSidedTest, *, margin: float) -> FloatArray:
    """Compute p-values for the null beta <= -margin.

    Parameters
    ----------
    test : callable
        A one-sided test with its data filled in: `t_test`, `score_test`, `betting_test`
        or `bootstrap_test` under `functools.partial`.
    margin : float
        The loss that would still be tolerated, in units of the cost, at least 0.

    Returns
    -------
    ndarray (d,)
        A small p-value shows that personalization costs the group less than ``margin``.

    Raises
    ------
    ValueError
        If ``margin`` is negative.

    Notes
    -----
    Assumes what ``test`` does, which also decides what fewer than 2 rows give (NaN or 1).

    References
    ----------
    Schuirmann (1987), as for `equivalence`: its lower one of two one-sided tests.

    Examples
    --------
    >>> from functools import partial
    >>> from whogains.inference import score_test
    >>> round(float(non_inferiority(partial(score_test, 43, 46, 500), margin=0.05)), 4)
    0.0127
    """
    if not margin >= 0:
        raise ValueError(f"margin must be at least 0, got {margin!r}")
    return test(null=-margin, alternative="greater")


def equivalence(test: OneSidedTest, *, epsilon: float) -> Equivalence:
    """Test the null that beta lies outside (-epsilon, epsilon) by two one-sided tests.

    Parameters
    ----------
    test : callable
        As for `non_inferiority`.
    epsilon : float
        The smallest effect that matters, in units of the cost, above 0.

    Returns
    -------
    Equivalence
        Both one-sided p-values, and in `p` the larger one; valid at its level without a correction.

    Raises
    ------
    ValueError
        If ``epsilon`` is not positive.

    Notes
    -----
    Assumes what ``test`` does, which also decides what fewer than 2 rows give (NaN or 1).

    References
    ----------
    Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power
    approach. Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.

    Examples
    --------
    >>> from functools import partial
    >>> from whogains.inference import t_test
    >>> round(float(equivalence(partial(t_test, 0.001, 0.004, 500), epsilon=0.01).p), 4)
    0.0124
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon must be above 0, got {epsilon!r}")
    return Equivalence(
        above=test(null=-epsilon, alternative="greater"),
        below=test(null=epsilon, alternative="less"),
    )
