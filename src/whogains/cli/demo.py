"""`whogains demo`: the whole way on real people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import whogains.cli.explanation_options as explaining
import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains.cli.choose import write_choice
from whogains.cli.output import STDOUT, check_pdf, check_writable, print_line, write
from whogains.cli.progress import progress_bar
from whogains.errors import InputError
from whogains.files import output_folder

DEMOS = ("systolic", "hypertension", "choose")


def demo(
    outcome: Annotated[
        str,
        typer.Argument(
            help="systolic (regression), hypertension (classification), or choose: which "
            "attributes to ask for a model of systolic, and of whom."
        ),
    ] = "systolic",
    out: Annotated[
        Path, typer.Option(help="Folder for report.html and audit.json; made if missing.")
    ] = Path("whogains-demo"),
    model: opt.Model = opt.DEFAULT_MODEL,
    explainers: explaining.Explainers = None,
    keep: explaining.Keep = "0.5",
    explanation_costs: explaining.ExplanationCosts = None,
    baseline: explaining.Baseline = "marginal",
    mask_personal: explaining.MaskPersonal = False,
    checkpoint: opt.Checkpoint = None,
    folds: opt.Folds = 5,
    repeats: opt.Repeats = None,
    placebo: opt.Placebo = None,
    holdout: opt.Holdout = None,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    seed: opt.Seed = 0,
    jobs: opt.Jobs = None,
    json: opt.Json = None,
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Audit a model of blood pressure on real people (NHANES 2017-2018), or choose what to ask."""
    if outcome not in DEMOS:
        raise InputError(f"there is no demo {outcome!r}; choose from {', '.join(DEMOS)}")
    check_pdf(pdf)
    if outcome == "choose":
        fitting = {"model": model, "folds": folds, "repeats": repeats, "holdout": holdout}
        levels = {"epsilon": read.per_cost(epsilon, "--epsilon"), "alpha": alpha}
        rest = {"n_jobs": jobs, "checkpoint": checkpoint, "random_state": seed}
        asked = {**fitting, **levels, **rest, "explainers": read.explainers(explainers)}
        return _choose(asked, out, json=json, html=html, pdf=pdf, quiet=quiet, fail_on=fail_on)
    report = html or out / "report.html"
    audit_file = out / "audit.json"
    with output_folder(out), progress_bar(shown=not quiet) as progress:
        check_writable([report, audit_file, json, pdf])
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
            explanation_costs=read.names(explanation_costs) or None,
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
    status = write(
        found, json=json, html=report, pdf=pdf, quiet=quiet, fail_on=fail_on, allow=allow
    )
    if not quiet and json != STDOUT:
        print_line(f"Report: {report}\nNumbers: {audit_file}")
    return status


def _choose(
    asked: dict[str, Any],
    out: Path,
    *,
    json: str | None,
    html: Path | None,
    pdf: Path | None,
    quiet: bool,
    fail_on: opt.Gates | None,
) -> int:
    """Choose which attributes to ask of the same people, and of whom."""
    page, numbers = html or out / "choice.html", out / "choice.json"
    with output_folder(out), progress_bar(shown=not quiet) as progress:
        check_writable([page, numbers, json, pdf])
        from whogains import api
        from whogains.datasets import nhanes

        data = nhanes("systolic")
        found = api.choose(
            data.X, data.y, personal=data.personal, unit=data.unit, progress=progress, **asked
        )
        found.to_json(numbers)
    status = write_choice(found, json=json, html=page, pdf=pdf, quiet=quiet, fail_on=fail_on)
    if not quiet and json != STDOUT:
        print_line(f"Page: {page}\nNumbers: {numbers}")
    return status
