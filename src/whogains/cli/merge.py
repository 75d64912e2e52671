"""`whogains merge`: findings from the evidence files of several hospitals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains.cli.gates import check_margin
from whogains.cli.output import check_pdf, check_writable, print_line, write
from whogains.judging import CONVENTIONS, CORRECTIONS, MIN_CELL, RULES


def merge(
    files: Annotated[
        list[Path], typer.Argument(help="Evidence files, of different rows.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Evidence file of all to write.", show_default=False),
    ] = None,
    disjoint_clusters: Annotated[
        bool,
        typer.Option(
            "--disjoint-clusters", help="Say that no cluster has rows in two of the files."
        ),
    ] = False,
    outcome_label: opt.OutcomeLabel = None,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    margin: opt.Margin = None,
    method: opt.Method = "auto",
    correction: opt.Correction = "within_cost",
    rule: opt.Rule = "intersection_union",
    convention: opt.Convention = "average",
    tolerated_error: opt.ToleratedError = None,
    power: opt.Power = 0.8,
    min_cell: opt.MinCell = MIN_CELL,
    max_groups: opt.MaxGroups = 4096,
    json: opt.Json = None,
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    junit: opt.Junit = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Add evidence files, and judge them as if their rows were in one."""
    check_margin(fail_on, margin)
    check_writable([output, json, html, junit, pdf], sources=files)
    check_pdf(pdf)
    from whogains import api
    from whogains.judging import Settings

    merged = api.merge(files, disjoint_clusters=disjoint_clusters, max_groups=max_groups)
    found = merged.findings(
        Settings(
            epsilon=read.per_cost(epsilon, "--epsilon"),
            margin=read.per_cost(margin, "--margin"),
            alpha=alpha,
            method=method,
            correction=read.choice(correction, CORRECTIONS, "--correction"),
            rule=read.choice(rule, RULES, "--rule"),
            convention=read.choice(convention, CONVENTIONS, "--convention"),
            tolerated_error=tolerated_error,
            power=power,
            min_cell=min_cell,
            outcome_label=outcome_label,
        )
    )
    if output is not None:
        merged.save(output, min_cell=min_cell)
        if not quiet and json != "-":
            print_line(f"Evidence of {merged.rows:,} rows: {output}")
    return write(
        found, json=json, html=html, pdf=pdf, junit=junit, quiet=quiet, fail_on=fail_on, allow=allow
    )
