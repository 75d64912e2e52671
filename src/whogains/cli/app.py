"""The commands: each reads its options, calls the library once, and writes what it found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whogains._version import __version__
from whogains.cli import options as opt
from whogains.cli.output import STDOUT, check_writable, print_line, write_json
from whogains.cli.progress import progress_bar
from whogains.costs import CHANGES, TASKS
from whogains.errors import InputError
from whogains.findings.settings import CONVENTIONS, CORRECTIONS
from whogains.limits import FAMILIES

if TYPE_CHECKING:
    from whogains.findings import Findings

app = typer.Typer(
    name="whogains",
    help="Who gains when people hand over personal attributes, in predictions and in "
    "explanations, and can these data even tell?",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DEMOS = ("systolic", "hypertension")


def _version(value: bool) -> None:
    if value:
        print_line(f"whogains {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


@app.command()
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
    folds: opt.Folds = 5,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    fail_on: opt.FailOnOption = None,
    quiet: opt.Quiet = False,
) -> int:
    """Audit a model of blood pressure on real people (NHANES 2017-2018), start to end."""
    if outcome not in DEMOS:
        raise InputError(f"there is no demo {outcome!r}; choose from {', '.join(DEMOS)}")
    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {out}: {error.strerror or error}") from error
    report = html or out / "report.html"
    audit_file = out / "audit.json"
    try:
        check_writable([report, audit_file, json])
    except InputError:
        if made:
            out.rmdir()
        raise
    from whogains import api
    from whogains.datasets import nhanes

    data = nhanes("systolic" if outcome == "systolic" else "hypertension")
    with progress_bar(shown=not quiet) as progress:
        found = api.audit(
            data.X,
            data.y,
            personal=data.personal,
            task=data.task,
            unit=data.unit,
            model=model,
            explainers=_explainers(explainers),
            keep=opt.keep(keep),
            folds=folds,
            epsilon=opt.epsilon(epsilon),
            alpha=alpha,
            random_state=seed,
            progress=progress,
        )
    found.to_json(audit_file)
    status = _write(found, json=json, html=report, quiet=quiet, fail_on=fail_on)
    if not quiet and json != STDOUT:
        print_line(f"Report: {report}\nNumbers: {audit_file}")
    return status


@app.command()
def audit(
    file: opt.File,
    target: opt.Target,
    personal: Annotated[
        str,
        typer.Option(
            help="Attributes that the personalized model adds, separated by commas.",
            show_default=False,
        ),
    ],
    groups: opt.Groups = None,
    features: Annotated[
        str | None,
        typer.Option(
            help="Features of the generic model; by default all columns that are not named "
            "otherwise.",
            show_default=False,
        ),
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option(help="Columns to leave out, such as an id.", show_default=False),
    ] = None,
    model: opt.Model = opt.DEFAULT_MODEL,
    explainers: opt.Explainers = None,
    keep: opt.Keep = "0.5",
    change: Annotated[
        str | None,
        typer.Option(
            help="What counts as a change of a prediction: label, or squared (difference of "
            "probabilities). Default: label for classification.",
            show_default=False,
        ),
    ] = None,
    folds: opt.Folds = 5,
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
    """Fit a generic and a personalized model to a file by cross-fitting, and audit them."""
    check_writable([json, html])
    from whogains import api
    from whogains.files import check_columns, read_table

    frame = read_table(file)
    personal_names, group_names = opt.names(personal), opt.names(groups)
    named = [*personal_names, *group_names, *opt.names(features), *opt.names(drop)]
    special = [name for name in (target, weight, cluster) if name is not None]
    check_columns(file, list(frame.columns), [*special, *named])
    if not personal_names:
        raise InputError("--personal names no column")
    kept = opt.names(features) or [
        name
        for name in frame.columns
        if name not in {*personal_names, *special, *opt.names(drop), *group_names}
    ]
    with progress_bar(shown=not quiet) as progress:
        found = api.audit(
            frame[kept],
            frame[target],
            personal=frame[personal_names],
            groups=frame[group_names] if group_names else None,
            sample_weight=None if weight is None else frame[weight],
            cluster=None if cluster is None else frame[cluster],
            task=opt.choice(task, TASKS, "--task"),
            positive=positive,
            costs=opt.names(costs) or None,
            unit=unit,
            model=model,
            explainers=_explainers(explainers),
            keep=opt.keep(keep),
            change=opt.choice(change, CHANGES, "--change"),
            folds=folds,
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
            progress=progress,
        )
    return _write(found, json=json, html=html, quiet=quiet, fail_on=fail_on)


@app.command()
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
    check_writable([json, html])
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
    return _write(found, json=json, html=html, quiet=quiet, fail_on=fail_on)


@app.command()
def plan(
    n: Annotated[
        str,
        typer.Option("--n", help="People in each group, separated by commas.", show_default=False),
    ],
    sd: Annotated[
        str,
        typer.Option(
            help="Standard deviation of one person's benefit, for all groups or for each."
        ),
    ] = "1",
    epsilon: Annotated[
        float | None,
        typer.Option(help="Smallest effect that matters.", show_default=False),
    ] = None,
    groups: Annotated[
        str | None, typer.Option(help="Names of the groups.", show_default=False)
    ] = None,
    shares: Annotated[
        str | None,
        typer.Option(
            help="Shares of the groups in a larger sample; as in --n by default.",
            show_default=False,
        ),
    ] = None,
    family: Annotated[
        str,
        typer.Option(
            help="For the paper's bound: gaussian, categorical, laplace or laplace_paper."
        ),
    ] = "gaussian",
    alpha: opt.Alpha = 0.05,
    power: opt.Power = 0.8,
    convention: opt.Convention = "average",
    tolerated_error: opt.ToleratedError = None,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    quiet: opt.Quiet = False,
) -> int:
    """Say what an audit with groups of these sizes could tell; no data are needed."""
    check_writable([json, html])
    from whogains.limits import make_plan

    spreads = opt.numbers(sd, "--sd")
    made = make_plan(
        opt.numbers(n, "--n"),
        spreads[0] if len(spreads) == 1 else spreads,
        epsilon=epsilon,
        groups=opt.names(groups) or None,
        shares=opt.numbers(shares, "--shares") if shares else None,
        family=opt.choice(family, FAMILIES, "--family"),
        alpha=alpha,
        power=power,
        convention=opt.choice(convention, CONVENTIONS, "--convention"),
        tolerated_error=tolerated_error,
    )
    if json is not None:
        write_json({**made.to_dict(), "version": __version__, "seed": seed}, json)
    if json != STDOUT and not quiet:
        from rich.console import Console

        from whogains.report import print_plan

        print_plan(made, Console())
    if html is not None:
        from whogains.report import plan_to_html

        plan_to_html(made, html)
    return 0


@app.command()
def report(
    file: Annotated[Path, typer.Argument(help="JSON file of an audit.", show_default=False)],
    html: opt.Html = None,
    json: opt.Json = None,
    fail_on: opt.FailOnOption = None,
    quiet: opt.Quiet = False,
) -> int:
    """Show a saved audit again, as a table or as the page it was."""
    check_writable([json, html])
    from whogains.findings import read_json

    return _write(read_json(file), json=json, html=html, quiet=quiet, fail_on=fail_on)


def _explainers(text: str | None) -> list[str] | None:
    return None if text is None else [name for name in opt.names(text) if name != "none"]


def _write(
    found: Findings,
    *,
    json: str | None,
    html: Path | None,
    quiet: bool,
    fail_on: opt.FailOn | None,
) -> int:
    """Write findings where asked; give the exit status."""
    if json is not None:
        write_json(found.to_dict(), json)
    if json != STDOUT and not quiet:
        from rich.console import Console

        from whogains.report import print_findings

        print_findings(found, Console())
    if html is not None:
        found.to_html(html)
    verdicts = {cost.gamma.verdict for cost in found.costs} | {
        group.verdict for cost in found.costs for group in cost.groups
    }
    gammas = {cost.gamma.verdict for cost in found.costs}
    failed = (fail_on is opt.FailOn.harm and verdicts & {"harm", "some group is harmed"}) or (
        fail_on is opt.FailOn.not_gain and gammas != {"every group gains"}
    )
    return 1 if failed else 0
