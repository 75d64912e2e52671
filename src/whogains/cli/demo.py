"""`whogains demo`: the whole way on real people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.options as opt
import whogains.cli.values as read
from whogains.cli.output import STDOUT, check_writable, output_folder, print_line, write
from whogains.cli.progress import progress_bar
from whogains.errors import InputError

DEMOS = ("systolic", "hypertension")


def demo(
    outcome: Annotated[
        str, typer.Argument(help="systolic (regression) or hypertension (classification).")
    ] = "systolic",
    out: Annotated[
        Path, typer.Option(help="Folder for report.html and audit.json; made if missing.")
    ] = Path("whogains-demo"),
    model: opt.Model = opt.DEFAULT_MODEL,
    explainers: opt.Explainers = None,
    keep: opt.Keep = "0.5",
    baseline: opt.Baseline = "marginal",
    mask_personal: opt.MaskPersonal = False,
    checkpoint: opt.Checkpoint = None,
    folds: opt.Folds = 5,
    repeats: opt.Repeats = None,
    placebo: opt.Placebo = None,
    holdout: opt.Holdout = None,
    jobs: opt.Jobs = None,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Audit a model of blood pressure on real people (NHANES 2017-2018), start to end."""
    if outcome not in DEMOS:
        raise InputError(f"there is no demo {outcome!r}; choose from {', '.join(DEMOS)}")
    report = html or out / "report.html"
    audit_file = out / "audit.json"
    with output_folder(out), progress_bar(shown=not quiet) as progress:
        check_writable([report, audit_file, json])
        from whogains import api
        from whogains.datasets import nhanes

        data = nhanes("systolic" if outcome == "systolic" else "hypertension")
        found = api.audit(
            data.X,
            data.y,
            personal=data.personal,
            task=data.task,
            unit=data.unit,
            model=model,
            explainers=read.explainers(explainers),
            keep=read.keep(keep),
            baseline=read.baseline(baseline),
            mask_personal=mask_personal,
            checkpoint=checkpoint,
            folds=folds,
            repeats=repeats,
            placebo=placebo,
            holdout=holdout,
            n_jobs=jobs,
            epsilon=read.per_cost(epsilon, "--epsilon"),
            alpha=alpha,
            random_state=seed,
            progress=progress,
        )
        found.to_json(audit_file)
    status = write(found, json=json, html=report, quiet=quiet, fail_on=fail_on, allow=allow)
    if not quiet and json != STDOUT:
        print_line(f"Report: {report}\nNumbers: {audit_file}")
    return status
