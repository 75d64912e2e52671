"""Estimates of every group on one cost: the sums, and the methods chosen for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from whogains import inference
from whogains.errors import InputError
from whogains.evidence import CostEvidence, Evidence, Sums, Tallies, one_label
from whogains.inference import Interval, MeanEstimate, SurveyError
from whogains.judging.bootstrap_and_betting import Alternative, RowMethod, ScoredRows, row_method
from whogains.judging.circumstances import circumstances, largest_cluster
from whogains.judging.settings import Settings
from whogains.types import BoolArray, FloatArray, TextArray

NONE = "none"
AGREEMENT = "agreement"
# Shown where there is "none", if its error is measured: at this alpha, and with no test.
APPROXIMATE = "approximate"
MEASURED_ALPHA = 0.05
PROCEDURE = "procedure"

# Methods with Student's tails, for which many groups ask for a penalty.
BY_T = ("t", PROCEDURE)

# Fewer units that differ do not show how clusters behave; and where they are fewer than this share
# of all, too, models agree: how many rows would hold enough that differ says nothing.
LEAST_MOVED = 10
AGREEING = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """The BoP of d groups on one cost, ready for intervals and tests.

    Parameters
    ----------
    sums : Sums
        The evidence of d groups.
    mean : MeanEstimate
        BoP, standard error, degrees of freedom and skewness, each of shape (d,).
    methods, tests : ndarray of str, shape (d,)
        How each group's interval and p-values of gain and harm are computed; "none" where no
        method can be trusted, "agreement" where the two models differ on no row.
    counts : bool
        Whether rows count -1, 0 or 1, equally and independently, so that counts say all.
    ternary : bool
        Whether the BoP of a row is -1, 0 or 1.
    in_clusters : bool
        Whether clusters were named.
    clustered : bool
        Whether some cluster holds more than one row of a group, so that rows are not independent.
    singles : ndarray of bool, shape (d,)
        Whether rows come in clusters, each of which holds one row of the group.
    largest : ndarray of float, shape (d,)
        The rows of the largest cluster that the group may have, 1 where rows are independent: of
        all groups, since few clusters of one group may hold no large one by chance. NaN where
        weights count, or evidence of before does not say.
    worth : ndarray of float, shape (d,)
        The effective sample size of each group for t: Kish's, and at most the units that carry
        the variance.
    uneven : ndarray of bool, shape (d,)
        Whether clusters or unequal weights make rows worth fewer independent ones.
    least_rows : ndarray of float, shape (d,)
        About how many rows a group needs before a method with the power of t can be trusted; 0
        where it has one, infinite where nothing says: also where no bound can be given and too few
        units differ to say how many would have to.
    bounds : tuple of two float
        The least and the greatest BoP of a row; infinite where they are not known.
    approximate : ndarray of float, shape (d,)
        How often an end of an approximate interval errs, where the method is "none" and there is
        such an interval to show; else NaN.
    tallies : mapping of str to ndarray of float, shape (d,)
        What else is counted in each group.
    design : SurveyError or None
        What a survey's design makes of the errors.
    seed_share : ndarray of float, shape (d,), or None
        The share of seeds and folds in the squared standard errors, where models were fitted in
        several rounds.
    from_rows : callable, optional
        ``from_rows(group, method)`` gives the interval and the test of one group by a method that
        needs its rows.
    """

    sums: Sums
    mean: MeanEstimate
    methods: TextArray
    tests: TextArray
    counts: bool
    ternary: bool
    in_clusters: bool
    clustered: bool
    singles: BoolArray
    largest: FloatArray
    worth: FloatArray
    uneven: BoolArray
    least_rows: FloatArray
    bounds: tuple[float, float]
    approximate: FloatArray
    tallies: Tallies
    design: SurveyError | None = None
    seed_share: FloatArray | None = None
    from_rows: Callable[[int, str], RowMethod] | None = None

    def __len__(self) -> int:
        return len(self.methods)

    @property
    def as_largest(self) -> BoolArray:
        """Whether counts are divided by the rows of the largest cluster: shape (d,)."""
        return np.asarray(self.clustered & (self.methods == "score"))

    @property
    def one_label(self) -> BoolArray:
        """Where all predictions have one label, so that a cost of labels has nothing to tell."""
        return one_label(self.tallies, len(self))

    def shown(self, alpha: float) -> Interval:
        """Compute the intervals to show: those of `interval`, and approximate ones elsewhere.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        Interval
            Ends of shape (d,). No verdict may rest on an approximate one.
        """
        trusted = self.interval(alpha)
        near = np.isfinite(self.approximate)
        if not near.any():
            return trusted
        by_t = self._interval("t", alpha)
        return Interval(
            np.where(near, by_t.lower, trusted.lower),
            np.where(near, by_t.upper, trusted.upper),
            trusted.method,
        )

    def interval(self, alpha: float) -> Interval:
        """Compute two-sided intervals; each end is a one-sided bound at alpha / 2.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        Interval
            Ends of shape (d,), NaN where the method is "none".
        """
        # Models that agree on every row leave no spread to make an interval from.
        nothing = np.full(len(self), np.nan)
        made = {AGREEMENT: Interval(nothing, nothing, AGREEMENT)}
        made |= {
            name: self._interval(name, alpha) for name in set(self.methods) - {NONE, AGREEMENT}
        }
        return inference.combine_intervals(self.methods, made)

    def p(self, null: float, alternative: Alternative) -> FloatArray:
        """Compute one-sided p-values.

        Parameters
        ----------
        null : float
            The value tested.
        alternative : {"greater", "less"}
            "greater" for the null bop <= null, "less" for the null bop >= null.

        Returns
        -------
        ndarray of float, shape (d,)
            NaN where the method is "none".
        """
        found = np.full(len(self), np.nan)
        # Only the null of no difference has an exact test from the discordant rows.
        used = self.tests if null == 0 else self.methods
        for name in set(used) - {NONE}:
            here = used == name
            found[here] = self._p(str(name), null, alternative)[here]
        return found

    def _interval(self, method: str, alpha: float) -> Interval:
        m, s = self.mean, self.sums
        if method == "t":
            return inference.t_interval(m.estimate, m.se, m.df, skewness=m.skewness, alpha=alpha)
        if method == PROCEDURE:
            return inference.procedure_interval(m.estimate, m.se, m.df, alpha=alpha)
        if method == "score":
            return inference.score_interval(
                s.gains, s.harms, s.rows, alpha=alpha, largest=self._known_largest
            )
        low, high = np.full(len(self), np.nan), np.full(len(self), np.nan)
        for group in np.flatnonzero(self.methods == method):
            one = self._rows_of(int(group), method).interval(alpha)
            low[group], high[group] = float(one.lower), float(one.upper)
        return Interval(low, high, method)

    def _p(self, test: str, null: float, alternative: Alternative) -> FloatArray:
        m, s = self.mean, self.sums
        if test == AGREEMENT:
            return np.full(len(self), 1.0 if null == 0 else np.nan)
        if test == "sign":
            return inference.sign_test(
                s.gains, s.harms, alternative=alternative, largest=self._known_largest
            )
        if test == "score":
            return inference.score_test(
                s.gains,
                s.harms,
                s.rows,
                null=null,
                alternative=alternative,
                largest=self._known_largest,
            )
        if test == "t":
            return inference.t_test(
                m.estimate, m.se, m.df, skewness=m.skewness, null=null, alternative=alternative
            )
        if test == PROCEDURE:
            return inference.procedure_test(
                m.estimate, m.se, m.df, null=null, alternative=alternative
            )
        found = np.full(len(self), np.nan)
        for group in np.flatnonzero(self.methods == test):
            found[group] = float(self._rows_of(int(group), test).test(null, alternative))
        return found

    @property
    def _known_largest(self) -> FloatArray:
        """Stand in for what is not known, where no method asks for it."""
        return np.where(self.largest >= 1, self.largest, 1.0)

    def _rows_of(self, group: int, method: str) -> RowMethod:
        if self.from_rows is None:
            raise InputError(f"method {method!r} needs the rows, and only their sums are here")
        return self.from_rows(group, method)


def estimate(
    evidence: Evidence,
    place: int,
    settings: Settings,
    rows: ScoredRows | None = None,
    *,
    whole: bool = False,
) -> Estimates:
    """Estimate one cost in every group, and choose the methods.

    Parameters
    ----------
    evidence : Evidence
        The sums of every cost.
    place : int
        The place of the cost among them.
    settings : Settings
        The method asked for.
    rows : ScoredRows, optional
        The rows, for methods that need them; "auto" leaves betting out without them.
    whole : bool
        Whether to estimate the population, as one group, in place of the groups.

    Returns
    -------
    Estimates
        Of d groups, or of one.

    Raises
    ------
    InputError
        If the method asked for does not fit the cost, the weights or the clusters.
    """
    item = evidence.costs[place]
    sums = item.population if whole else item.groups
    mean = inference.mean_from_comoments(
        sums.units,
        sums.mean_u,
        sums.mean_v,
        m_uu=sums.m_uu,
        m_uv=sums.m_uv,
        m_vv=sums.m_vv,
        third=(sums.m_uuu, sums.m_uuv, sums.m_uvv, sums.m_vvv),
    )
    design = None
    if item.design is not None:
        design = item.design.population if whole else item.design.groups
        # A group whose rows are not told has no estimate, and then no error.
        se = np.where(np.isnan(mean.estimate), np.nan, design.se)
        mean = replace(mean, se=se, df=design.df, skewness=design.skewness)
    spread, seed_share = item.spread, None
    if spread is not None:
        between = spread.population if whole else spread.groups
        found = inference.procedure_error(
            mean.se,
            between,
            spread.rounds,
            df=mean.df,
            fits=spread.population_fits if whole else spread.groups_fits,
            folds=spread.folds,
        )
        mean, seed_share = replace(mean, se=found.se, df=found.df), found.seed_share
    # A mean of several 0-1 costs is no 0-1 cost.
    ternary = item.cost.ternary and spread is None
    # Where no cluster has a second row of the same group, a group's rows are independent.
    clustered = evidence.clustered and bool((sums.units < sums.rows).any())
    counts = ternary and not (clustered or evidence.weighted or design is not None)
    largest = largest_cluster(sums, clustered=clustered, weighted=evidence.weighted)
    # Nothing but a design's own error allows for it: no exact method does.
    bounds = np.isfinite(largest) & (design is None)
    given = {
        **circumstances(item, sums, evidence, clustered=clustered),
        "skewness_known": np.isfinite(mean.skewness),
    }
    lower, upper = item.cost.bop_range
    bounded = isfinite(lower) and isfinite(upper) and not item.cost.metric and spread is None
    asked = _asked(item, evidence, settings, counts=counts, bounded=bounded)
    bets = bounded and rows is not None and not evidence.weighted and design is None
    if asked is None:
        methods = inference.choose_method(
            ternary=ternary and design is None, bounded=bets, largest_known=bounds, **given
        )
    else:
        methods = np.where(sums.units >= 2, asked, NONE)
    few_psus = np.zeros(len(sums), dtype=np.bool_)
    if design is not None and asked is None:
        few_psus = ~(design.df >= inference.MIN_SURVEY_DF)
        methods = np.where(few_psus, NONE, methods)
    if spread is not None:
        methods = np.where(np.isin(methods, BY_T), PROCEDURE, NONE)
    # A metric that a group does not have (one class only) leaves nothing to choose for.
    methods = np.where(np.isnan(mean.se), NONE, methods)
    if not counts:
        agree = (sums.gains + sums.harms == 0) & (sums.units >= 2) & np.isfinite(mean.estimate)
        # A known range bounds what rows not seen may add; without one nothing does.
        by_bound = "score" if ternary else "betting" if bets else AGREEMENT
        methods = np.where(agree, np.where(bounds, by_bound, AGREEMENT), methods)
    tallies = item.tallies
    if whole:
        tallies = {name: each.sum(keepdims=True) for name, each in tallies.items()}
    # One label for all says nothing of who is served better, however many rows there are.
    alone = one_label(tallies, len(sums))
    methods = np.where(alone, NONE, methods)
    near = inference.approximate_error(inference.approximate_units(**given))
    # Its error is measured at one level and of fitted models only, not over rounds of fitting; and
    # without a standard error there is no interval.
    measured = settings.alpha == MEASURED_ALPHA and spread is None and not item.cost.by_influence
    show = (methods == NONE) & (mean.se > 0) & ~alone & measured & (design is None)
    # Without weights the discordant rows of a 0-1 cost have an exact test.
    exact = (methods != NONE) if counts else ternary & (methods == "score")
    tests = np.where(exact, "sign", methods)
    return Estimates(
        sums=sums,
        mean=mean,
        methods=methods,
        tests=tests,
        counts=counts,
        ternary=ternary,
        in_clusters=evidence.clustered,
        clustered=clustered,
        singles=evidence.clustered & (sums.rows > 0) & (sums.units == sums.rows),
        largest=largest,
        worth=np.minimum(given["units"], given["carrying"]),
        uneven=given["units"] < sums.rows * (1 - 1e-9),
        least_rows=_least_rows(
            methods,
            # More rows of the same few PSUs do not help.
            np.where(few_psus, np.inf, inference.rows_for_t(**given)),
            agree=(given["moved"] < np.minimum(LEAST_MOVED, AGREEING * given["units"]))
            & (item.cost.metric is False),
            asked=asked is not None,
            counts=counts,
        ),
        bounds=(lower, upper) if bounded else (-np.inf, np.inf),
        approximate=np.where(show, near, np.nan),
        tallies=tallies,
        design=design,
        seed_share=seed_share,
        from_rows=None
        if rows is None
        else lambda group, method: row_method(
            rows, place, None if whole else group, method, largest[group] if clustered else None
        ),
    )


def _least_rows(
    methods: TextArray, for_t: FloatArray, *, agree: BoolArray, asked: bool, counts: bool
) -> FloatArray:
    """Find from how many rows on a method has the power of t, where it does not yet."""
    wide = _wide(methods, counts=counts) & (not asked)
    # Models that agree must not make it seem that many more rows are needed.
    for_any = np.where(agree, np.inf, for_t)
    return np.where((methods == NONE) | wide, for_any, 0.0)


def _wide(methods: TextArray, *, counts: bool) -> BoolArray:
    """Tell which methods are bounds for the worst that rows or clusters can do."""
    wide: BoolArray = methods == "betting"
    return wide if counts else wide | (methods == "score")


def _asked(
    item: CostEvidence, evidence: Evidence, settings: Settings, *, counts: bool, bounded: bool
) -> str | None:
    """Return the method asked for, None for the documented rule's choice."""
    asked = settings.method
    # Other costs of the same audit have no score interval; they keep the rule's choice.
    if asked == "auto" or (asked == "score" and not counts and item.spread is None):
        return None
    if item.spread is not None and asked != "t":
        raise InputError(
            f"method {asked!r} takes fitted models as given, and these are several rounds of "
            "cross-fitting; leave it out, or ask for one round (repeats=1) or a held-out part "
            "(holdout=0.3)"
        )
    if item.design is not None and asked != "t":
        raise InputError(
            f"method {asked!r} takes rows as drawn one by one, and these are a survey's; leave it "
            "out, or ask for 't'"
        )
    if asked == "betting" and (evidence.weighted or not bounded):
        why = "is audited with weights" if evidence.weighted else "has no known range"
        raise InputError(
            f"method 'betting' needs a bounded cost without weights, and {item.cost.name} {why}"
        )
    return asked
