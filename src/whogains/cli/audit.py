"""`whogains audit`: fit a pair of models to a file, and audit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import whogains.cli.explanation_options as explaining
import whogains.cli.file_options as files
import whogains.cli.file_values as of_files
import whogains.cli.option_values as read
import whogains.cli.options as opt
import whogains.cli.own_costs as own
import whogains.cli.survey_options as drawn
from whogains.cli.features import check_dropped, feature_columns
from whogains.cli.gates import check_margin
from whogains.cli.hashes import with_hashes
from whogains.cli.output import check_pdf, check_writable, write
from whogains.cli.progress import progress_bar
from whogains.errors import InputError
from whogains.judging import CONVENTIONS, CORRECTIONS, MIN_CELL, RULES

if TYPE_CHECKING:
    from whogains.types import Task


def audit(
    file: files.File,
    target: opt.Target,
    personal: opt.Personal,
    groups: opt.Groups = None,
    features: opt.Features = None,
    drop: opt.Drop = None,
    model: opt.Model = opt.DEFAULT_MODEL,
    generic_model: opt.GenericModel = None,
    personalized_model: opt.PersonalizedModel = None,
    model_output: opt.ModelOutput = None,
    trust_pickle: opt.TrustPickle = False,
    device: Annotated[
        str | None,
        typer.Option(
            help="Where --model mlp is trained and run, as torch names it: cuda, cuda:1. "
            "Default: cpu.",
            show_default=False,
            rich_help_panel=opt.MODELS,
        ),
    ] = None,
    explainers: explaining.Explainers = None,
    keep: explaining.Keep = "0.5",
    explanation_costs: explaining.ExplanationCosts = None,
    baseline: explaining.Baseline = "marginal",
    mask_personal: explaining.MaskPersonal = False,
    explainer_repeats: explaining.ExplainerRepeats = 1,
    batch_rows: explaining.BatchRows = None,
    change: Annotated[
        str | None,
        typer.Option(
            help="What counts as a change of a prediction: label, or squared (difference of "
            "probabilities). Default: label for classification.",
            show_default=False,
            rich_help_panel=opt.EXPLANATIONS,
        ),
    ] = None,
    feature_groups: Annotated[
        str | None,
        typer.Option(
            help="Columns that are hidden together, as COLUMN=GROUP: fiber_g=diet,sugars_g=diet.",
            show_default=False,
            rich_help_panel=opt.EXPLANATIONS,
        ),
    ] = None,
    signed: Annotated[
        bool,
        typer.Option(
            "--signed",
            help="Rank features by attributions with their sign, not by their size alone.",
            rich_help_panel=opt.EXPLANATIONS,
        ),
    ] = False,
    folds: opt.Folds = 5,
    repeats: opt.Repeats = None,
    placebo: opt.Placebo = None,
    holdout: opt.Holdout = None,
    separator: files.Separator = None,
    decimal: files.Decimal = None,
    encoding: files.Encoding = None,
    na: files.Na = None,
    labels: files.Labels = None,
    band: files.Band = None,
    task: opt.Task = None,
    positive: opt.Positive = None,
    costs: opt.Costs = None,
    cost_module: own.CostModule = None,
    prices: own.Prices = None,
    unit: opt.Unit = None,
    outcome_label: opt.OutcomeLabel = None,
    weight: opt.Weight = None,
    exposure: opt.Exposure = None,
    cluster: opt.Cluster = None,
    strata: drawn.StrataOption = None,
    psu: drawn.PsuOption = None,
    single_psu: drawn.SinglePsuOption = "error",
    replicate_weights: drawn.ReplicateWeights = None,
    replicate_method: drawn.ReplicateMethodOption = None,
    replicate_scale: drawn.ReplicateScale = None,
    fay: drawn.Fay = 0.0,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    margin: opt.Margin = None,
    threshold: opt.Threshold = None,
    cost_range: opt.CostRange = None,
    method: opt.Method = "auto",
    correction: opt.Correction = "within_cost",
    rule: opt.Rule = "intersection_union",
    convention: opt.Convention = "average",
    tolerated_error: opt.ToleratedError = None,
    power: opt.Power = 0.8,
    min_cell: opt.MinCell = MIN_CELL,
    max_levels: opt.MaxLevels = 50,
    max_groups: opt.MaxGroups = 4096,
    seed: opt.Seed = 0,
    jobs: opt.Jobs = None,
    checkpoint: opt.Checkpoint = None,
    json: opt.Json = None,
    html: opt.Html = None,
    junit: opt.Junit = None,
    pdf: opt.Pdf = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    hash_data: opt.HashData = False,
    quiet: opt.Quiet = False,
) -> int:
    """Fit a generic and a personalized model to a file by cross-fitting, and audit them."""
    check_margin(fail_on, margin)
    check_writable([json, html, pdf, junit], sources=[file, generic_model, personalized_model])
    check_pdf(pdf)
    from whogains import api
    from whogains.costs import CHANGES, TASKS
    from whogains.files import Format, check_columns, column_names, file_note, read_table
    from whogains.frames import read_target, repeated_id_note
    from whogains.models import CLASSIFIER_OUTPUTS, load_model

    personal_names, group_names = read.names(personal), read.names(groups)
    if not personal_names:
        raise InputError("--personal names no column")
    meant = of_files.group_options(labels, band)
    form = Format(**of_files.file_format(separator, decimal, encoding, na))
    survey = drawn.survey_options(
        strata, psu, single_psu, replicate_weights, replicate_method, replicate_scale, fay
    )
    special = [name for name in (target, weight, exposure, cluster) if name is not None]
    special += drawn.columns_of(survey)
    asked = [*special, *personal_names, *group_names, *read.names(features)]
    every, left_out = column_names(file, form), read.names(drop)
    check_columns(file, every, asked)
    check_columns(file, [*dict.fromkeys(every)], left_out)
    # The cluster is no feature anyway, and who is told to leave it out may say so.
    check_dropped(left_out, {*special, *personal_names, *group_names} - {cluster})
    kept, twice = feature_columns(file, every, read.names(features), [*asked, *left_out])
    written = [name for name in (cluster, strata, psu) if name is not None]
    frame = read_table(
        file,
        [*dict.fromkeys([*kept, *asked])],
        as_written=written,
        form=form,
        levels=personal_names,
    )
    notes = [file_note(file, form), twice]
    if cluster is None:
        once = [name for name in left_out if every.count(name) == 1]
        notes.append(repeated_id_note(read_table(file, once, form=form)) if once else None)
    paths = generic_model, personalized_model
    wanted = read.choice(task, TASKS, "--task")
    returned = read.choice(model_output, CLASSIFIER_OUTPUTS, "--model-output")
    fitted = [
        None if path is None else load_model(path, output=returned, trust_pickle=trust_pickle)
        for path in paths
    ]
    with progress_bar(shown=not quiet) as progress:
        found = api.audit(
            frame[kept],
            frame[target],
            personal=frame[personal_names],
            groups=api.read_levels(
                file, group_names or personal_names, target, form, meant["bands"] or ()
            ),
            sample_weight=None if weight is None else frame[weight],
            exposure=None if exposure is None else frame[exposure],
            cluster=None if cluster is None else frame[cluster],
            task=wanted,
            positive=positive,
            costs=own.asked_costs(costs, cost_module, prices),
            unit=unit,
            outcome_label=outcome_label,
            generic=fitted[0],
            personalized=fitted[1],
            model=_model(model, device, paths, lambda: read_target(frame[target], wanted).task),
            explainers=read.explainers(explainers),
            keep=read.keep(keep),
            explanation_costs=read.names(explanation_costs) or None,
            baseline=read.baseline(baseline),
            mask_personal=mask_personal,
            explainer_repeats=explainer_repeats,
            checkpoint=checkpoint,
            batch_rows=batch_rows,
            feature_groups=read.pairs(feature_groups, "--feature-groups"),
            signed=signed,
            change=read.choice(change, CHANGES, "--change"),
            folds=folds,
            repeats=repeats,
            placebo=placebo,
            holdout=holdout,
            n_jobs=jobs,
            epsilon=read.per_cost(epsilon, "--epsilon"),
            margin=read.per_cost(margin, "--margin"),
            threshold=read.threshold(threshold),
            cost_range=read.ranges(cost_range),
            alpha=alpha,
            method=method,
            correction=read.choice(correction, CORRECTIONS, "--correction"),
            rule=read.choice(rule, RULES, "--rule"),
            convention=read.choice(convention, CONVENTIONS, "--convention"),
            tolerated_error=tolerated_error,
            power=power,
            min_cell=min_cell,
            max_levels=max_levels,
            max_groups=max_groups,
            random_state=seed,
            progress=progress,
            **meant,
            **drawn.with_columns(survey, lambda names: frame[names]),
        )
    told = tuple(note for note in notes if note is not None)
    found = replace(found, notes=(*found.notes, *told)) if told else found
    found = with_hashes(
        found,
        data=file if hash_data else None,
        generic_model=generic_model,
        personalized_model=personalized_model,
    )
    return write(
        found, json=json, html=html, pdf=pdf, junit=junit, quiet=quiet, fail_on=fail_on, allow=allow
    )


def _model(
    name: str, device: str | None, paths: tuple[Path | None, ...], task: Callable[[], Task]
) -> Any:
    """Give what is to be fitted: nothing where models are given, a name, or a network elsewhere."""
    given = any(path is not None for path in paths)
    if device is None:
        return None if given else name
    if given or name != "mlp":
        raise InputError(
            "--device is for networks that are fitted here (--model mlp); other models run on "
            "the processor"
        )
    from whogains.models import named_estimator

    return named_estimator(name, task()).set_params(device=device)
