"""A reproduction as one self-contained page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from whogains.files import write_aside
from whogains.report import (
    BOUNDS,
    CITATION,
    CITATION_URL,
    MINUS,
    NOTHING,
    Scale,
    cost_figures,
    count,
    effect_scale,
    error,
    flat,
    group_name,
    p_value,
    plain,
    render,
    significant,
    with_unit,
)
from whogains.study.drawings import Chart, chart, histograms
from whogains.study.theirs import SOURCE, STANDARDIZED, beside

if TYPE_CHECKING:
    from pathlib import Path

    from whogains.records import CostFinding
    from whogains.study.results import Drawn, Reproduction, StudyCost, StudyGroup, StudyLimits
    from whogains.study.runs import Network

GUESSING, TOLERATED = 0.5, 0.25
LAPLACE = {
    "laplace": "bound of Cornelis et al., Laplace, exact",
    "laplace_paper": "the same as in the notebooks, exp(epsilon/b)",
}


def study_to_html(
    reproduction: Reproduction, drawn: Sequence[Drawn], path: str | Path | None = None
) -> str:
    """Write a reproduction as one self-contained page.

    Parameters
    ----------
    reproduction : Reproduction
        The numbers.
    drawn : sequence of Drawn
        Each study with its first seed's audit.
    path : str or Path, optional
        A file to write; none by default.

    Returns
    -------
    str
        The page. It loads nothing, and the same reproduction gives the same bytes.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    context = {
        "version": reproduction.version,
        "created": reproduction.created,
        "trial": reproduction.trial,
        "seeds": len(reproduction.studies[0].seeds),
        "folds": reproduction.settings["folds"],
        "studies": [_study(number, each) for number, each in enumerate(drawn, start=1)],
        "theirs": _theirs(reproduction),
        "figures": _figures(reproduction),
        "settings": flat(dict(reproduction.settings)),
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }
    page = render("study.html.j2", context, style="study.css")
    if path is not None:
        write_aside(path, page)
    return page


def _study(number: int, drawn: Drawn) -> dict[str, Any]:
    """Prepare one data set."""
    result = drawn.result
    pairs = list(zip(result.costs, drawn.costs, strict=True))
    return {
        "number": number,
        "data": plain(result.data),
        "target": plain(result.target),
        "task": result.task,
        "rows": count(result.rows),
        "drawn_of": None if result.rows_of in {None, result.rows} else count(result.rows_of),
        "personal": plain(" × ".join(result.personal)),
        "network": _network(result.network),
        "card": "\n".join(plain(line, 400) for line in (result.card or "").splitlines()),
        "seeds": ", ".join(map(str, result.seeds)),
        "files": [plain(name, 200) for name in result.files],
        "conclusion": plain(result.conclusion, 1000),
        "rules": [_rule(cost) for cost in result.costs],
        "costs": [_cost(place, *pair, result.data) for place, pair in enumerate(pairs, start=1)],
    }


def _network(network: Network | None) -> str:
    """Say which network was fitted."""
    if network is None:
        return "model"
    dropout = f" and dropout {network.dropout:g}" if network.dropout else ""
    whose = ", as the authors’" if network.name == "paper" else ", far smaller than the authors’"
    widths = "-".join(map(str, network.hidden))
    return f"network (hidden layers {widths}, batch norm{dropout}{whose})"


def _rule(cost: StudyCost) -> dict[str, Any]:
    """Put the paper's rule beside the test, with the first seed and over all."""
    first, seeds = cost.gamma[0], len(cost.gamma)
    known = [each.gamma for each in cost.gamma if each.gamma is not None]
    ends = (min(known), max(known)) if known else (None, None)
    differ = sum(each.differ for each in cost.gamma)
    return {
        "title": plain(cost.title),
        "gamma": with_unit(_signed(first.gamma), cost.unit),
        "range": f"{_signed(ends[0])} to {_signed(ends[1])}",
        "epsilon": with_unit(significant(cost.epsilon), cost.unit),
        "rule": f"{sum(each.rule for each in cost.gamma)} of {seeds}",
        "verdict": first.verdict,
        "verdicts": _counted([each.verdict for each in cost.gamma]),
        "differ": f"{differ} of {seeds}" if differ else "",
        "limits": (cost.limits.verdict if cost.limits else None) or "not known",
    }


def _signed(value: float | None) -> str:
    """Write a number with the sign that is read."""
    return significant(value).replace("-", MINUS)


def _counted(verdicts: Sequence[str]) -> str:
    """Count verdicts over seeds, the commonest first."""
    return ", ".join(f"{verdict} {times}" for verdict, times in Counter(verdicts).most_common())


