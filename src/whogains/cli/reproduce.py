"""`whogains reproduce`: the studies of the paper, rerun."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.explanation_options as explaining
import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains.cli.output import STDOUT, check_writable, print_line, write_json
from whogains.cli.progress import progress_bar
from whogains.files import output_folder

TRIAL_SEEDS = 2


def reproduce(
    out: Annotated[
        Path, typer.Option(help="Folder for reproduce.html, reproduce.json and the audits.")
    ] = Path("whogains-reproduce"),
    mimic3: Annotated[
        Path | None,
        typer.Option(
            help="Folder with the CSV files of MIMIC-III.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    mimic3_personal: Annotated[
        str,
        typer.Option(
            help="Personal attributes of MIMIC-III: of age, race and sex, separated by commas. "
            "The authors' notebooks have sex,race.",
            rich_help_panel=opt.DATA,
        ),
    ] = "age,race",
    heart: Annotated[
        Path | None,
        typer.Option(
            help="processed.cleveland.data of the UCI heart disease data.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    hsls: Annotated[
        Path | None,
        typer.Option(
            help="CSV of the students of HSLS:09, public use.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="How many seeds; folds, training and explainers change with each.")
    ] = 10,
    network: Annotated[
        str,
        typer.Option(
            help="paper (hidden layers 512-256-64, dropout) or small (64-32).",
            rich_help_panel=opt.MODELS,
        ),
    ] = "paper",
    explainers: Annotated[
        str,
        typer.Option(
            help="Explainers of neural networks, separated by commas, or none.",
            rich_help_panel=opt.EXPLANATIONS,
        ),
    ] = "integrated_gradients,deeplift,shapley_sampling",
    keep: explaining.Keep = "0.5",
    folds: opt.Folds = 5,
    epsilon: opt.Epsilon = None,
    alpha: opt.Alpha = 0.05,
    seed: opt.Seed = 0,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="A trial on 800 rows with 2 seeds; its numbers mean nothing."),
    ] = False,
    json: opt.Json = None,
    quiet: opt.Quiet = False,
) -> int:
    """Rerun the paper's studies with several seeds; on NHANES where no data are named.

    A stopped run goes on where it was: each finished audit is kept in the folder.
    """
    page, numbers = out / "reproduce.html", out / "reproduce.json"
    from whogains.api import check_explainers

    named = tuple(read.explainers(explainers) or ())
    check_explainers(named)
    with output_folder(out), progress_bar(shown=not quiet) as progress:
        check_writable([page, numbers, json])
        from whogains.models import needed
        from whogains.study import (
            RunSettings,
            sources,
            study_to_html,
            study_to_text,
        )
        from whogains.study import reproduce as run

        for package in ("torch", "captum"):
            needed(package, "whogains reproduce", extra="torch")
        settings = RunSettings(
            explainers=named,
            keep=tuple(read.keep(keep)),
            folds=folds,
            epsilon=read.per_cost(epsilon, "--epsilon"),
            alpha=alpha,
            network=network,
        )
        # All data are read before the first audit: a wrong path is told at once.
        places = sources(
            mimic3=mimic3,
            heart=heart,
            hsls=hsls,
            mimic3_personal=read.names(mimic3_personal),
        )
        datasets = [source.load(progress) for source in places]
        found, drawn = run(
            datasets,
            out,
            seeds=min(seeds, TRIAL_SEEDS) if quick else seeds,
            random_state=seed,
            settings=settings,
            trial=quick,
            say=None if quiet else _teller(),
            progress=progress,
        )
        study_to_html(found, drawn, page)
        write_json(found.to_dict(), str(numbers))
    if json is not None:
        write_json(found.to_dict(), json)
    if not quiet and json != STDOUT:
        print_line(f"{study_to_text(found)}\nReport: {page}\nNumbers: {numbers}")
    return 0


def _teller() -> Callable[[str], None]:
    """Give what writes a line on standard error, above a bar where there is one."""

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    return tell
