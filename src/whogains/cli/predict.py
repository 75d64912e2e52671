"""`whogains predict`: two fitted models' predictions of a file of any size, for compare."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.explanation_options as explaining
import whogains.cli.file_options as files
import whogains.cli.file_values as of_files
import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains.cli.output import check_writable, print_line
from whogains.cli.progress import progress_bar


def predict(
    file: files.Table,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Parquet file to write.", show_default=False)
    ],
    target: opt.Target,
    personal: opt.Personal,
    generic_model: opt.GenericModel,
    personalized_model: opt.PersonalizedModel,
    features: opt.Features = None,
    keep_columns: Annotated[
        str | None,
        typer.Option(
            help="Further columns to write, such as a cluster or a weight; they are no features.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    drop: opt.Drop = None,
    model_output: opt.ModelOutput = None,
    trust_pickle: opt.TrustPickle = False,
    separator: files.Separator = None,
    decimal: files.Decimal = None,
    encoding: files.Encoding = None,
    na: files.Na = None,
    task: opt.Task = None,
    positive: opt.Positive = None,
    batch_rows: explaining.BatchRows = None,
    memory: files.Memory = None,
    quiet: opt.Quiet = False,
) -> int:
    """Write two fitted models' predictions of a file of any size, for whogains compare."""
    check_writable([output], sources=[file, generic_model, personalized_model])
    from whogains import api
    from whogains.costs import TASKS
    from whogains.models import CLASSIFIER_OUTPUTS, load_model

    returned = read.choice(model_output, CLASSIFIER_OUTPUTS, "--model-output")
    generic, personalized = (
        load_model(path, output=returned, trust_pickle=trust_pickle)
        for path in (generic_model, personalized_model)
        # Both are required here, where `audit` can do without.
        if path is not None
    )
    with progress_bar(shown=not quiet) as progress:
        made = api.predict_files(
            file,
            output,
            target=target,
            personal=read.names(personal),
            generic=generic,
            personalized=personalized,
            features=read.names(features) or None,
            keep=read.names(keep_columns),
            drop=read.names(drop),
            task=read.choice(task, TASKS, "--task"),
            positive=positive,
            batch_rows=batch_rows,
            memory=read.memory(memory),
            **of_files.file_format(separator, decimal, encoding, na),
            progress=progress,
        )
    if not quiet:
        for note in made.notes:
            print_line(f"Note: {note}")
        print_line(f"Predictions of {made.rows:,} rows: {output}")
        follow = ["whogains", "compare", str(output), "--target", target]
        follow += ["--generic", "generic", "--personalized", "personalized", "--groups", personal]
        print_line(f"Next: {shlex.join(follow)}")
    return 0
