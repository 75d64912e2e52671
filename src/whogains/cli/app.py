"""The commands, one file each: options in, one call of the library, results out."""

from __future__ import annotations

from typing import Annotated

import typer

from whogains._version import __version__
from whogains.cli.audit import audit
from whogains.cli.choose import choose
from whogains.cli.compare import compare
from whogains.cli.demo import demo
from whogains.cli.diff import diff
from whogains.cli.evidence import evidence
from whogains.cli.merge import merge
from whogains.cli.output import print_line
from whogains.cli.plan import plan
from whogains.cli.predict import predict
from whogains.cli.report import report
from whogains.cli.reproduce import reproduce
from whogains.cli.watch import watch

app = typer.Typer(
    name="whogains",
    help="Who gains when people hand over personal attributes, in predictions and in "
    "explanations, and can these data even tell?",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    demo,
    audit,
    choose,
    predict,
    compare,
    evidence,
    merge,
    watch,
    plan,
    report,
    diff,
    reproduce,
):
    app.command()(command)


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
