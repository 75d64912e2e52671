"""`whogains diff`: two saved audits side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import whogains.cli.options as opt
from whogains.cli.output import STDOUT, check_pdf, check_writable, show, write_json


def diff(
    before: Annotated[
        Path, typer.Argument(help="JSON file of an audit, or .json.gz.", show_default=False)
    ],
    after: Annotated[Path, typer.Argument(help="JSON file of a later one.", show_default=False)],
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    json: opt.Json = None,
    quiet: opt.Quiet = False,
) -> int:
    """Put two saved audits side by side, group by group."""
    check_writable([json, html, pdf], sources=[before, after])
    check_pdf(pdf)
    from whogains import api

    changes = api.diff(api.read_json(before), api.read_json(after))
    if html is not None:
        changes.to_html(html)
    if pdf is not None:
        changes.to_pdf(pdf)
    if json is not None:
        write_json(changes.to_dict(), json)
    if json != STDOUT and not quiet:
        from whogains.report import show as report

        show(lambda console: report(changes, console))
    return 0
