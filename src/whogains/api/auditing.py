"""Audit two models, or fit and audit a pair, on people's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from whogains.api.explaining import (
    agreement_notes,
    asked_explainers,
    explainers_of_classes,
    gaps_of,
    given_frames,
    sampling_notes,
)
from whogains.api.findings import base_rate, findings_of
from whogains.api.fitting import fitting_of, model_name
from whogains.api.hidden_groups import audited_rows
from whogains.api.options import AuditOptions, named_columns, shape_options, survey_options
from whogains.api.scored_rounds import scored_rounds
from whogains.api.surveys import design_of, named_design
from whogains.api.suspicions import (
    labels,
    leaks,
    levels_of_text,
    own_thresholds,
    taken,
    training_rows,
    unused,
)
from whogains.costs import Change, CostNames
from whogains.costs import explanation_costs as find_explanation_costs
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, MAX_LEVELS, Rows, Score
from whogains.frames import (
    Target,
    are_classes,
    as_names,
    as_rates,
    asked_costs,
    check_features,
    check_indexes,
    check_mapping,
    check_task,
    class_target,
    classes_note,
    empty_columns_note,
    encode_rows,
    group_columns,
    name_of,
    numbers_as_text_note,
    read_seed,
    read_target,
    repeated_id_note,
    shaped_groups,
    split_features,
    task_of_exposure,
    to_pandas,
    unique_id_note,
)
from whogains.judging import Settings, chosen_costs
from whogains.results import Findings
from whogains.types import FloatArray, Task

if TYPE_CHECKING:
    from pathlib import Path

    from whogains.explain import Baseline, GivenAttributions

Progress = Callable[[str, int, int], None]
Inspect = Callable[[Sequence[Score], npt.NDArray[np.int64]], None]


def audit(
    X: Any,
    y: Any,
    *,
    personal: Any,
    groups: Any = None,
    generic: Any = None,
    personalized: Any = None,
    model: Any = None,
    task: Task | None = None,
    positive: Any = None,
    costs: CostNames | None = None,
    unit: str | None = None,
    explainers: Sequence[str | Callable[..., Any] | GivenAttributions] | None = None,
    keep: float | int | Sequence[float | int] = 0.5,
    change: Change | None = None,
    explanation_costs: Sequence[str] | None = None,
    baseline: Baseline = "marginal",
    mask_personal: bool = False,
    feature_groups: Mapping[str, str] | None = None,
    signed: bool = False,
    explainer_repeats: int = 1,
    batch_rows: int | None = None,
    checkpoint: str | Path | None = None,
    folds: int = 5,
    repeats: int | None = None,
    placebo: int | None = None,
    holdout: float | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    exposure: Any = None,
    cluster: Any = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    progress: Progress | None = None,
    inspect: Inspect | None = None,
    **options: Unpack[AuditOptions],
) -> Findings:
    """Audit predictions and explanations of a generic and a personalized model, group by group.

    Parameters
    ----------
    X : frame or array, shape (n, p)
        Features: pandas, Polars, Arrow, a mapping of columns, or an array.
    y : array-like, shape (n,)
        Outcomes. Rows where they are missing are left out and counted.
    personal : frame or mapping of n rows, or (sequence of) str
        The attributes that the personalized model adds, or their names in `X`, which then are no
        features of the generic model.
    groups : frame or mapping of n rows, or (sequence of) str, optional
        The attributes whose crossing makes the groups, or their names in `X` or `personal`. By
        default all of `personal`. A missing value is a level of its own.
    generic, personalized : fitted models, optional
        Fitted scikit-learn estimators or pipelines, torch networks (`TorchModel`), models from a
        file (`load_model`), or functions from a frame to probabilities
        (classification) or values (regression). `X` must then hold rows that neither was fitted
        to. The generic model gets the features, the personalized one also the attributes.
    model : str or estimator, optional
        What to fit when no models are given: "gradient_boosting" (the default), "linear", "mlp"
        (a neural network; needs torch), or an unfitted scikit-learn estimator or pipeline. It is
        fitted with and without the attributes, and every row is scored by the models of the folds
        that it is not in.
    task : {"classification", "regression", "classes", "counts"}, optional
        Judged from `y` by default: two values make a classification, three or more that are words
        make classes; a note says so. Counts (of visits, claims, events) are never guessed: they
        are judged by the Poisson deviance, and models predict their mean.
    positive : optional
        The outcome that counts as 1; by default the larger of the two.
    costs : sequence of str, optional
        Prediction costs by name, or declared (`Cost`, `Metric`, `CostMatrix`); by default those
        of the task that its predictions are usually judged by.
    unit : str, optional
        Unit of the outcome, such as "mmHg", for the report.
    explainers : sequence of (str, callable or GivenAttributions), optional
        For any model "permutation_shap" (slow: ten predictions per row and feature) and
        "occlusion" (one); for trees "tree_shap"; for linear models
        "linear_shap"; for torch networks "integrated_gradients", "deeplift", "gradient_shap" and
        "shapley_sampling". A colon and a number set how much work is done, as in
        "integrated_gradients:20". Also functions ``(model, matrix) -> (n, p)`` attributions, and
        attributions made elsewhere. By default what fits the models; an empty sequence, or
        "none", audits predictions alone. Of several classes the probability of the one that the
        model predicts is explained, by "occlusion" by default, by no exact explainer.
    keep : float, int, or a sequence of them
        How many features an explanation keeps: a number, or a share of the generic model's
        features, which makes one number for both models. Several make a curve, and the mean over
        it is one more cost, with no keep.
    change : {"label", "squared"}, optional
        What counts as a changed prediction; "label" by default for classification.
    explanation_costs : sequence of str, optional
        "sufficiency" and "incomprehensiveness", the paper's, and "sufficiency_n" and
        "incomprehensiveness_n", divided by what hiding everything changes; all by default.
    baseline : {"marginal", "mean", "zeros"}, int or mapping of str to value
        What a masked feature is set to: means (modes) of the rows fitted on, and for personal
        attributes each combination of levels that people have, over which predictions are
        averaged ("marginal"); the mode for these too ("mean"), which never masks them in the
        largest group; zeros; a row; or each of so many background rows in turn.
    mask_personal : bool
        Whether personal attributes are ranked and masked like features, as in the paper. By
        default they are context, which the personalized model always sees: explanations are of
        the same features for both models, and a column of noise cannot change what is compared.
    feature_groups : mapping of str to str, optional
        For columns that are masked together, the name of their group.
    signed : bool
        Whether features are ranked by signed attributions rather than their absolute values.
    explainer_repeats : int
        How often explainers that draw are run, to tell how much of a standard error is noise of
        the draws. The numbers are those of the first run.
    batch_rows : int, optional
        Rows explained and masked at a time, which bounds the memory; chosen by default.
    checkpoint : str or Path, optional
        A folder that keeps what is explained, so that a killed run continues there and gives the
        same bytes. A changed explainer function of one's own needs another folder.
    folds : int
        Folds of the cross-fitting.
    repeats : int, optional
        Rounds of cross-fitting, each with new folds and new seeds: 5 by default. From 5 on the
        verdicts speak of the *procedure*, what learning with the attributes gains on average
        over training sets, folds and seeds. With 1 they speak of the fits of one round, and
        another seed may say otherwise.
    placebo : int, optional
        How many placebos are fitted in each round: personalized models that get the attributes of
        other people. Each group is also judged on what it gains over them, which is what the
        attribute tells rather than what one more column does. 1 by default, 0 for none.
    holdout : float, optional
        The share of the rows to hold out once, as in 0.3, in place of cross-fitting. Verdicts then
        speak of the pair of models fitted on the other rows, and of no other seed.
    n_jobs : int, optional
        Processes that fit rounds at once; -1 for one per core. By default so where it pays.
    sample_weight : array-like, shape (n,), optional
        Positive weights of the rows, for the audit; models are fitted without them.
    exposure : array-like, shape (n,), optional
        For counts, how long or how many each row was exposed, above 0: models then predict rates
        per unit of exposure, and rows are weighed by it in the fits and in the audit.
    cluster : array-like, shape (n,), optional
        Which rows depend on each other, such as a patient's stays. A cluster is never split over
        folds.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of folds, fits, explainers and bootstrap.
    progress : callable, optional
        Called as ``progress(stage, done, total)`` as the work goes on.
    inspect : callable, optional
        Called once as ``inspect(scores, codes)`` with every row's costs, in the order of the
        findings' costs, and every row's group, for summaries that an audit does not make.
    **options
        Levels, epsilon, corrections: the keywords of `Settings`; `labels` and `bands` of `Shape`.
        How a survey's sample was drawn: those of `Survey` (`strata`, `psu`, `single_psu`; or
        `replicate_weights` and what they are). No PSU is split over folds.

    Returns
    -------
    Findings
        Numbers and verdicts per group, cost and explainer.

    Raises
    ------
    InputError
        If something cannot be used as given; the message names the column, row or value.

    Notes
    -----
    Which models a verdict speaks of is told by ``settings["estimand"]``. Given models, and those
    of a holdout: these two on new people ("fits"). Several rounds of cross-fitting: what the
    learning procedure gains ("procedure"), by intervals that count folds and seeds
    (`whogains.inference.procedure_error`). One round: "fits" too, of as many pairs as folds;
    measured, its intervals cover neither their mean nor the procedure as often as they say
    (docs/crossfit.md), and the report says that another seed may differ.

    Examples
    --------
    >>> import whogains as wg
    >>> data = wg.datasets.nhanes("systolic")
    >>> found = wg.audit(data.X, data.y, personal=data.personal, model="linear", explainers=[])
    >>> found.gamma()[["cost", "sex", "race", "age", "verdict"]].shape
    (2, 5)
    """
    survey, rest = survey_options(options)
    shape, settings = shape_options(rest)
    chosen = Settings(**settings)
    random_state = read_seed(random_state)
    fitting = fitting_of(
        model=model,
        folds=folds,
        repeats=repeats,
        placebo=placebo,
        holdout=holdout,
        n_jobs=n_jobs,
        random_state=random_state,
        given=(generic, personalized),
    )
    asked = asked_explainers(explainers)
    _check_arguments(
        task,
        feature_groups,
        asked,
        X=X,
        y=y,
        personal=personal,
        groups=groups,
        sample_weight=sample_weight,
        exposure=exposure,
        cluster=cluster,
        strata=survey.strata,
        psu=survey.psu,
        replicate_weights=survey.replicate_weights,
    )
    name = name_of(y, "y")
    target, exposed = _outcome(y, name, task, positive, exposure)
    features, attached = split_features(to_pandas(X, "X"), personal)
    if not len(attached.columns):
        raise InputError("personal names no attribute")
    check_features(features, attached, y, target, name)
    asked, told_of_classes = explainers_of_classes(target, asked)
    predicted = asked_costs(costs, target, name)
    every = (
        *predicted,
        *find_explanation_costs(
            target.task, change, None if explanation_costs is None else as_names(explanation_costs)
        ),
    )
    chosen.check_names(every)
    # Groups, weights and clusters are read before the models run: an error there is cheap now.
    rows, audited, dropped = audited_rows(
        target,
        shaped_groups(group_columns(groups, features, attached), shape),
        sample_weight=sample_weight,
        exposure=exposed,
        cluster=cluster,
        design=design_of(survey, target, costs=every, cluster=cluster, exposure=exposed),
        min_cell=chosen.min_cell,
        max_levels=max_levels,
        max_groups=max_groups,
        fitted=fitting is not None,
    )
    target, rows = _learnable(target, rows, name, fitted=fitting is not None)
    chosen, own, alarms = own_thresholds(
        chosen,
        target,
        (generic, personalized) if fitting is None else (fitting.model,),
        fitted=fitting is None,
    )
    every = chosen_costs(chosen, every, partial(base_rate, rows))
    predicting, explaining = every[: len(predicted)], every[len(predicted) :]

    from whogains.explain import ExplanationSettings, GivenAttributions
    from whogains.models import adapt_pair
    from whogains.scoring import score_models

    explanations = ExplanationSettings(
        explainers=tuple(
            # Attributions made elsewhere are for all rows, and only some may be audited.
            each.take(audited) if isinstance(each, GivenAttributions) else each
            for each in asked
        ),
        keeps=tuple(keep) if isinstance(keep, Sequence) else (keep,),
        baseline=baseline,
        mask_personal=mask_personal,
        feature_groups=feature_groups,
        signed=signed,
        random_state=random_state,
        repeats=explainer_repeats,
        batch_rows=batch_rows,
    )
    tables = encode_rows(features, audited, "X"), encode_rows(attached, audited, "personal")
    pair = (
        {}
        if fitting is not None
        else adapt_pair(
            generic,
            personalized,
            *tables,
            target.task,
            positive=target.positive,
            classes=target.classes,
            negative=target.negative,
        )
    )
    if fitting is not None:
        alarms = (*alarms, *levels_of_text(features.loc[audited], progress))
        rounds, run = fitting.rounds(
            *tables,
            rows,
            target.task,
            explanations,
            exposure=None if exposed is None else exposed[audited],
            classes=target.classes,
            progress=progress,
            checkpoint=checkpoint,
        )
    else:
        scored_once = score_models(
            pair, *tables, explanations, progress=progress, checkpoint=checkpoint
        )
        alarms = (
            *alarms,
            *training_rows((generic, personalized), pair, tables, rows.y_true, scored_once),
        )
        rounds = iter([scored_once])
        run = {
            "generic_model": model_name(generic),
            "personalized_model": model_name(personalized),
            "estimand": "fits",
        }
    scored = scored_rounds(
        rounds,
        rows,
        predicting,
        explaining,
        min_cell=chosen.min_cell,
        numbers=np.flatnonzero(audited),
    )
    rows, scores, first = scored.rows, scored.scores, scored.first
    if inspect is not None:
        inspect(scores, rows.codes)
    run |= {
        "features": list(features.columns),
        "explainers": list(dict.fromkeys(each.explainer for each in first.explanations)),
        "keep": list(explanations.keeps),
        "change": explaining[0].change,
        "explanation_costs": [cost.name for cost in explaining],
        "baseline": baseline if isinstance(baseline, str | int) else "given",
        "mask_personal": mask_personal,
        "ranking": "signed" if signed else "absolute",
        "explainer_repeats": explainer_repeats,
        "completeness_gap": gaps_of(first.checks),
    }
    # Of rows that are not shown nothing is told, in words either.
    seen = features.loc[audited]
    columns = seen.join(attached.loc[audited])
    repeated = repeated_id_note(columns) if rows.kept_together is None else None
    empty = None if fitting is None else empty_columns_note(seen)
    others = (note for note in first.notes if note not in first.unused)
    told = (
        target.note,
        told_of_classes,
        repeated,
        unique_id_note(taken(seen, pair)),
        numbers_as_text_note(columns),
        empty,
        *own,
        *others,
    )
    found = findings_of(
        rows,
        scores,
        chosen,
        target,
        dropped=dropped,
        target_name=name,
        personal=tuple(attached.columns),
        unit=unit,
        random_state=random_state,
        run={
            **named_columns(sample_weight, cluster, exposure),
            **named_design(survey),
            **run,
        },
        notes=[note for note in told if note],
        warnings=(
            *leaks(features, y, target, audited),
            *alarms,
            *unused(first),
            *labels(first, target.task),
        ),
        placebo=scored.placebo,
    )
    noise = sampling_notes(explaining, first.explanations, rows, found)
    return replace(found, notes=(*found.notes, *noise, *agreement_notes(found)))


def _learnable(target: Target, rows: Rows, name: str, *, fitted: bool) -> tuple[Target, Rows]:
    """Leave out the classes that only people of hidden groups have: no model can learn them."""
    if not (fitted and target.classes):
        return target, rows
    codes = np.unique(rows.y_true).astype(np.int64)
    if len(codes) == len(target.classes):
        return target, rows
    classes = tuple(target.classes[code] for code in codes)
    left = np.where(np.isin(target.values, codes), np.searchsorted(codes, target.values), np.nan)
    found = replace(target, values=left, classes=classes, note=classes_note(name, classes))
    return found, replace(rows, y_true=np.searchsorted(codes, rows.y_true).astype(np.float64))


def _outcome(
    y: Any, name: str, task: Task | None, positive: Any, exposure: Any
) -> tuple[Target, FloatArray | None]:
    """Read the outcome; counts with exposures as rates."""
    task = task_of_exposure(task, exposure)
    if are_classes(y, task, (), name):
        if positive is not None:
            raise InputError(f"positive={positive!r} is for two values; {name} has several classes")
        return class_target(y, name), None
    target = read_target(y, task, positive=positive, name=name)
    return as_rates(target, exposure, name)


def _check_arguments(
    task: Task | None,
    feature_groups: Mapping[str, str] | None,
    asked: Sequence[Any],
    **frames: Any,
) -> None:
    """Refuse an unknown task, what is no mapping, and frames whose rows have other labels."""
    check_task(task)
    check_mapping(feature_groups=feature_groups)
    check_indexes(**frames, **given_frames(asked))
