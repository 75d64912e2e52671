"""Parts of the documentation site that the code writes: references of commands and of JSON.

``docs/conf.py`` connects `bring_in`; what it changes is the text that is built, not the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

import typer
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

from schema_page import schema_reference, text
from whogains.cli.app import app as program

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# Files beside docs/, and the page of the site that shows each.
ELSEWHERE = {"../CONTRIBUTING.md": "contributing.md"}


def bring_in(_: Sphinx, page: str, source: list[str]) -> None:
    """Complete the text of a page before it is read.

    Parameters
    ----------
    page : str
        Its name, without ``.md``.
    source : list of str
        Its text, one string, which is changed in place.
    """
    text = source[0]
    for file, shown in ELSEWHERE.items():
        text = text.replace(f"]({file}", f"]({shown}")
    if page in PARTS:
        text += "\n" + PARTS[page]()
    source[0] = text


def list_sources(
    _: Sphinx, __: str, ___: str, ____: object, _____: object, said: list[str]
) -> None:
    """Make a numbered list of a docstring's sources: footnotes of many would share their numbers.

    Parameters
    ----------
    said : list of str
        The lines of the docstring, which are changed in place.
    """
    said[:] = [
        re.sub(r"\[(\d+)\]_", r"[\1]", re.sub(r"^\.\. \[(\d+)\] ", r"\1. ", line)) for line in said
    ]


def formula(translator: Any, node: Any) -> None:
    """Write a formula in MathML, which browsers draw by themselves: no program is fetched.

    Parameters
    ----------
    translator : HTML translator of Sphinx
        Where the page is written.
    node : docutils node
        The formula.

    Raises
    ------
    SkipNode
        Always: nothing of the node is left to write.
    """
    block = isinstance(node, nodes.math_block)
    for line in node.astext().split("\n\n"):
        # Sizes of brackets, which the converter does not know.
        translator.body.append(
            tex2mathml(re.sub(r"\\[Bb]igg?[lr]?(?![a-z])", "", line), as_block=block)
        )
    raise nodes.SkipNode


def command_line() -> str:
    """Describe every command and option, as ``whogains --help`` does.

    Returns
    -------
    str
        Markdown: a section for each command, a table for each of its groups of options.
    """
    return "\n\n".join(_command(name, each) for name, each in _commands().items())


PARTS: Mapping[str, Callable[[], str]] = {
    "reference/command-line": command_line,
    "reference/json-schema": schema_reference,
}


def _commands() -> dict[str, typer.core.TyperCommand]:
    return typer.main.get_command(program).commands


def _command(name: str, command: typer.core.TyperCommand) -> str:
    context = command.make_context(name, ["--help"], resilient_parsing=True)
    records = [
        (parameter.rich_help_panel or "", record)
        for parameter in command.params
        if (record := parameter.get_help_record(context)) is not None
    ]
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {name}", text(command.help or ""), f"```text\nwhogains {name} {usage}\n```"]
    in_order = sorted(records, key=lambda each: each[0])
    for panel, some in groupby(in_order, key=lambda each: each[0]):
        rows = [f"| `{names}` | {text(said or '')} |" for _, (names, said) in some]
        parts.append("\n".join([f"| {panel or 'Argument'} | |", "|---|---|", *rows]))
    return "\n\n".join(parts)
