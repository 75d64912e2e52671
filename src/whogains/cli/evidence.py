"""`whogains evidence`: the sums of a file, to be shared where its rows may not be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.file_options as files
import whogains.cli.file_values as of_files
import whogains.cli.option_values as read
import whogains.cli.options as opt
import whogains.cli.own_costs as own
from whogains.cli.output import check_writable, print_error, print_line
from whogains.cli.progress import progress_bar
from whogains.errors import InputError
from whogains.judging import MIN_CELL


def evidence(
    file: files.Table,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Evidence file to write.", show_default=False)
    ],
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
    weight: opt.Weight = None,
    exposure: opt.Exposure = None,
    cluster: opt.Cluster = None,
    threshold: opt.Threshold = None,
    cost_range: opt.CostRange = None,
    min_cell: Annotated[
        int,
        typer.Option(
            help="Fewest rows (with --cluster: clusters) of a group whose sums may be written; "
            "0: any."
        ),
    ] = MIN_CELL,
    max_levels: opt.MaxLevels = 50,
    max_groups: opt.MaxGroups = 4096,
    memory: files.Memory = None,
    quiet: opt.Quiet = False,
) -> int:
    """Sum two models' costs per group into a small file that holds no row, for whogains merge."""
    check_writable([output], sources=[file])
    from whogains import api
    from whogains.costs import TASKS

    if not read.names(groups):
        raise InputError("--groups names no column")
    with progress_bar(shown=not quiet) as progress:
        gathered = api.gather(
            file,
            target=target,
            generic=generic,
            personalized=personalized,
            groups=read.names(groups),
            task=read.choice(task, TASKS, "--task"),
            positive=positive,
            costs=own.asked_costs(costs, cost_module, prices),
            unit=unit,
            sample_weight=weight,
            exposure=exposure,
            cluster=cluster,
            threshold=read.threshold(threshold),
            cost_range=read.ranges(cost_range),
            max_levels=max_levels,
            max_groups=max_groups,
            memory=read.memory(memory),
            **of_files.file_format(separator, decimal, encoding, na),
            **of_files.group_options(labels, band),
            percent=percent,
            drop_missing_predictions=drop_missing_predictions,
            progress=progress,
        )
    gathered.save(output, min_cell=min_cell)
    # Who merges the file sees them too; who makes it can still mend it.
    for each in gathered.warnings:
        print_error(f"warning ({each.name}): {each.text}")
    if not quiet:
        print_line(f"Evidence of {gathered.rows:,} rows: {output}")
    return 0
