"""`whogains plan`: what data could tell, before there are any."""

from __future__ import annotations

from typing import Annotated

import typer

import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains._version import __version__
from whogains.cli.output import STDOUT, check_pdf, check_writable, show, write_json
from whogains.judging import CONVENTIONS


def plan(
    n: Annotated[
        str,
        typer.Option("--n", help="People in each group, separated by commas.", show_default=False),
    ],
    sd: Annotated[
        str | None,
        typer.Option(
            help="Standard deviation of one person's benefit, for all groups or for each; 1 by "
            "default.",
            show_default=False,
        ),
    ] = None,
    disagreement: Annotated[
        str | None,
        typer.Option(
            help="For a 0-1 cost, in place of --sd: share of people on whom the models differ.",
            show_default=False,
        ),
    ] = None,
    design_effect: Annotated[
        str,
        typer.Option(
            help="How much clusters or weights widen the variance; clusters of m rows that "
            "correlate to r: 1 + (m - 1) r."
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
        str | None,
        typer.Option(
            help="For the paper's bound: gaussian, categorical, categorical_v1 (version 1 of the "
            "paper), laplace or laplace_paper; by default categorical with --disagreement, else "
            "gaussian.",
            show_default=False,
        ),
    ] = None,
    alpha: opt.Alpha = 0.05,
    power: opt.Power = 0.8,
    convention: opt.Convention = "average",
    tolerated_error: opt.ToleratedError = None,
    seed: opt.Seed = 0,
    json: opt.Json = None,
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    quiet: opt.Quiet = False,
) -> int:
    """Say what an audit with groups of these sizes could tell; no data are needed."""
    check_writable([json, html, pdf])
    check_pdf(pdf)
    from whogains import api
    from whogains.frames import read_seed
    from whogains.limits import FAMILIES

    read_seed(seed)
    design = _each(design_effect, "--design-effect")
    made = api.plan(
        read.numbers(n, "--n"),
        _each(sd, "--sd"),
        epsilon=epsilon,
        disagreement=_each(disagreement, "--disagreement"),
        design_effect=1.0 if design is None else design,
        groups=read.names(groups) or None,
        shares=None if shares is None else read.numbers(shares, "--shares"),
        family=read.choice(family, FAMILIES, "--family"),
        alpha=alpha,
        power=power,
        convention=read.choice(convention, CONVENTIONS, "--convention"),
        tolerated_error=tolerated_error,
    )
    if html is not None:
        made.to_html(html)
    if pdf is not None:
        made.to_pdf(pdf)
    if json is not None:
        write_json({**made.to_dict(), "version": __version__, "seed": seed}, json)
    if json != STDOUT and not quiet:
        from whogains.report import show as report

        show(lambda console: report(made, console))
    return 0


def _each(text: str | None, flag: str) -> float | list[float] | None:
    """Read one number for all groups, or one for each."""
    if text is None:
        return None
    found = read.numbers(text, flag)
    return found[0] if len(found) == 1 else found
