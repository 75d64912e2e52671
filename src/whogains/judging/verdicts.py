"""Verdicts: what p-values and sizes allow to be said, in four words each."""

from __future__ import annotations

from collections.abc import Sequence

from whogains.records import GammaVerdict, Interval, Number, Reason, Verdict


def group_verdict(
    p_gain: Number,
    p_harm: Number,
    p_equivalent: Number,
    *,
    alpha: float,
    untestable: bool,
    one_label: bool = False,
    ci: Interval = (None, None),
) -> tuple[Verdict, Reason | None]:
    """Judge one group on one cost.

    Parameters
    ----------
    p_gain, p_harm, p_equivalent : float or None
        Holm-adjusted p-values of the nulls bop <= 0, bop >= 0 and abs(bop) >= epsilon; None where
        too few rows allow no test.
    alpha : float
        Level of each family of tests.
    untestable : bool
        Whether no test on so many rows could tell epsilon from nothing.
    one_label : bool
        Whether both models give the whole group one and the same label, so that a cost of labels
        has nothing to tell. There is then no test, and "no difference" would be no finding.
    ci : tuple of (float or None)
        The group's interval, which a gain or harm must not contradict.

    Returns
    -------
    verdict : str
        "no material difference" where abs(bop) is shown to be below epsilon, whatever its sign;
        else "gain" or "harm" where shown, with an interval that excludes 0; else "cannot tell".
    reason : str or None
        Why one cannot tell.

    Notes
    -----
    A difference that is both shown and shown to be immaterial counts as immaterial, since epsilon
    is by definition the smallest effect that matters. With many rows nearly every difference is
    "significant". At the last step of Holm a one-sided p-value of up to alpha is enough, while an
    end of the interval has the level alpha / 2: a verdict asks for both, so that what is said and
    what is drawn agree.

    Examples
    --------
    >>> group_verdict(.001, 1.0, .9, alpha=.05, untestable=False)
    ('gain', None)
    >>> group_verdict(.2, 1.0, .9, alpha=.05, untestable=True)
    ('cannot tell', 'untestable')
    """
    if one_label:
        return "cannot tell", "one label"
    if p_gain is None or p_harm is None:
        return "cannot tell", "too few rows"
    if p_equivalent is not None and p_equivalent <= alpha:
        return "no material difference", None
    low, high = ci
    if p_gain <= alpha and (low is None or low > 0):
        return "gain", None
    if p_harm <= alpha and (high is None or high < 0):
        return "harm", None
    return "cannot tell", "untestable" if untestable else "inconclusive"


def gamma_verdict(
    groups: Sequence[Verdict],
    p_every_group_gains: Number,
    p_equivalent: Number,
    *,
    alpha: float,
    lower: Number,
) -> GammaVerdict:
    """Judge the worst-served group, so that nothing said of single groups contradicts it.

    Parameters
    ----------
    groups : sequence of str
        The verdicts of the groups that have rows.
    p_every_group_gains : float or None
        Intersection-union p-value of the null that some group does not gain.
    p_equivalent : float or None
        p-value of the null that gamma lies outside (-epsilon, epsilon).
    alpha : float
        Level of the tests.
    lower : float or None
        The lower end of gamma's interval; None where it is open.

    Returns
    -------
    str
        "some group is harmed" where one has that verdict; "every group gains" where all have
        theirs; then immaterial first, as for a group, then "every group gains" where that is
        shown and gamma's interval lies above 0.

    Examples
    --------
    >>> gamma_verdict(["gain", "harm"], .3, .9, alpha=.05, lower=-2.0)
    'some group is harmed'
    >>> gamma_verdict(["gain", "no material difference"], .01, .2, alpha=.05, lower=.1)
    'every group gains'
    """
    if "harm" in groups:
        return "some group is harmed"
    if groups and set(groups) == {"gain"}:
        return "every group gains"
    if p_equivalent is not None and p_equivalent <= alpha:
        return "no material difference"
    shown = p_every_group_gains is not None and p_every_group_gains <= alpha
    if shown and lower is not None and lower > 0 and "cannot tell" not in groups:
        return "every group gains"
    return "cannot tell"
