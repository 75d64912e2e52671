"""Predict a table of any size with two fitted models, to compare them where rows do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from whogains.api.collecting import Progress
from whogains.api.suspicions import own_thresholds
from whogains.errors import InputError
from whogains.files import FileOptions, Format
from whogains.frames import as_names, check_task
from whogains.judging import Settings
from whogains.types import Task

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.models import Panel
    from whogains.tables import Predicted


def predict_files(
    source: Any,
    output: str | Path,
    *,
    target: str,
    personal: str | Sequence[str],
    generic: Any,
    personalized: Any,
    features: str | Sequence[str] | None = None,
    keep: str | Sequence[str] = (),
    drop: str | Sequence[str] = (),
    task: Task | None = None,
    positive: Any = None,
    batch_rows: int | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
    **form: Unpack[FileOptions],
) -> Predicted:
    """Write two fitted models' predictions of a table of any size, for `compare_files`.

    Parameters
    ----------
    source : path, paths, DuckDB relation, Arrow table or dataset, or frame
        The table, as for `compare_files`, with n rows that neither model was fitted to.
    output : str or Path
        The Parquet file to write: the outcome, the attributes and the columns of `keep`, then the
        predictions as "generic" and "personalized", n rows in the table's order.
    target : str
        Column of the outcomes.
    personal : str or sequence of str
        Columns that the personalized model sees besides the features.
    generic, personalized : fitted models
        As for `audit`.
    features : str or sequence of str, optional
        Columns that both models may see; by default all that are not named otherwise.
    keep : str or sequence of str
        Further columns to write, such as a cluster, a weight or another attribute; they are no
        features unless `features` names them.
    drop : str or sequence of str
        Columns to leave out, such as an id.
    task, positive
        As for `audit`.
    batch_rows : int, optional
        Rows held at a time; by default so many that their numbers take 64 MiB.
    memory : int, optional
        The most bytes that DuckDB may use; by default a quarter of the machine's memory.
    progress : callable, optional
        Called as ``progress(stage, rows done, rows)``.
    **form
        How text files are written, where it is not found as meant: the keywords of `Format`.

    Returns
    -------
    Predicted
        The path, the rows and notes on the predictions.

    Raises
    ------
    InputError
        If something cannot be used as given; no file is written then.

    Notes
    -----
    The predictions are those of `audit` for the same models. Explanations are not scored: they
    take far longer than a scan, and a sample of rows, in `audit`, tells as much of them.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import whogains as wg
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0] * 50, "x": [1., 2., 3., 0.] * 50,
    ...                       "sex": list("ffmm") * 50})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = wg.predict_files(frame, f"{folder}/p.parquet", target="y", personal="sex",
    ...         generic=lambda X: X["x"] / 4, personalized=lambda X: (X["x"] > 1.5) * 0.9)
    ...     found = wg.compare_files(made.path, target="y", generic="generic",
    ...         personalized="personalized", groups="sex", costs="brier")
    >>> made.rows, found.costs[0].population.bop > 0
    (200, True)
    """
    from whogains.files import check_columns
    from whogains.models import adapt_pair
    from whogains.tables import (
        PredictionPlan,
        open_source,
        predict_source,
        read_features_as,
        read_outcome,
    )

    check_task(task)
    written = Format(**form)
    if batch_rows is not None and batch_rows < 1:
        raise InputError(f"batch_rows must be at least 1, got {batch_rows}")
    output = Path(output)
    attributes, others, left_out = as_names(personal), as_names(keep), as_names(drop)
    if not attributes:
        raise InputError("personal names no column")
    with open_source(source, memory=memory, progress=progress, form=written) as opened:
        if _among(output, source, opened.files):
            raise InputError(
                f"{output} would be one of the files that are read, {source}; write it elsewhere"
            )
        named = {target, *attributes, *others, *left_out}
        seen = (
            tuple(name for name in opened.columns if name not in named)
            if features is None
            else as_names(features)
        )
        check_columns(Path(opened.name), opened.names, [*named, *seen])
        truths = read_features_as(opened, [*seen, target], [*others, *attributes])
        both = [name for name in seen if name in {target, *attributes}]
        if both:
            raise InputError(f"column {both[0]!r} is a feature and also the target or personal")
        if not seen:
            raise InputError("X has no feature left for the generic model")
        outcome = read_outcome(opened, target, task, positive, sure=True, whole=False)

        def pair_of(X: Table, S: Table) -> Panel:
            values = {"positive": outcome.positive, "negative": outcome.negative}
            return adapt_pair(generic, personalized, X, S, outcome.task, **values)

        plan = PredictionPlan(
            seen, attributes, tuple(dict.fromkeys((target, *attributes, *others))), truths
        )
        made = predict_source(opened, plan, pair_of, output, batch_rows=batch_rows)
    given = (generic, personalized)
    own, said, odd = own_thresholds(Settings(), outcome, given, fitted=True)
    told = [*said, *(each.text for each in odd)]
    if own.threshold is not None:
        # In place of what an audit says, which judges by it.
        told[-1:] = []
        told.append(
            f"by their own predict() the models say {outcome.positive!r} from a probability of "
            f"{own.threshold:.3g} on: compare these predictions by that threshold (threshold, on "
            f"the command line --threshold {own.threshold:.3g})"
        )
    return replace(made, notes=(*made.notes, *told)) if told else made


def _among(output: Path, source: Any, files: Sequence[str]) -> bool:
    """Say whether a file is, or would next time be, among those that are read."""
    place = output.resolve()
    if any(Path(file).resolve() == place for file in files):
        return True
    if not isinstance(source, str | Path):
        return False
    given = Path(source)
    if given.exists():
        return given.is_dir() and given.resolve() in place.parents
    return output.absolute().match(str(given.absolute()))
