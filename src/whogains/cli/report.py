"""`whogains report`: a saved audit, shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.options as opt
from whogains.cli.output import check_writable, write


def report(
    file: Annotated[
        Path, typer.Argument(help="JSON file of an audit, or .json.gz.", show_default=False)
    ],
    html: opt.Html = None,
    json: opt.Json = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Show a saved audit again, as a table or as the page it was."""
    check_writable([json, html], sources=[file])
    from whogains.api import read_json

    return write(read_json(file), json=json, html=html, quiet=quiet, fail_on=fail_on, allow=allow)
