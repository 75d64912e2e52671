"""`whogains compare`: two models' predictions in a file, no model needed."""

from __future__ import annotations

from typing import Annotated

import typer

from whogains.cli import options as opt
from whogains.cli.output import check_writable, write
from whogains.costs import TASKS
from whogains.errors import InputError
from whogains.findings.settings import CONVENTIONS, CORRECTIONS


def compare(
    file: opt.File,
    target: opt.Target,
    generic: Annotated[
        str, typer.Option(help="Column of the generic model's predictions.", show_default=False)
    ],
    personalized: Annotated[
        str,
        typer.Option(help="Column of the personalized model's predictions.", show_default=False),
    ],
    groups: opt.Groups,
    task: opt.Task = None,
    positive: opt.Positive = None,
    costs: opt.Costs = None,
    unit: opt.Unit = None,
    weight: opt.Weight = None,
    cluster: opt.Cluster = None,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    method: opt.Method = "auto",
    correction: opt.Correction = "within_cost",
    convention: opt.Convention = "average",
    tolerated_error: opt.ToleratedError = None,
    power: opt.Power = 0.8,
    max_levels: opt.MaxLevels = 50,
    max_groups: opt.MaxGroups = 4096,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    fail_on: opt.FailOnOption = None,
    quiet: opt.Quiet = False,
) -> int:
    """Compare two models' predictions in a file, group by group; no model is needed."""
    check_writable([json, html], source=file)
    from whogains import api
    from whogains.files import read_table

    group_names = opt.names(groups)
    if not group_names:
        raise InputError("--groups names no column")
    special = [name for name in (weight, cluster) if name is not None]
    frame = read_table(file, [target, generic, personalized, *group_names, *special])
    found = api.compare(
        frame[target],
        generic=frame[generic],
        personalized=frame[personalized],
        groups=frame[group_names],
        sample_weight=None if weight is None else frame[weight],
        cluster=None if cluster is None else frame[cluster],
        task=opt.choice(task, TASKS, "--task"),
        positive=positive,
        costs=opt.names(costs) or None,
        unit=unit,
        epsilon=opt.epsilon(epsilon),
        alpha=alpha,
        method=method,
        correction=opt.choice(correction, CORRECTIONS, "--correction"),
        convention=opt.choice(convention, CONVENTIONS, "--convention"),
        tolerated_error=tolerated_error,
        power=power,
        max_levels=max_levels,
        max_groups=max_groups,
        random_state=seed,
    )
    return write(found, json=json, html=html, quiet=quiet, fail_on=fail_on)
