"""An audit as one self-contained page that asks nothing of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whogains.records import to_dict
from whogains.report.audit_drawings import MORE, group_rows, plane
from whogains.report.cost_figures import MINUS, cost_figures
from whogains.report.cost_sentences import (
    approximate_words,
    margin_words,
    methods_words,
    population_words,
    range_words,
    threshold_words,
    why_epsilon,
)
from whogains.report.excerpt import Excerpt, excerpt
from whogains.report.first_screen import first_sentences, next_in_short, not_said
from whogains.report.for_regulators import NO_CLAIM, file_rows
from whogains.report.html_page import (
    CITATION,
    CITATION_URL,
    MOST_BYTES,
    first_of,
    fitted,
    flat,
    packed,
    render,
    size,
)
from whogains.report.judged_groups import ruled_by_few
from whogains.report.leading_cost import RULE
from whogains.report.limits_by_group import Alone, alone, few_in_limits, paper_words
from whogains.report.limits_curve import BOUNDS, CurveView, curve_view
from whogains.report.meanings import (
    GAIN_AND_EPSILON,
    REASON_MEANINGS,
    VERDICT_MEANINGS,
    cost_meaning,
    estimand_words,
)
from whogains.report.pandas_tables import COST_COLUMNS, number_columns
from whogains.report.plan_sentences import every_group_words
from whogains.report.profile_drawings import SpreadView, calibration_view, spread_view
from whogains.report.question import question, task_question
from whogains.report.seeds_and_placebos import other_seed_words, placebo_words, question_of_placebos
from whogains.report.small_multiple import picture
from whogains.report.summaries import VERDICTS, leads, next_steps
from whogains.report.switches import switch_between
from whogains.report.warnings import warning_views
from whogains.report.why import why_view
from whogains.report.words import (
    LABEL_LIMIT,
    confidence,
    count,
    epsilon_words,
    error,
    group_name,
    guessing,
    listing,
    outcome_words,
    p_value,
    plain,
    setting,
    short_title,
    significant,
    size_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding
    from whogains.report.audit_drawings import GroupRow
    from whogains.report.axes import Scale, Tick


# More groups times costs than this have not been seen to fit into a page.
MOST_CELLS = 1500
# A group's name is cut to this, and where not every group fits, to less.
LONG_NAME, SHORT_NAME = LABEL_LIMIT - 4, 100
# Where not everything fits, individual benefits are drawn for no more groups than this.
MOST_SPREADS = 12
# What no one reads to the end is counted instead.
MOST_LEADS, MOST_STEPS, MOST_NOTES, MOST_SETTINGS = 40, 24, 40, 100
# Settings that name columns; they stand with the data.
COLUMNS = ("features", "cluster", "sample_weight", "exposure", "strata", "psu")
DEFAULTED = ("epsilon", "threshold")
# The one name that is too long for a column may be broken where a soft hyphen stands.
LONG_WORD, SPLIT_WORD = "incomprehensiveness", "incomprehen\u00adsiveness"


@dataclass(frozen=True, slots=True)
class CostPanel:
    """Everything that the page shows of one cost, as written."""

    number: int
    title: str
    short: str
    meaning: str | None
    kind: str
    unit: str
    epsilon: str
    threshold: str | None
    known_range: str | None
    margin: str | None
    scale: str | None
    placebo: str | None
    population: str
    gamma: str
    gamma_verdict: str
    limits: dict[str, str]
    rows: list[GroupRow]
    ordered: list[GroupRow]
    ticks: list[Tick]
    zero: float
    band: tuple[float, float]
    breaks: list[float]
    curve: CurveView | None
    alone: tuple[Alone, ...]
    spread: SpreadView | None
    methods: str


def to_html(findings: AuditRecord) -> str:
    """Write findings as one self-contained page.

    Parameters
    ----------
    findings : AuditRecord
        What to render.

    Returns
    -------
    str
        The page. It holds its style, its script, its drawings and its data, and a policy that
        forbids it to load anything.

    Notes
    -----
    Every name from the data is text in the page. The same findings give the same bytes, less than
    3 MB whatever was audited. Where not everything fits, which depends on how long names are and
    begins at some 1,000 groups times costs, individual benefits are drawn for 12 groups; where that
    is not enough, tables and charts show the groups that matter most. The page says which these
    are, and how many of the others are harmed; its downloads still hold everything. An audit that
    is too large for a page even when compressed, from 4,000 to 10,000 groups times costs on, is
    not in it, and the page says so.
    """
    return make_page(findings)[0]


def make_page(findings: AuditRecord) -> tuple[str, bool]:
    """Make the page, and say whether it holds the whole audit for its downloads.

    Parameters
    ----------
    findings : AuditRecord
        What to render.

    Returns
    -------
    page : str
        As of `to_html`.
    whole : bool
        False where the audit was too large for a page.
    """
    audit = packed(to_dict(findings))
    said = {**_said(findings), "audit": audit}
    groups = max((len(cost.groups) for cost in findings.costs), default=0)
    costs = len(findings.costs)

    def draw(
        groups: int, costs: int, spreads: int = MOST_SPREADS, name_limit: int = SHORT_NAME
    ) -> str:
        shown = excerpt(findings, groups, costs, spreads=spreads, name_limit=name_limit)
        return render("page.html.j2", {**said, **_shown(findings, shown)})

    page = draw(groups, costs, groups, LONG_NAME) if groups * costs <= MOST_CELLS else ""
    if not page or size(page) >= MOST_BYTES:
        page = fitted(draw, groups, costs, cells=MOST_CELLS, data=len(audit or ""))
    return page, audit is not None


def _said(findings: AuditRecord) -> dict[str, Any]:
    """Write what the page says of the whole audit, however much of it is drawn."""
    data = findings.data
    said, steps = leads(findings), next_steps(findings, MINUS)
    return {
        "version": plain(findings.version),
        "created": plain(findings.created),
        "question": question(findings),
        "task_question": task_question(findings),
        "target": plain(data.target),
        "outcome": outcome_words(findings),
        "positive": None if data.positive is None else plain(data.positive),
        "task": f"{len(data.classes)} classes" if data.classes else data.task,
        "rows": count(data.rows),
        "clusters": data.clusters is not None and count(data.clusters),
        "psus": data.psus is not None and f"{count(data.psus)} PSUs of {count(data.strata)} strata",
        "dropped": data.rows_dropped and count(data.rows_dropped),
        "attributes": first_of([plain(name) for name in data.groups], MOST_LEADS),
        "personal": first_of([plain(name) for name in data.personal], MOST_LEADS),
        "level": confidence(findings),
        "alpha": significant(setting(findings, "alpha", 0.05)),
        "hidden": any(group.n is None for cost in findings.costs for group in cost.groups),
        "power": f"{setting(findings, 'power', 0.8):.0%}",
        "tolerated": significant(setting(findings, "tolerated_error", 0.25)),
        "guessing": guessing(findings.settings),
        "speaks_of": [
            words
            for words in (
                question_of_placebos(findings),
                estimand_words(findings),
                other_seed_words(findings),
            )
            if words is not None
        ],
        "sentences": first_sentences(findings),
        "short_steps": next_in_short(findings),
        "costs_in_all": len(findings.costs),
        "not_said": not_said(findings),
        "leads": said[:MOST_LEADS],
        "more_leads": count(max(0, len(said) - MOST_LEADS)),
        "steps": steps[:MOST_STEPS],
        "more_steps": count(max(0, len(steps) - MOST_STEPS)),
        "verdicts": VERDICTS,
        # No-break spaces keep a verdict on two lines at most.
        "short_verdicts": {v: v.replace(" ", "\u00a0", 1) for v in VERDICTS},
        "meanings": VERDICT_MEANINGS,
        "gain_and_epsilon": GAIN_AND_EPSILON,
        "reasons": REASON_MEANINGS,
        "approximate": approximate_words(findings),
        "least_in_bin": _least_in_bin(findings),
        "csv_columns": [COST_COLUMNS, number_columns()],
        "more": MORE,
        "bounds": BOUNDS,
        "features": _listed(findings.settings.get("features")),
        # An older audit says nothing of these two, which is not the same as none.
        "columns": {
            key: _listed(findings.settings[key]) or "none"
            for key in ("cluster", "sample_weight", "exposure", "strata", "psu")
            if key in findings.settings
        },
        "settings": _settings_shown(findings),
        "notes": first_of([plain(note, 2000) for note in findings.notes], MOST_NOTES),
        "warnings": warning_views(findings.warnings),
        "file_rows": file_rows(findings),
        "no_claim": NO_CLAIM,
        "lead_rule": RULE,
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }


def _shown(findings: AuditRecord, shown: Excerpt) -> dict[str, Any]:
    """Write and draw the groups and costs that are shown."""
    costs = shown.findings.costs
    main = next((cost for cost in costs if cost.kind == "prediction"), None)
    explained = [cost for cost in costs if cost.kind == "explanation"]
    return {
        "some": shown.some,
        "some_spread": shown.some_spread,
        "left_out": shown.words,
        "picture": picture(findings, shown),
        "why": why_view(findings, shown),
        "groups": [
            (j + 1, group_name(group.group), size_words(group.n, group.clusters))
            for j, group in enumerate(costs[0].groups if costs else ())
        ],
        "costs": [
            _panel(findings, k, cost, whole=whole, spread=shown.spread)
            for k, (cost, whole) in enumerate(zip(costs, shown.costs, strict=True))
        ],
        "calibration": calibration_view(shown.findings),
        "planes": [] if main is None else [plane(main, cost) for cost in explained],
        "switches": {
            "cost": switch_between(costs),
            "plane": switch_between(explained) if main is not None else None,
        },
    }


def _least_in_bin(findings: AuditRecord) -> str:
    """Say how small a bin of rows can be; a person's rows are in one cluster."""
    least = max(1, int(setting(findings, "min_cell", 1)))
    if findings.settings.get("cluster") is None:
        return f"{least} {'row' if least == 1 else 'rows'}"
    return f"{least} {'cluster' if least == 1 else 'clusters'}"


