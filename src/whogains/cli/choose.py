"""`whogains choose`: which attributes to ask, and of whom."""

from __future__ import annotations

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
from whogains.cli.features import check_dropped, feature_columns
from whogains.cli.gates import choice_failed, of_warnings
from whogains.cli.output import STDOUT, check_pdf, check_writable, print_error, show, write_json
from whogains.cli.progress import progress_bar
from whogains.errors import InputError
from whogains.judging import MIN_CELL

if TYPE_CHECKING:
    from whogains.results import Choice

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="What to fit for every set of attributes: gradient_boosting, linear, mlp. Or, once "
        "for each set, the column of its predictions: none=p0, sex=p1, sex+age=p2.",
        show_default=False,
        rich_help_panel=opt.MODELS,
    ),
]
Given = Annotated[
    str | None,
    typer.Option(
        help="Attributes that are known anyway, separated by commas.",
        show_default=False,
        rich_help_panel=opt.DATA,
    ),
]
Never = Annotated[
    str | None,
    typer.Option(
        help="Attributes that are never to be asked, separated by commas.",
        show_default=False,
        rich_help_panel=opt.DATA,
    ),
]
Burden = Annotated[
    str | None,
    typer.Option(
        help="Price of asking a person, as in sex=1,race=3; 1 where nothing is said.",
        show_default=False,
        rich_help_panel=opt.DATA,
    ),
]
Explainers = Annotated[
    str | None,
    typer.Option(
        help="Show besides what each attribute does to explanations: auto, or explainers as for "
        "audit. Default: none, for they take most of the time.",
        show_default=False,
        rich_help_panel=opt.EXPLANATIONS,
    ),
]
ValueFolds = Annotated[
    int,
    typer.Option(
        help="Value the procedure too: run fits and choice again in so many outer folds, each for "
        "people that it did not see. It takes so many times as long; 0 for none.",
        rich_help_panel=opt.MODELS,
    ),
]
FailOnOption = Annotated[
    opt.Gates | None,
    typer.Option(
        "--fail-on",
        parser=opt.read_gates,
        metavar="KIND,...",
        help="Exit with 1 when asking everybody everything is shown to harm some group (harm), or "
        "when no set of attributes is certified for any group (not-gain).",
        show_default=False,
        rich_help_panel=opt.OUTPUT,
    ),
]
Personal = Annotated[
    str,
    typer.Option(
        help="The attributes to choose among, separated by commas; their crossing makes the "
        "groups.",
        show_default=False,
        rich_help_panel=opt.DATA,
    ),
]