def _cost(number: int, cost: StudyCost, found: CostFinding, data: str) -> dict[str, Any]:
    """Prepare one cost."""
    write = cost_figures(found, MINUS)
    return {
        "number": number,
        "title": plain(cost.title),
        "kind": cost.kind,
        "source": SOURCE,
        "unit": None if cost.unit is None else plain(cost.unit, 40),
        "epsilon": with_unit(significant(cost.epsilon), cost.unit),
        "groups": [
            {
                "name": group_name(group.group),
                "n": count(group.n),
                "generic": write(own.cost_generic),
                "personalized": write(own.cost_personalized),
                "bop": write(own.bop),
                "interval": write.interval(own.ci),
                "mean": write(group.noise.mean),
                "range": write.interval((group.noise.low, group.noise.high)),
                "seed_sd": significant(group.noise.seed_sd, 2),
                "sampling_se": significant(group.noise.sampling_se, 2),
                "training_sd": significant(group.noise.training_sd, 2),
                "total_sd": significant(group.noise.total_sd, 2),
                "verdict": own.verdict,
                "verdicts": _counted(group.verdicts),
            }
            for group, own in zip(cost.groups, found.groups, strict=True)
        ],
        "beside": [
            f"{group} {_exactly(bop)} (n {count(n)})" for group, n, bop in beside(data, cost.name)
        ],
        "beside_note": STANDARDIZED if cost.name == "squared_error" else "",
        "histograms": histograms(found, cost),
        "fits": [_fit(group) for group in cost.groups if group.fits is not None],
        "curve": None if cost.limits is None else _curve(cost.limits, cost.epsilon),
        "curve_table": [] if cost.limits is None else _curve_table(cost.limits),
        "bounds": _bounds(cost.limits),
        "verdict": None if cost.limits is None else cost.limits.verdict,
    }


def _fit(group: StudyGroup) -> dict[str, Any]:
    """Write the fits of one group."""
    fits = group.fits
    if fits is None:
        return {}
    return {
        "name": group_name(group.group),
        "closer": fits.closer,
        **{
            name: {
                "location": _signed(fit.location),
                "scale": significant(fit.scale),
                "distance": error(fit.distance),
            }
            for name, fit in (("gaussian", fits.gaussian), ("laplace", fits.laplace))
        },
    }


def _bounds(limits: StudyLimits | None) -> dict[str, str]:
    """Name the curves of one cost."""
    if limits is None:
        return {}
    family = {"gaussian": "Gaussian", "categorical": "categorical"}[limits.family]
    named = {
        **BOUNDS,
        "weighted": f"weighted bound, {family}",
        "paper": f"bound of Cornelis et al., {family}",
    }
    return named if limits.laplace is None else {**named, **LAPLACE}


def _curve(limits: StudyLimits, epsilon: float) -> Chart:
    """Draw the error of any test against the effect."""
    names = _bounds(limits)
    lines = [(key, names[key], limits.epsilon, getattr(limits, key)) for key in names]
    return chart(
        lines,
        effect_scale(limits.epsilon),
        Scale(0.0, GUESSING, padding=0.0),
        marks=[(epsilon, f"epsilon {significant(epsilon)}")],
    )


def _curve_table(limits: StudyLimits) -> list[tuple[str, list[str]]]:
    """Write every other effect of the curve."""
    names = list(_bounds(limits))
    return [
        (significant(effect), [error(getattr(limits, key)[i]) for key in names])
        for i, effect in enumerate(limits.epsilon)
        if i % 2 == 0
    ]


def _theirs(reproduction: Reproduction) -> dict[str, Any]:
    """Write the authors' numbers and the limits on them."""
    theirs = reproduction.theirs
    return {
        "source": theirs.source,
        "p": p_value(theirs.p_every_group_gains),
        "gamma": _exactly(min(group.squared_error for group in theirs.groups)),
        "gamma_zero_one": _exactly(min(group.zero_one for group in theirs.groups)),
        "tolerated": significant(TOLERATED),
        "groups": [
            {
                "name": group.group,
                "n": count(group.n),
                "zero_one": _exactly(group.zero_one),
                "squared_error": _exactly(group.squared_error),
                "sd": f"{group.sd:.4f}",
                "se": f"{group.se:.4f}",
                "p_gain": p_value(group.p_gain),
                "p_harm": p_value(group.p_harm),
            }
            for group in theirs.groups
        ],
        "effects": [
            {
                "epsilon": significant(each.epsilon),
                "bounds": [
                    "vacuous" if value == 0 else error(value)
                    for value in (each.paper, each.weighted)
                ]
                + [error(each.below), error(each.above)],
                "verdict": each.verdict,
                "rule": each.rule,
            }
            for each in theirs.effects
        ],
    }


def _exactly(value: float) -> str:
    """Write a number as the authors print theirs."""
    return f"{value:+.4f}".replace("-", MINUS)


def _figures(reproduction: Reproduction) -> dict[str, Any]:
    """Draw the two figures of sizes alone."""
    most, lines = reproduction.k_max, reproduction.error_by_k
    totals = most[0].total
    top = max(k for line in most for k in line.k_max)
    return {
        "k_max": chart(
            [(line.family, line.words, line.total, line.k_max) for line in most],
            Scale(totals[0], totals[-1], log=True, padding=0.0),
            Scale(0.0, top, padding=0.0),
            marks=[(8e9, "the world")],
        ),
        "k_max_rows": [
            (
                line.words,
                f"{line.world:.2f}",
                NOTHING if line.family == "laplace" else f"{line.world:.0f}",
            )
            for line in most
        ],
        "tight": NOTHING if reproduction.k_max_tight is None else count(reproduction.k_max_tight),
        "error_by_k": [
            {
                "total": count(line.total),
                "chart": chart(
                    [
                        (key, BOUNDS[key], line.k, getattr(line, key))
                        for key in ("below", "above", "paper")
                    ],
                    Scale(0, line.k[-1], padding=0.0),
                    Scale(0.0, GUESSING, padding=0.0),
                ),
            }
            for line in lines
        ],
        "error_rows": [
            (
                k,
                [
                    (error(line.paper[i]), error(line.below[i]), error(line.above[i]))
                    for line in lines
                ],
            )
            for i, k in enumerate(lines[0].k)
        ],
        "totals": [count(line.total) for line in lines],
    }