def _settings(findings: AuditRecord) -> dict[str, Any]:
    """Give the settings that do not name columns; some have a default behind their null."""
    return {
        key: "none" if value is None and key not in DEFAULTED else value
        for key, value in findings.settings.items()
        if key not in COLUMNS
    }


def _settings_shown(findings: AuditRecord) -> list[tuple[str, str]]:
    every = flat(_settings(findings))
    more = len(every) - MOST_SETTINGS
    return every if more <= 0 else [*every[:MOST_SETTINGS], ("and more", count(more))]


def _listed(names: Any) -> str | None:
    """Write one name, or a few of many; None where nothing is known."""
    if names is None:
        return None
    every = names if isinstance(names, (list, tuple)) else (names,)
    return listing([plain(name, 60) for name in every], most=40)


def _panel(
    findings: AuditRecord,
    place: int,
    cost: CostFinding,
    *,
    whole: CostFinding,
    spread: tuple[int, ...],
) -> CostPanel:
    """Write one cost: what is said of it, of all its groups; what is drawn, of those shown."""
    rows, scale = group_rows(cost)
    write = cost_figures(cost, MINUS)
    gamma, limits = cost.gamma, cost.limits
    level = confidence(findings)
    return CostPanel(
        number=place + 1,
        title=plain(cost.title),
        short=short_title(findings, cost).replace(LONG_WORD, SPLIT_WORD),
        meaning=cost_meaning(findings, cost),
        kind=cost.kind,
        unit=plain(cost.unit, 40) if cost.unit else "",
        epsilon=f"{epsilon_words(cost)}{why_epsilon(cost)}",
        threshold=threshold_words(findings, cost),
        known_range=range_words(cost),
        margin=margin_words(findings, whole),
        scale=plain(whole.scale, 2000) if whole.scale else None,
        placebo=placebo_words(findings, whole, write),
        population=population_words(findings, cost, write),
        gamma=(
            f"{group_name(gamma.group)}: BoP {with_unit(write(gamma.bop), cost.unit)}, {level} "
            f"{write.interval(gamma.ci)}; p (every group gains) "
            f"{p_value(gamma.p_every_group_gains)}"
            + (f"; {few}" if (few := ruled_by_few(whole, write)) else "")
        ),
        gamma_verdict=gamma.verdict,
        limits={
            "verdict": limits.verdict or "not known",
            "below": error(limits.below),
            "above": error(limits.above),
            "weighted": error(limits.weighted),
            "paper": paper_words(limits),
            "every": every_group_words(findings, whole),
            "few": few_in_limits(whole),
            "detectable": "known" if limits.detectable else "",
        },
        rows=rows,
        ordered=[rows[j] for j in _from_the_largest([group.bop for group in cost.groups])],
        ticks=scale.ticks(),
        zero=scale(0),
        band=_band(scale, cost.epsilon),
        breaks=scale.breaks(),
        curve=curve_view(
            limits.curve,
            epsilon=limits.epsilon,
            tolerated=setting(findings, "tolerated_error", 0.25),
            guessing=float(guessing(findings.settings)),
            unit=cost.unit,
        ),
        alone=alone(cost),
        spread=spread_view(cost, spread),
        methods=methods_words(whole),
    )


def _from_the_largest(values: list[float | None]) -> list[int]:
    """Order places by their values, those without one last."""
    return sorted(range(len(values)), key=lambda j: (values[j] is None, -(values[j] or 0.0)))


def _band(scale: Scale, epsilon: float) -> tuple[float, float]:
    low, high = scale(-epsilon), scale(epsilon)
    return low, round(high - low, 2)