def choose(
    file: files.File,
    target: opt.Target,
    personal: Personal,
    model: Models = None,
    given: Given = None,
    never: Never = None,
    burden: Burden = None,
    features: opt.Features = None,
    drop: opt.Drop = None,
    folds: opt.Folds = 5,
    repeats: opt.Repeats = None,
    holdout: opt.Holdout = None,
    jobs: opt.Jobs = None,
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
    explainers: Explainers = None,
    keep: explaining.Keep = "0.5",
    explanation_costs: explaining.ExplanationCosts = None,
    baseline: explaining.Baseline = "marginal",
    mask_personal: explaining.MaskPersonal = False,
    value_folds: ValueFolds = 0,
    unit: opt.Unit = None,
    outcome_label: opt.OutcomeLabel = None,
    weight: opt.Weight = None,
    cluster: opt.Cluster = None,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    margin: opt.Margin = None,
    power: opt.Power = 0.8,
    min_cell: opt.MinCell = MIN_CELL,
    max_levels: opt.MaxLevels = 50,
    max_groups: opt.MaxGroups = 4096,
    seed: opt.Seed = 0,
    checkpoint: opt.Checkpoint = None,
    json: opt.Json = None,
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    fail_on: FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Choose which attributes to ask, and of whom: what each answer buys whom, certified."""
    check_writable([json, html, pdf], sources=[file])
    check_pdf(pdf)
    from whogains import api
    from whogains.costs import TASKS
    from whogains.files import Format, check_columns, column_names, file_note, read_table

    form = Format(**of_files.file_format(separator, decimal, encoding, na))
    names = read.names(personal)
    if not names:
        raise InputError("--personal names no column")
    predictions = _predictions(model)
    special = [each for each in (target, weight, cluster) if each is not None]
    asked = [*special, *names, *read.names(features), *predictions.values()]
    every, left_out = column_names(file, form), read.names(drop)
    check_columns(file, every, asked)
    check_columns(file, [*dict.fromkeys(every)], left_out)
    check_dropped(left_out, {*special, *names, *predictions.values()} - {cluster})
    notes = [file_note(file, form)]
    kept: list[str] = []
    if not predictions:
        others = [*special, *names, *left_out]
        kept, twice = feature_columns(file, every, read.names(features), others)
        notes.append(twice)
    ids = [] if cluster is None else [cluster]
    frame = read_table(
        file, [*dict.fromkeys([*kept, *asked])], as_written=ids, form=form, levels=names
    )
    shared: dict[str, Any] = {
        "given": read.names(given),
        "never": read.names(never),
        "burden": _prices(burden),
        "task": read.choice(task, TASKS, "--task"),
        "positive": positive,
        "costs": own.asked_costs(costs, cost_module, prices),
        "unit": unit,
        "outcome_label": outcome_label,
        "sample_weight": None if weight is None else frame[weight],
        "cluster": None if cluster is None else frame[cluster],
        "epsilon": read.per_cost(epsilon, "--epsilon"),
        "margin": read.per_cost(margin, "--margin"),
        "alpha": alpha,
        "power": power,
        "min_cell": min_cell,
        "max_levels": max_levels,
        "max_groups": max_groups,
        "random_state": seed,
        **of_files.group_options(labels, band),
    }
    if predictions and explainers is not None:
        raise InputError(
            "--explainers needs models, and --model names their predictions; leave one of them out"
        )
    if not predictions and (percent or drop_missing_predictions):
        option = "--percent" if percent else "--drop-missing-predictions"
        raise InputError(f"{option} is for predictions, and --model names what to fit")
    if predictions and value_folds:
        raise InputError(
            "--value-folds fits models again, and --model names their predictions; leave one of "
            "them out"
        )
    if predictions:
        models = {name: frame[column] for name, column in predictions.items()}
        found = api.choose_from(
            frame[target],
            models=models,
            personal=frame[names],
            percent=percent,
            drop_missing_predictions=drop_missing_predictions,
            **shared,
        )
    else:
        with progress_bar(shown=not quiet) as progress:
            found = api.choose(
                frame[kept],
                frame[target],
                personal=frame[names],
                model=model[0] if model else None,
                folds=folds,
                repeats=repeats,
                holdout=holdout,
                n_jobs=jobs,
                checkpoint=checkpoint,
                explainers=read.explainers(explainers),
                keep=read.keep(keep),
                explanation_costs=read.names(explanation_costs) or None,
                baseline=read.baseline(baseline),
                mask_personal=mask_personal,
                value_folds=value_folds,
                progress=progress,
                **shared,
            )
    said = tuple(note for note in notes if note is not None)
    found = replace(found, notes=(*found.notes, *said)) if said else found
    return write_choice(
        found, json=json, html=html, pdf=pdf, quiet=quiet, fail_on=fail_on, allow=allow
    )


def write_choice(
    found: Choice,
    *,
    json: str | None,
    html: Path | None,
    pdf: Path | None = None,
    quiet: bool,
    fail_on: opt.Gates | None = None,
    allow: str | None = None,
) -> int:
    """Write a choice where asked.

    Parameters
    ----------
    found : Choice
        The choice.
    json : str or None
        A file for JSON; "-" for standard output, which then gets nothing else.
    html : Path or None
        A file for the page.
    pdf : Path or None
        A file for the page on paper.
    quiet : bool
        Whether to leave the tables out.
    fail_on : Gates or None
        The findings that count as a failure.
    allow : str or None
        The names of warnings that are no failure, separated by commas.

    Returns
    -------
    int
        The exit status: 1 for a failure, else 0.
    """
    if json is not None:
        write_json(found.to_dict(), json)
    if json != STDOUT and not quiet:
        from whogains.report import show as report

        show(lambda console: report(found, console))
    if html is not None:
        found.to_html(html)
    if pdf is not None:
        found.to_pdf(pdf)
    failures = [] if fail_on is None else choice_failed(found, fail_on)
    stopped, others = of_warnings(found.warnings, fail_on, read.names(allow))
    failures += stopped
    for line in (*failures, *others) if quiet or json == STDOUT else ():
        print_error(line)
    return 1 if failures else 0


def _predictions(model: list[str] | None) -> dict[str, str]:
    """Read --model SET=COLUMN; nothing where a kind of model is named."""
    given = model or []
    if len(given) < 2 and not any("=" in each for each in given):
        return {}
    found: dict[str, str] = {}
    for each in given:
        name, equals, column = each.partition("=")
        if not equals or not column.strip():
            raise InputError(f"--model: {each!r} is not SET=COLUMN, as in sex+age=p2")
        if name.strip() in found:
            raise InputError(f"--model: {name.strip()!r} is given twice")
        found[name.strip()] = column.strip()
    return found


def _prices(burden: str | None) -> dict[str, float] | None:
    pairs = read.pairs(burden, "--burden", "ATTRIBUTE=NUMBER")
    if pairs is None:
        return None
    return {name: read.numbers(value, "--burden")[0] for name, value in pairs.items()}
