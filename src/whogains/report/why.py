"""Why a group may be served better or worse: what happened, and what both models say on average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.axes import Scale, Tick
from whogains.report.cost_figures import MINUS, NOTHING, Figures, figures_for
from whogains.report.judged_groups import is_judged, is_small, quoted
from whogains.report.leading_cost import leading
from whogains.report.words import group_name, plain, size_words, verdict_words

if TYPE_CHECKING:
    from whogains.records import AuditRecord, Calibration, GroupFinding, Profile
    from whogains.report.excerpt import Excerpt


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One group.

    Parameters
    ----------
    name, n : str
        Its name and rows.
    apart : bool
        Whether it is too small to be judged.
    numbers : tuple of str
        What happened, what both models predict on average, and the mean miss of both in bins.
    places : tuple of (float or None)
        Where the first three stand on the axis, in per cent.
    verdict, words : str
        The verdict on the leading cost of prediction.
    """

    name: str
    n: str
    apart: bool
    numbers: tuple[str, ...]
    places: tuple[float | None, float | None, float | None]
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class WhyView:
    """The table of all groups, the largest first, its axis, and what is most telling."""

    cost: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[WhyRow, ...]
    ticks: tuple[Tick, ...]
    sentences: tuple[str, ...]


def binned_miss(each: Calibration | None) -> float | None:
    """Give how far predictions are from what happened, on average over the bins of a calibration.

    Parameters
    ----------
    each : Calibration or None
        Means of predictions and outcomes in bins.

    Returns
    -------
    float or None
        The mean over rows of abs(predicted - observed) of their bin, in the outcome's unit; None
        where nothing is known.

    Notes
    -----
    The expected calibration error of Naeini, Cooper & Hauskrecht (2015), with the bins that the
    audit holds. It is never 0 by chance alone, and larger in small groups.

    Examples
    --------
    >>> from whogains.records import Calibration
    >>> bins = Calibration((None, 0.5), (0.5, None), (30, 10), (0.2, 0.8), (0.3, 0.4))
    >>> round(binned_miss(bins), 3)
    0.175
    """
    if each is None or not sum(each.n):
        return None
    far = zip(each.predicted, each.observed, each.n, strict=True)
    return sum(abs(p - o) * n for p, o, n in far) / sum(each.n)


def why_view(whole: AuditRecord, part: Excerpt) -> WhyView | None:
    """Put base rates, mean predictions and calibration beside the verdicts.

    Parameters
    ----------
    whole : AuditRecord
        The audit, which says which cost leads.
    part : Excerpt
        The groups and costs of it that are shown.

    Returns
    -------
    WhyView or None
        None where the audit holds no outcomes and predictions, or no cost of prediction.
    """
    asked = leading(whole, "prediction")
    shown = part.findings
    pairs = zip(part.costs, shown.costs, strict=True)
    cost = next((cut for one, cut in pairs if one is asked), None)
    profiles = dict(enumerate(shown.profiles))
    known = [p for p in shown.profiles if p.outcome is not None]
    if cost is None or not known:
        return None
    chance = shown.data.task == "classification"
    factor = 100.0 if chance else 1.0
    values = [factor * v for p in known for v in _means(p) if v is not None]
    low, high = min(values), max(values)
    scale = Scale(low, high) if high > low else Scale(low - 1, low + 1)
    spread = (scale.high - scale.low) / 10
    write = Figures(1, MINUS) if chance else figures_for([], values, spread, MINUS)
    groups = cost.groups
    order = sorted(
        (j for j, g in enumerate(groups) if g.n and j in profiles),
        key=lambda j: (not is_judged(groups[j]), -(groups[j].n or 0)),
    )
    settings = shown.settings
    unit = "%" if chance else plain(settings["unit"], 40) if settings.get("unit") else ""
    return WhyView(
        cost=plain(cost.label),
        unit=unit,
        heads=(
            "happened" if chance else "mean outcome",
            "generic predicts",
            "personalized predicts",
            "generic misses by",
            "personalized misses by",
        ),
        rows=tuple(_row(groups[j], profiles[j], factor, write, scale) for j in order),
        ticks=tuple(scale.ticks(4)),
        sentences=_sentences(whole, factor, write, f" {unit}" if unit else ""),
    )


def _means(profile: Profile) -> tuple[float | None, float | None, float | None]:
    return profile.outcome, profile.predicted_generic, profile.predicted_personalized


def _row(
    group: GroupFinding, profile: Profile, factor: float, write: Figures, scale: Scale
) -> WhyRow:
    def times(value: float | None) -> float | None:
        return None if value is None else factor * value

    first, second, third = (times(value) for value in _means(profile))
    misses = binned_miss(profile.generic), binned_miss(profile.personalized)
    places = tuple(None if each is None else scale(each) for each in (first, second, third))
    return WhyRow(
        name=group_name(group.group),
        n=size_words(group.n, group.clusters),
        apart=is_small(group),
        numbers=tuple(
            NOTHING if each is None else write(each)
            for each in (first, second, third, *map(times, misses))
        ),
        places=(places[0], places[1], places[2]),
        verdict=group.verdict,
        words=verdict_words(group.verdict, group.reason),
    )


def _sentences(findings: AuditRecord, factor: float, write: Figures, unit: str) -> tuple[str, ...]:
    """Say for which groups the personalized model's mean moves most, to what happened and away."""
    cost = leading(findings, "prediction")
    if cost is None:
        return ()
    moved: list[tuple[float, GroupFinding, str]] = []
    for group, profile in zip(cost.groups, findings.profiles, strict=False):
        happened, generic, personalized = _means(profile)
        if happened is None or generic is None or personalized is None or not is_judged(group):
            continue
        words = (
            f"{quoted([group])}: {write(factor * happened)}{unit} happened, the generic model "
            f"predicts {write(factor * generic)}{unit}, the personalized one "
            f"{write(factor * personalized)}{unit}"
        )
        moved.append((abs(generic - happened) - abs(personalized - happened), group, words))
    if not moved:
        return ()
    best, worst = max(moved, key=lambda each: each[0]), min(moved, key=lambda each: each[0])
    said = []
    if best[0] > 0:
        said.append(f"The attributes correct the mean most for {best[2]}")
    if worst[0] < 0:
        said.append(f"They take it away from what happened most for {worst[2]}")
    return tuple(said)
