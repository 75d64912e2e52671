"""The options that say which files are read, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whogains.cli.options import DATA, RUNNING

File = Annotated[
    Path,
    typer.Argument(
        help="CSV or Parquet file, or one of SAS, Stata, SPSS or Excel; or a table: "
        "duckdb:FILE#TABLE, sqlite:FILE#TABLE, postgresql://...#TABLE, s3://...",
        show_default=False,
    ),
]
Table = Annotated[
    Path,
    typer.Argument(
        help="CSV or Parquet file, or a folder or glob of either, of any size; or one file of SAS, "
        "Stata, SPSS or Excel; or a table: duckdb:FILE#TABLE, sqlite:FILE#TABLE, "
        "postgresql://...#TABLE, s3://...",
        show_default=False,
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        help="Most memory of a scan, as in 2GB; what needs more goes to disk. Default: a quarter "
        "of the machine's.",
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
RowsInMemory = Annotated[
    int,
    typer.Option(
        help="Up to so many rows are loaded, for betting, distributions and calibration; more are "
        "summed by a scan.",
        rich_help_panel=RUNNING,
    ),
]
Separator = Annotated[
    str | None,
    typer.Option(
        help="What separates the fields of a text file: a character, or tab. Default: found, and "
        "said where it is not a comma.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option(
        help="Mark of decimals in a text file: . or , . Default: found, and said.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        help="Encoding of a text file, such as latin-1. Default: found, and said where it is not "
        "UTF-8.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Na = Annotated[
    str | None,
    typer.Option(
        "--na",
        help="Codes of missing values in a text file besides empty fields, NA, NaN, null and "
        "None, separated by commas, as in .,-9.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Percent = Annotated[
    bool,
    typer.Option(
        "--percent",
        help="Predictions are percentages: 88.5 or 88.5%.",
        rich_help_panel=DATA,
    ),
]
DropMissing = Annotated[
    bool,
    typer.Option(
        "--drop-missing-predictions",
        help="Leave rows without a prediction out, and count them.",
        rich_help_panel=DATA,
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        help="Names of an attribute's values in groups, as in sex:0=male,1=female.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Band = Annotated[
    str | None,
    typer.Option(
        help="Bands of an attribute in groups, by the number from which on each lies, as in "
        "age=18,45,65; or age=q4: four of as many rows each.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
