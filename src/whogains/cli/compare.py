"""`whogains compare`: two models' predictions in a file, no model needed."""

from __future__ import annotations

import whogains.cli.file_options as files
import whogains.cli.file_values as of_files
import whogains.cli.option_values as read
import whogains.cli.options as opt
import whogains.cli.own_costs as own
import whogains.cli.survey_options as drawn
from whogains.cli.gates import check_margin
from whogains.cli.hashes import with_hashes
from whogains.cli.output import check_pdf, check_writable, write
from whogains.cli.progress import progress_bar
from whogains.errors import InputError
from whogains.judging import CONVENTIONS, CORRECTIONS, MIN_CELL, RULES


def compare(
    file: files.Table,
    target: opt.Target,
    generic: opt.Generic,
    personalized: opt.Personalized,
    groups: opt.Groups,
    separator: files.Separator = None,
    decimal: files.Decimal = None,
    encoding: files.Encoding = None,
    na: files.Na = None,
    percent: files.Percent = False,
    drop_missing_predictions: files.DropMissing = False,
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
    levels: opt.QuantileLevels = None,
    event: opt.Event = None,
    horizons: opt.Horizons = None,
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
    rows_in_memory: files.RowsInMemory = 1_000_000,
    memory: files.Memory = None,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    junit: opt.Junit = None,
    pdf: opt.Pdf = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    hash_data: opt.HashData = False,
    quiet: opt.Quiet = False,
) -> int:
    """Compare two models' predictions in a file, group by group; no model is needed."""
    check_margin(fail_on, margin)
    check_writable([json, html, pdf, junit], sources=[file])
    check_pdf(pdf)
    from whogains import api
    from whogains.costs import COMPARED_TASKS

    group_names = read.names(groups)
    if not group_names:
        raise InputError("--groups names no column")
    survey = drawn.survey_options(
        strata, psu, single_psu, replicate_weights, replicate_method, replicate_scale, fay
    )
    with progress_bar(shown=not quiet) as progress:
        found = api.compare_files(
            file,
            target=target,
            generic=generic,
            personalized=personalized,
            groups=group_names,
            sample_weight=weight,
            exposure=exposure,
            levels=None if levels is None else read.numbers(levels, "--levels"),
            event=event,
            horizons=None if horizons is None else read.numbers(horizons, "--horizons"),
            cluster=cluster,
            task=read.choice(task, COMPARED_TASKS, "--task"),
            positive=positive,
            costs=own.asked_costs(costs, cost_module, prices),
            unit=unit,
            outcome_label=outcome_label,
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
            rows_in_memory=rows_in_memory,
            memory=read.memory(memory),
            **of_files.file_format(separator, decimal, encoding, na),
            **of_files.group_options(labels, band),
            **survey,
            percent=percent,
            drop_missing_predictions=drop_missing_predictions,
            progress=progress,
        )
    found = with_hashes(found, data=file if hash_data else None)
    return write(
        found, json=json, html=html, pdf=pdf, junit=junit, quiet=quiet, fail_on=fail_on, allow=allow
    )
