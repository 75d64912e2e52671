"""Power of t and of the exact sign test, against libraries, enumeration and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, norm
from statsmodels.stats.power import TTestPower, zt_ind_solve_power

from whogains.inference import (
    every_group_effect,
    mean_from_comoments,
    sign_detectable,
    sign_power,
    sign_required,
    t_detectable,
    t_power,
    t_required,
    t_test,
)

REPEATS = 2000
TOLERANCE = 4 * np.sqrt(0.16 / REPEATS)  # four standard errors of a share of .8


def test_with_many_rows_it_is_statsmodels_z_test():
    expected = zt_ind_solve_power(nobs1=400, ratio=0, alpha=0.01, power=0.9, alternative="larger")
    found = t_detectable(1 / 20, 1e12, level=0.01, power=0.9)
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("n", "level"), [(150, 0.05), (150, 0.05 / 14), (600, 0.05 / 14)])
def test_of_normal_rows_it_is_the_noncentral_t(n, level):
    for power in (0.5, 0.8, 0.95):
        effect = float(t_detectable(1 / np.sqrt(n), n - 1, level=level, power=power))
        exact = TTestPower().power(effect, n, level, alternative="larger")
        assert exact == pytest.approx(power, abs=2e-3)
        assert float(t_power(effect, 1 / np.sqrt(n), n - 1, level=level)) == pytest.approx(power)


DRAWS = {
    "normal": (lambda rng, shape: rng.normal(size=shape), 0.0),
    "exponential": (lambda rng, shape: rng.exponential(size=shape) - 1, 2.0),
    "exponential, turned": (lambda rng, shape: 1 - rng.exponential(size=shape), -2.0),
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("level", [0.05, 0.05 / 8 / 1.7])
def test_the_t_test_finds_the_effect_as_often_as_said(name, level):
    draw, skewness = DRAWS[name]
    n = 300
    effect = float(t_detectable(1 / np.sqrt(n), n - 1, level=level, skewness=skewness))
    rows = draw(np.random.default_rng(5), (REPEATS, n)) + effect
    mean = rows.mean(axis=1)
    off = rows - mean[:, None]
    nothing = np.zeros(REPEATS)
    found = mean_from_comoments(
        np.full(REPEATS, n),
        mean,
        np.ones(REPEATS),
        m_uu=(off**2).sum(axis=1),
        m_uv=nothing,
        m_vv=nothing,
        third=((off**3).sum(axis=1), nothing, nothing, nothing),
    )
    p = t_test(found.estimate, found.se, found.df, skewness=found.skewness)
    assert (p <= level).mean() == pytest.approx(0.8, abs=TOLERANCE)


@given(
    effect=st.floats(0.02, 1),
    sd=st.floats(0.1, 5),
    skewness=st.floats(-4, 4),
    per_unit=st.floats(1, 8),
    level=st.sampled_from([0.05, 0.05 / 8, 0.001]),
)
@settings(max_examples=80, deadline=None)
def test_with_so_many_rows_the_effect_is_told_and_with_fewer_not(
    effect, sd, skewness, per_unit, level
):
    options = {"level": level, "skewness": skewness}
    n = float(t_required(effect, sd, rows_per_unit=per_unit, **options))

    def told(rows: float) -> float:
        return float(t_detectable(sd / np.sqrt(rows), rows / per_unit - 1, **options))

    assert told(n) <= effect * (1 + 1e-6)
    if n > 2 * per_unit:
        assert told(n - 1) > effect * (1 - 1e-6)


def test_groups_without_rows_or_spread():
    assert t_detectable([np.inf, 0.0], [-1, 9]).tolist() == [np.inf, 0.0]
    assert t_power(0.1, [np.inf, 0.0], [-1, 9]).tolist() == [0.0, 1.0]
    assert float(t_required(0.1, 0.0)) == 1


def enumerated(n, share, effect, level):
    """Sum over the numbers of discordant rows and of gains, one by one."""
    differ = max(share, effect)
    gain = (1 + effect / differ) / 2
    power = 0.0
    for m in range(int(binom.ppf(1e-10, n, differ)), int(binom.isf(1e-10, n, differ)) + 1):
        gains = np.arange(m + 1)
        rejected = binom.sf(gains - 1, m, 0.5) <= level
        power += binom.pmf(m, n, differ) * binom.pmf(gains, m, gain)[rejected].sum()
    return power


@pytest.mark.parametrize("level", [0.05, 0.05 / 8])
@pytest.mark.parametrize(
    ("n", "share", "effect"),
    [(12, 0.5, 0.4), (40, 0.3, 0.2), (100, 0.05, 0.07), (300, 0.5, 0.1), (1500, 0.2, 0.03)],
)
def test_the_sign_test_has_its_exact_power(n, share, effect, level):
    exact = enumerated(n, share, effect, level)
    tolerance = 1e-8 if n * max(share, effect) <= 200 else 5e-3
    assert float(sign_power(n, share, effect, level=level)[0]) == pytest.approx(
        exact, abs=tolerance
    )


@pytest.mark.parametrize("level", [0.05, 0.05 / 8])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_the_sign_test_finds_the_effect_as_often_as_said(share, level):
    for effect in (share / 5, share / 2, share):
        (n,) = sign_required(effect, [share], level=level)
        # Few discordant rows leave steps, so that the power said may be passed by a little.
        assert 0.795 < enumerated(int(n), share, effect, level) < 0.84
        (told,) = sign_detectable([n], [share], level=level)
        assert told <= effect * 1.001
        assert enumerated(int(n), share, told, level) == pytest.approx(0.8, abs=5e-3)


def test_what_no_effect_makes_sure_is_never_told():
    # The p-value of four gains of four is 1/16.
    assert sign_detectable([4, 5, 0], 0.3, level=0.05)[[0, 2]].tolist() == [np.inf, np.inf]
    assert sign_detectable([5], 0.3, level=0.05)[0] == pytest.approx(0.8 ** (1 / 5))


def test_many_groups_have_the_normal_power():
    few, many = sign_power(np.full(10, 300), 0.3, 0.1), sign_power(np.full(300, 300), 0.3, 0.1)
    assert many[0] == pytest.approx(few[0], abs=0.01)
    assert many[0] != few[0]


def test_every_group_is_the_product():
    se = np.array([0.2, 0.1, 0.05])

    def power_of(effect: float) -> np.ndarray:
        return t_power(effect, se, 1e9)

    low, high = (float(t_detectable(se, 1e9, power=p).max()) for p in (0.8, 0.8 ** (1 / 3)))
    found = every_group_effect(power_of, power=0.8, low=low, high=high)
    expected = brentq(lambda e: norm.cdf(e / se - norm.isf(0.05)).prod() - 0.8, 0.01, 3)
    assert found == pytest.approx(expected, rel=1e-6)
    assert every_group_effect(power_of, power=0.8, low=low, high=np.inf) == np.inf
    assert every_group_effect(
        lambda e: t_power(e, [0.2], 1e9), power=0.8, low=low, high=low
    ) == pytest.approx(low, rel=1e-5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: t_power(0.1, 0.1, 99, level=0.0),
        lambda: t_detectable(0.1, 99, power=1.0),
        lambda: t_required(0.0, 1.0),
        lambda: sign_power(10, 0.1, 0.1, level=1.0),
        lambda: sign_detectable(10, 0.1, power=0.0),
        lambda: sign_required(1.5, [0.1]),
        lambda: every_group_effect(lambda e: np.array([e]), power=2.0, low=0.0, high=1.0),
    ],
)
def test_what_is_out_of_range_is_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
