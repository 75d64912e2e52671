"""Verdicts: what p-values and sizes allow to be said, in four words each."""

from __future__ import annotations

from whogains.records import GammaVerdict, Number, Reason, Verdict


def group_verdict(
    p_gain: Number,
    p_harm: Number,
    p_equivalent: Number,
    *,
    alpha: float,
    untestable: bool,
    one_label: bool = False,
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

    Returns
    -------
    verdict : str
        "no material difference" where abs(bop) is shown to be below epsilon, whatever its sign;
        else "gain" or "harm" where shown; else "cannot tell".
    reason : str or None
        Why one cannot tell.

    Notes
    -----
    A difference that is both shown and shown to be immaterial counts as immaterial, since epsilon
    is by definition the smallest effect that matters. With many rows nearly every difference is
    "significant".

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
    if p_gain <= alpha:
        return "gain", None
    if p_harm <= alpha:
        return "harm", None
    return "cannot tell", "untestable" if untestable else "inconclusive"


def gamma_verdict(
    p_every_group_gains: Number,
    p_harm: Number,
    p_equivalent: Number,
    *,
    alpha: float,
) -> GammaVerdict:
    """Judge the worst-served group.

    Parameters
    ----------
    p_every_group_gains : float or None
        Intersection-union p-value of the null that some group does not gain.
    p_harm : float or None
        The least Holm-adjusted p-value of harm over the groups.
    p_equivalent : float or None
        p-value of the null that gamma lies outside (-epsilon, epsilon).
    alpha : float
        Level of the tests.

    Returns
    -------
    str
        As for a group: immaterial first, then "every group gains", then "some group is harmed".

    Examples
    --------
    >>> gamma_verdict(.3, .01, .9, alpha=.05)
    'some group is harmed'
    """
    if p_equivalent is not None and p_equivalent <= alpha:
        return "no material difference"
    if p_every_group_gains is not None and p_every_group_gains <= alpha:
        return "every group gains"
    if p_harm is not None and p_harm <= alpha:
        return "some group is harmed"
    return "cannot tell"
