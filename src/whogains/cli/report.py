"""`whogains report`: a saved audit or choice, shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.options as opt
from whogains.cli.choose import write_choice
from whogains.cli.output import check_pdf, check_writable, write
from whogains.cli.watch import write_watch
from whogains.errors import InputError


def report(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON file of an audit, a choice or a watch, or .json.gz.", show_default=False
        ),
    ],
    html: opt.Html = None,
    junit: opt.Junit = None,
    pdf: opt.Pdf = None,
    json: opt.Json = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Show a saved audit, choice or watch again, as a table or as the page it was."""
    check_writable([json, html, pdf, junit], sources=[file])
    check_pdf(pdf)
    from whogains.api import read_json
    from whogains.results import Choice, Watch

    found = read_json(file)
    if isinstance(found, Choice):
        if junit is not None:
            raise InputError("--junit is for audits and watches, and this is a choice")
        if pdf is not None:
            found.to_pdf(pdf)
        return write_choice(found, json=json, html=html, quiet=quiet, fail_on=fail_on, allow=allow)
    if isinstance(found, Watch):
        if pdf is not None:
            found.to_pdf(pdf)
        return write_watch(
            found, json=json, html=html, junit=junit, quiet=quiet, fail_on=fail_on, allow=allow
        )
    return write(
        found, json=json, html=html, pdf=pdf, junit=junit, quiet=quiet, fail_on=fail_on, allow=allow
    )
