"""Files in and out: tables read with one clear line where that fails, text written aside."""

from whogains.files.gzipped import check_gzip
from whogains.files.json import json_parts, json_text
from whogains.files.tables import (
    CSV_SUFFIXES,
    MISSING,
    PARQUET_MAGIC,
    check_columns,
    check_kinds,
    column_names,
    is_parquet,
    one_line,
    parquet_rows,
    read_table,
    unreadable_csv,
)
from whogains.files.write import check_outputs, write_aside, written_aside

__all__ = [
    "CSV_SUFFIXES",
    "MISSING",
    "PARQUET_MAGIC",
    "check_columns",
    "check_gzip",
    "check_kinds",
    "check_outputs",
    "column_names",
    "is_parquet",
    "json_parts",
    "json_text",
    "one_line",
    "parquet_rows",
    "read_table",
    "unreadable_csv",
    "write_aside",
    "written_aside",
]
