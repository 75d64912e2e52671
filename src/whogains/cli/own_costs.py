"""Costs that a user declares on the command line: functions in a file, and prices of errors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import whogains.cli.option_values as read
from whogains.cli.options import STATISTICS
from whogains.cli.output import print_notice
from whogains.errors import InputError, one_line

if TYPE_CHECKING:
    from whogains.costs import CostMatrix, OwnCost

CostModule = Annotated[
    list[str] | None,
    typer.Option(
        help="A cost of your own, as FILE.py:NAME: a function of outcomes and predictions that "
        "gives one number per row (less is better), or a whogains.Cost or Metric. Audited besides "
        "those of --costs, or alone. This runs the code in the file. Can be repeated.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Prices = Annotated[
    str | None,
    typer.Option(
        help="Price of each error, as fp=1,fn=5 (also tp and tn): one more cost, cost_matrix.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]


def asked_costs(
    costs: str | None, modules: list[str] | None, prices: str | None
) -> list[str | OwnCost] | None:
    """Read --costs, --cost-module and --prices.

    Parameters
    ----------
    costs : str, optional
        Names, separated by commas.
    modules : list of str, optional
        Files with code that is run, each with the name of a function or cost in it.
    prices : str, optional
        What each kind of label costs.

    Returns
    -------
    list of (str or OwnCost), or None
        The costs asked for; None where none were.

    Raises
    ------
    InputError
        If a file, a name or a price is not there, or the code fails.
    """
    found: list[str | OwnCost] = [*read.names(costs)]
    found += [_of_module(each) for each in modules or []]
    if prices is not None:
        found.append(_of_prices(prices))
    return found or None


def _of_prices(text: str) -> CostMatrix:
    from whogains.costs import CostMatrix

    given = read.pairs(text, "--prices", "CELL=NUMBER") or {}
    wrong = [name for name in given if name not in {"tp", "fp", "fn", "tn"}]
    if wrong or not {"fp", "fn"} <= set(given):
        raise InputError(f"--prices: {text!r:.60} must say fp=NUMBER,fn=NUMBER, and may say tp, tn")
    cells = {name: read.numbers(value, "--prices")[0] for name, value in given.items()}
    return CostMatrix(cells.pop("fp"), cells.pop("fn"), cells.get("tp", 0.0), cells.get("tn", 0.0))


def _of_module(text: str) -> OwnCost:
    from whogains.costs import DeclaredCost, OwnCost

    path, _, name = text.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
        raise InputError(
            f"--cost-module must be FILE.py:NAME, such as my_costs.py:late, not {text}"
        )
    found = _names_of(Path(path)).get(name)
    if found is None:
        raise InputError(f"--cost-module: {path} has nothing called {name!r}")
    if isinstance(found, OwnCost):
        return found
    if not callable(found):
        raise InputError(f"--cost-module: {name} of {path} is neither a function nor a cost")
    return DeclaredCost(name, rows=found)


def _names_of(path: Path) -> dict[str, Any]:
    """Run a file of Python, and give the names in it."""
    from importlib.util import module_from_spec, spec_from_file_location

    if not path.is_file():
        raise InputError(f"no such file: {path}")
    print_notice(f"running the code in {path}, as --cost-module asks")
    spec = spec_from_file_location(f"whogains_costs_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"--cost-module: {path} is no file of Python")
    module = module_from_spec(spec)
    # Classes that are made in it look their module up.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(
            f"--cost-module: {path} fails: {type(error).__name__}: {one_line(error, 160)}"
        ) from None
    return vars(module)
