"""A personalized model in use: batch after batch, judged at every look."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from whogains import watching
from whogains._version import __version__
from whogains.api.collecting import GatheredEvidence, gather
from whogains.api.comparing_files import load_columns
from whogains.api.options import GatherOptions, file_options, shape_options
from whogains.api.outcome_names import NOT_NAMED, without_names
from whogains.errors import InputError
from whogains.evidence import (
    MAX_GROUPS,
    MAX_LEVELS,
    Collected,
    as_level,
    same_value,
    telling_groups,
)
from whogains.files import Format, address_of
from whogains.frames import (
    Shape,
    as_names,
    check_call,
    check_column,
    is_plain_outcome,
    label_texts,
)
from whogains.judging import MIN_CELL, Settings
from whogains.records import WatchRecord
from whogains.results import Watch
from whogains.types import BoolArray, Task
from whogains.watching import Batch, Choices, State

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("target", "generic", "personalized", "groups")


def watch(
    source: Any = None,
    *,
    state: str | Path,
    batch: str | None = None,
    day: str | date | None = None,
    restart: bool = False,
    target: str | None = None,
    generic: str | None = None,
    personalized: str | None = None,
    groups: str | Sequence[str] | None = None,
    task: Task | None = None,
    positive: Any = None,
    costs: str | Sequence[str] | None = None,
    unit: str | None = None,
    sample_weight: str | None = None,
    cluster: str | None = None,
    epsilon: float | Mapping[str, float] | None = None,
    margin: float | Mapping[str, float] | None = None,
    alpha: float | None = None,
    threshold: float | None = None,
    cost_range: Mapping[str, tuple[float, float]] | None = None,
    min_cell: int | None = None,
    window: int | None = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    **options: Unpack[GatherOptions],
) -> Watch:
    """Add a batch to a watch, and say what is known of each group, at any number of looks.

    Parameters
    ----------
    source : path, paths, DuckDB relation, Arrow table or dataset, or frame, optional
        The new rows, as in `compare_files`. None only looks.
    state : path
        The file that keeps the watch: sums and no row. The first batch makes it. It holds sums of
        groups of any size, and is not to be published.
    batch : str, optional
        What the batch is called; by default the name of its file. The same batch given twice
        counts once.
    day : date or str, optional
        When it is from, such as "2026-03-02"; for all batches or none.
    restart : bool
        Start anew with this batch, of which nothing was seen yet: verdicts speak of what comes
        from here on, and share the level with what was said before.
    target, generic, personalized : str
        Columns, as in `compare_files`; needed for the first batch, and then known.
    groups : str or sequence of str
        Columns of the attributes whose crossing makes the groups; as `target`.
    task, positive, costs, unit, sample_weight, threshold, cost_range
        As in `gather`.
    cluster : str, optional
        Column of what returns, such as a patient's id: rows of a cluster that was in an earlier
        batch are left out. The file keeps hashes of them, by a secret that it keeps too. Without
        it the watch takes for granted that nobody returns.
    epsilon, margin, alpha, min_cell
        As in `Settings`. `alpha` is the chance of any false verdict of one kind over all looks,
        groups, costs and restarts.
    window : int, optional
        Say of the last `window` + 1 to 2 `window` batches alone, too, who is harmed and who gains,
        at an alpha of its own over all windows. With weekly batches 13 is a quarter.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    **options
        How text files are written, where it is not found as meant, and how values are meant: the
        keywords of `Format` and, as of the first batch, of `Shape` (`labels`, `bands`, `percent`,
        `drop_missing_predictions`). No bands of quantiles, which differ from batch to batch.

    Returns
    -------
    Watch
        Verdicts, since when they are known, and how much longer the rest takes.

    Raises
    ------
    InputError
        If something cannot be used as given, differs from what was chosen at the first batch, or a
        batch was added under another name.
    UnwritableError
        If the file cannot be written; what was there before is still there.

    Notes
    -----
    What is chosen at the first batch stays. Docs: ``docs/watching.md``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import whogains as wg
    >>> week = pd.DataFrame({"died": [0, 1, 1, 0] * 100, "p0": [.4, .6, .4, .6] * 100,
    ...                      "p1": [.1, .9, .8, .6] * 100, "sex": list("ffmm") * 100})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "model.watch"
    ...     watched = wg.watch(week, state=file, batch="2026-W01", target="died", generic="p0",
    ...                        personalized="p1", groups="sex", costs="zero_one")
    >>> watched.table()[["cost", "sex", "n", "bop", "verdict"]]
           cost sex    n  bop      verdict
    0  zero_one   f  200  0.0  cannot tell
    1  zero_one   m  200  0.5         gain
    """
    form, said = file_options(options)
    if state is None:
        raise InputError("state must be the name of a file, not None")
    check_call(
        state=state,
        batch=batch,
        task=task,
        positive=positive,
        unit=unit,
        threshold=threshold,
        max_levels=max_levels,
        max_groups=max_groups,
    )
    check_column(
        target=target,
        generic=generic,
        personalized=personalized,
        sample_weight=sample_weight,
        cluster=cluster,
    )
    asked: dict[str, Any] = {
        "target": target,
        "generic": generic,
        "personalized": personalized,
        "groups": None if groups is None else tuple(dict.fromkeys(as_names(groups))),
        "task": task,
        "positive": None if positive is None else str(positive),
        "costs": None if costs is None else tuple(as_names(costs)),
        "unit": unit,
        "sample_weight": sample_weight,
        "cluster": cluster,
        "epsilon": epsilon,
        "margin": margin,
        "alpha": alpha,
        "threshold": threshold,
        "cost_range": cost_range,
        "min_cell": min_cell,
        "window": window,
        **_meant(shape_options(said)[0]),
    }
    if window is not None and window < 1:
        raise InputError(f"window is {window}; it is a number of batches, such as 13")
    known, before = watching.read_state(state) or (None, None)
    if known is not None and same_value(asked["positive"]) == same_value(known.choices.positive):
        # 2, 2.0 and "2.0" are the value that was chosen.
        asked["positive"] = known.choices.positive
    if known is not None:
        watching.check_same(known.choices, asked)
    if source is None:
        if known is None:
            raise InputError(f"no such file: {state}; the first batch makes it")
        return Watch.of(_judged(known, max_groups))
    lacking = [each for each in NEEDED if known is None and not asked[each]]
    if lacking:
        raise InputError(f"{state} is not there yet; the first batch needs {lacking[0]}")
    sizes = {"max_levels": max_levels, "max_groups": max_groups}
    called, when = _name(source, batch, known), _day(day)
    found = _added((source, form), known, asked, (called, when, restart), sizes)
    # Judged first: what cannot be judged is not kept.
    record = _judged(found, max_groups)
    if found is not known:
        watching.save_state(found, state, version=__version__, before=before)
    return Watch.of(record)


def _judged(state: State, max_groups: int) -> WatchRecord:
    """Judge a watch, without the name of an outcome that too few have."""
    name = state.choices.positive
    unnamed = None if name is None or is_plain_outcome(name) else NOT_NAMED
    record = watching.judge(state, version=__version__, max_groups=max_groups, unnamed=unnamed)
    if name is None or record.data.positive == name:
        return record
    return without_names(record, [name])


def _added(
    table: tuple[Any, Format],
    known: State | None,
    asked: dict[str, Any],
    called: tuple[str, date | None, bool],
    sizes: Mapping[str, int],
) -> State:
    """Add a batch to a watch, or begin one with it; the same watch where it is there already."""
    (source, form), (name, when, restart) = table, called
    if known is None:
        settings = _settings(asked)
        secret = None if asked["cluster"] is None else secrets.token_hex(32)
    else:
        asked = {each: getattr(known.choices, each) for each in asked}
        given = {name: asked[name] for name in ("threshold", "cost_range", "min_cell")}
        settings = Settings(**given)
        secret = known.secret
    frame = None if secret is None else _loaded(source, asked, form)
    if frame is None:
        whole, shown = _gathered(source, asked, settings, sizes, form)
    else:
        whole, shown = _gathered(frame, asked, settings, sizes, Format())
    where = watching.source_of(whole)
    if known is not None and watching.counted_before(known, name, where):
        return known
    new: Collected | None = whole
    returning, seen = 0, list[str]()
    if frame is not None and secret is not None:
        counted = _counted(frame, asked)
        hashes = [watching.hashed(secret, as_level(each)) for each in frame[asked["cluster"]]]
        fresh = [known is None or each not in known.seen for each in hashes]
        # Who is left out whole, without a prediction, is not yet seen.
        seen = [each for each, here in zip(hashes, counted, strict=True) if here]
        again = ~np.array(fresh) & counted
        returning = int((again & _enough(frame, asked, settings.min_cell)).sum())
        if again.any():
            left = frame[fresh]
            told = bool((np.array(fresh) & counted).any())
            new = _gathered(left, asked, settings, sizes, Format())[0] if told else None
    if known is None:
        known = State(_choices(shown or whole, asked, settings), (), secret)
    batch = Batch(name, when, restart and bool(known.batches), where, returning, new)
    return watching.with_batch(known, batch, seen)


def _settings(asked: Mapping[str, Any]) -> Settings:
    """Read what the first batch decides."""
    given = {
        name: asked[name]
        for name in ("epsilon", "margin", "alpha", "threshold", "cost_range", "min_cell")
        if asked[name] is not None
    }
    return Settings(**{"min_cell": MIN_CELL, **given})


def _choices(first: Collected, asked: Mapping[str, Any], settings: Settings) -> Choices:
    """Fix the choices by the first batch, so that no later one moves what matters."""
    evidence, about = first.evidence, first.about
    costs = [item.cost for item in evidence.costs]
    settings.check_names(tuple(costs))
    margins = {cost.name: settings.margin_of(cost) for cost in costs}
    return Choices(
        target=asked["target"],
        generic=asked["generic"],
        personalized=asked["personalized"],
        groups=asked["groups"],
        task=about.task,
        positive=about.positive,
        costs=tuple(cost.name for cost in costs),
        epsilon={
            item.cost.name: settings.epsilon_of(
                item.cost, evidence.target, float(item.population.generic[0])
            )
            for item in evidence.costs
        },
        margin={name: each for name, each in margins.items() if each is not None},
        alpha=settings.alpha,
        min_cell=settings.min_cell,
        threshold=settings.threshold if isinstance(settings.threshold, float) else None,
        cost_range=None if settings.cost_range is None else dict(settings.cost_range),
        sample_weight=asked["sample_weight"],
        cluster=asked["cluster"],
        unit=asked["unit"],
        labels=asked["labels"],
        bands=asked["bands"],
        percent=bool(asked["percent"]),
        drop_missing_predictions=bool(asked["drop_missing_predictions"]),
        window=asked["window"],
    )


def _meant(shape: Shape) -> dict[str, Any]:
    """Give how values are meant as it is kept; None where nothing is said."""
    labels = {name: label_texts(each) for name, each in (shape.labels or {}).items()}
    bands = {
        name: each if isinstance(each, str) else shape.edges[name]
        for name, each in (shape.bands or {}).items()
    }
    return {
        "labels": labels or None,
        "bands": bands or None,
        "percent": shape.percent or None,
        "drop_missing_predictions": shape.drop_missing_predictions or None,
    }


def _shape(asked: Mapping[str, Any]) -> Shape:
    return Shape(
        labels=asked["labels"],
        bands=asked["bands"],
        percent=bool(asked["percent"]),
        drop_missing_predictions=bool(asked["drop_missing_predictions"]),
    )


def _counted(frame: pd.DataFrame, asked: Mapping[str, Any]) -> BoolArray:
    """Tell the rows that count: all, or where such are left out those with predictions."""
    if not asked["drop_missing_predictions"]:
        return np.ones(len(frame), dtype=np.bool_)
    there = frame[[asked["generic"], asked["personalized"]]].notna().all(axis=1)
    return there.to_numpy(dtype=np.bool_)


def _gathered(
    source: Any,
    asked: Mapping[str, Any],
    settings: Settings,
    sizes: Mapping[str, int],
    form: Format,
) -> tuple[Collected, Collected | None]:
    """Sum the rows of a batch, and those of groups that may be shown; None where there are none.

    What is odd, and what epsilon is, are told of the latter: others would be in these words.
    """
    summed = partial(
        gather,
        source,
        target=asked["target"],
        generic=asked["generic"],
        personalized=asked["personalized"],
        groups=asked["groups"],
        task=asked["task"],
        positive=asked["positive"],
        costs=asked["costs"],
        unit=asked["unit"],
        sample_weight=asked["sample_weight"],
        cluster=asked["cluster"],
        max_levels=sizes["max_levels"],
        max_groups=sizes["max_groups"],
        threshold=settings.threshold,
        cost_range=settings.cost_range,
        labels=asked["labels"],
        bands=asked["bands"],
        percent=bool(asked["percent"]),
        drop_missing_predictions=bool(asked["drop_missing_predictions"]),
        separator=form.separator,
        decimal=form.decimal,
        encoding=form.encoding,
        na=form.na,
    )
    found: GatheredEvidence = summed()
    shown: GatheredEvidence | None = found
    costs = found.collected.evidence.costs
    small = telling_groups([(item.cost, item.groups) for item in costs], settings.min_cell)
    if (small & (costs[0].groups.rows > 0)).any():
        try:
            shown = summed(min_cell=settings.min_cell)
        except InputError:
            # Every group is too small.
            shown = None
    odd = () if shown is None else tuple((each.name, each.text) for each in shown.warnings)
    about = replace(found.collected.about, warnings=odd)
    whole = replace(found.collected, about=about)
    return whole, None if shown is None else shown.collected


def _enough(frame: pd.DataFrame, asked: Mapping[str, Any], min_cell: int) -> BoolArray:
    """Tell the rows of groups that are large enough in this batch for their number to be told."""
    by = frame.groupby(list(asked["groups"]), dropna=False, observed=True)
    found: BoolArray = np.asarray(by[asked["cluster"]].transform("nunique") >= min_cell)
    return found


def _loaded(source: Any, asked: Mapping[str, Any], form: Format) -> pd.DataFrame:
    """Load the rows of a batch whose outcome is known: who returns is seen row by row."""
    from whogains.tables import Columns, open_source

    columns = Columns(
        target=asked["target"],
        generic=asked["generic"],
        personalized=asked["personalized"],
        groups=asked["groups"],
        weight=asked["sample_weight"],
        cluster=asked["cluster"],
    )
    with open_source(source, form=form) as opened:
        frame = load_columns(opened, columns, _shape(asked))
    missing = frame[asked["cluster"]].isna()
    if missing.any():
        raise InputError(
            f"{asked['cluster']} is missing in {int(missing.sum())} rows: nobody can say who they "
            "are; leave them out, or give each a name of its own"
        )
    known: pd.DataFrame = frame[frame[asked["target"]].notna()].reset_index(drop=True)
    return known


def _name(source: Any, batch: str | None, known: State | None) -> str:
    if batch is not None:
        if not batch.strip():
            raise InputError("batch is empty; give it a name")
        return batch
    if isinstance(source, str | Path):
        address = address_of(source)
        return Path(source).stem if address is None else address.stem
    return f"batch {1 if known is None else len(known.batches) + 1}"


def _day(day: str | date | None) -> date | None:
    if day is None or isinstance(day, date):
        return day
    check_call(day=day)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise InputError(f"day must be a date such as 2026-03-02, not {day!r:.40}") from None
