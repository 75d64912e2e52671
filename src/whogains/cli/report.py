"""`whogains report`: a saved audit or choice, shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.options as opt
from whogains.cli.choose import write_choice
from whogains.cli.output import check_pdf, check_writable, write


def report(
    file: Annotated[
        Path,
        typer.Argument(help="JSON file of an audit or a choice, or .json.gz.", show_default=False),
    ],
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    json: opt.Json = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Show a saved audit or choice again, as a table or as the page it was."""
    check_writable([json, html, pdf], sources=[file])
    check_pdf(pdf)
    from whogains.api import read_json
    from whogains.results import Choice

    found = read_json(file)
    if isinstance(found, Choice):
        if pdf is not None:
            found.to_pdf(pdf)
        return write_choice(found, json=json, html=html, quiet=quiet, fail_on=fail_on)
    return write(found, json=json, html=html, pdf=pdf, quiet=quiet, fail_on=fail_on, allow=allow)
