"""`whogains watch`: a personalized model in use, batch after batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import whogains.cli.file_options as files
import whogains.cli.file_values as of_files
import whogains.cli.option_values as read
import whogains.cli.options as opt
from whogains.cli.gates import told
from whogains.cli.junit import junit_text
from whogains.cli.output import STDOUT, check_pdf, check_writable, print_error, show, write_json
from whogains.errors import UnwritableError
from whogains.files import write_aside, written_aside

if TYPE_CHECKING:
    from whogains.results import Watch


def watch(
    state: Annotated[
        Path,
        typer.Option(
            help="File that keeps the watch: sums and no row. The first batch makes it; it is not "
            "to be published.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="New rows: a CSV or Parquet file, a folder or glob of either, or a table, as for "
            "compare. Without it, only look.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            help="Name of this batch; one that was added before counts once. Default: the file's.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            help="Day of this batch, as 2026-03-02; for all batches or none.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    restart: Annotated[
        bool,
        typer.Option(
            "--restart",
            help="Start anew with this batch, of which nothing was seen yet: verdicts speak of "
            "what comes from here on.",
            rich_help_panel=opt.DATA,
        ),
    ] = False,
    target: Annotated[
        str | None,
        typer.Option(
            help="Column of the outcome; this and the next three for the first batch.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    generic: Annotated[
        str | None,
        typer.Option(
            help="Column of the generic model's predictions.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    personalized: Annotated[
        str | None,
        typer.Option(
            help="Column of the personalized model's predictions.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    groups: opt.Groups = None,
    task: opt.Task = None,
    positive: opt.Positive = None,
    costs: opt.Costs = None,
    unit: opt.Unit = None,
    weight: opt.Weight = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Column of what may return, such as a patient's id: rows of one that was in an "
            "earlier batch are left out.",
            show_default=False,
            rich_help_panel=opt.DATA,
        ),
    ] = None,
    epsilon: opt.Epsilon = None,
    alpha: Annotated[
        float | None,
        typer.Option(
            help="Chance of any false verdict of one kind, over all looks, groups and costs. "
            "Default: 0.05.",
            show_default=False,
            rich_help_panel=opt.STATISTICS,
        ),
    ] = None,
    margin: opt.Margin = None,
    threshold: opt.Threshold = None,
    cost_range: opt.CostRange = None,
    min_cell: Annotated[
        int | None,
        typer.Option(
            help="Fewest new rows (with --cluster: clusters) of a group that are told; fewer wait. "
            "Default: 10.",
            show_default=False,
            rich_help_panel=opt.STATISTICS,
        ),
    ] = None,
    labels: files.Labels = None,
    band: files.Band = None,
    percent: files.Percent = False,
    drop_missing_predictions: files.DropMissing = False,
    window: Annotated[
        int | None,
        typer.Option(
            help="Say too who is harmed in the last batches alone, WINDOW + 1 to twice WINDOW of "
            "them: with weekly batches 13 is a quarter.",
            show_default=False,
            rich_help_panel=opt.STATISTICS,
        ),
    ] = None,
    max_levels: opt.MaxLevels = 50,
    max_groups: opt.MaxGroups = 4096,
    separator: files.Separator = None,
    decimal: files.Decimal = None,
    encoding: files.Encoding = None,
    na: files.Na = None,
    json: opt.Json = None,
    html: opt.Html = None,
    pdf: opt.Pdf = None,
    junit: opt.Junit = None,
    fail_on: opt.FailOnOption = None,
    allow: opt.Allow = None,
    quiet: opt.Quiet = False,
) -> int:
    """Watch a model in use: add a batch, and say who is harmed, who gains, and since when."""
    check_writable([json, html, junit, pdf], sources=[file, state])
    check_pdf(pdf)
    if file is not None:
        check_writable([state], sources=[file])
    from whogains import api
    from whogains.costs import TASKS
    from whogains.errors import InputError

    chosen = read.threshold(threshold)
    if isinstance(chosen, str):
        raise InputError(
            f"--threshold {chosen!r} would differ from batch to batch, and such sums do not add; "
            "give a number"
        )
    before = state.read_bytes() if file is not None and state.is_file() else None
    found = api.watch(
        file,
        state=state,
        batch=batch,
        day=date,
        restart=restart,
        target=target,
        generic=generic,
        personalized=personalized,
        groups=read.names(groups) or None,
        task=read.choice(task, TASKS, "--task"),
        positive=positive,
        costs=read.names(costs) or None,
        unit=unit,
        sample_weight=weight,
        cluster=cluster,
        epsilon=read.per_cost(epsilon, "--epsilon"),
        margin=read.per_cost(margin, "--margin"),
        alpha=alpha,
        threshold=chosen,
        cost_range=read.ranges(cost_range),
        min_cell=min_cell,
        window=window,
        max_levels=max_levels,
        max_groups=max_groups,
        **of_files.file_format(separator, decimal, encoding, na),
        **of_files.group_options(labels, band),
        percent=percent,
        drop_missing_predictions=drop_missing_predictions,
    )
    try:
        return write_watch(
            found,
            json=json,
            html=html,
            pdf=pdf,
            junit=junit,
            quiet=quiet,
            fail_on=fail_on,
            allow=allow,
        )
    except UnwritableError:
        # A run that fails leaves nothing behind: the next one adds the batch again.
        if file is not None:
            _put_back(state, before)
        raise


def _put_back(state: Path, before: bytes | None) -> None:
    """Write the state of a watch as it was, or delete it where there was none."""
    if before is None:
        state.unlink(missing_ok=True)
        return
    with written_aside(state) as aside:
        aside.write_bytes(before)


def write_watch(
    found: Watch,
    *,
    json: str | None,
    html: Path | None,
    pdf: Path | None = None,
    junit: Path | None = None,
    quiet: bool,
    fail_on: opt.Gates | None,
    allow: str | None = None,
) -> int:
    """Write a watch where asked.

    Parameters
    ----------
    found : Watch
        The watch.
    json : str or None
        A file for JSON; "-" for standard output, which then gets nothing else.
    html : Path or None
        A file for the page.
    pdf : Path or None
        A file for the page on paper.
    junit : Path or None
        A file for JUnit XML.
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
    failures, others = told(found, fail_on, read.names(allow))
    if html is not None:
        found.to_html(html)
    if pdf is not None:
        found.to_pdf(pdf)
    if junit is not None:
        write_aside(junit, junit_text(found, fail_on))
    if json is not None:
        write_json(found.to_dict(), json)
    silent = quiet or json == STDOUT
    if not silent:
        from whogains.report import show as report

        show(lambda console: report(found, console))
    for line in (*failures, *others) if silent else ():
        print_error(line)
    return 1 if failures else 0
