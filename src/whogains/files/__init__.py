"""Files in and out: tables read with one clear line where that fails, text written aside."""

from whogains.files.addresses import Address, address_of, file_behind, shown
from whogains.files.checks import check_columns, refuse_stream
from whogains.files.csv import CSV_SUFFIXES, one_line, unreadable_csv
from whogains.files.databases import read_database, relation_of
from whogains.files.dialect import MISSING, Dialect, sniff, sniff_all, words_of
from whogains.files.foreign import is_foreign, read_foreign
from whogains.files.format import FileOptions, Format, check_form
from whogains.files.gzipped import check_gzip
from whogains.files.json import json_parts, json_text
from whogains.files.kinds import PATTERNS, TextKind, judge, patterns_of, truth_values, typed
from whogains.files.parquet import (
    PARQUET_MAGIC,
    POSITIONS,
    check_kinds,
    is_parquet,
    parquet_names,
    parquet_rows,
)
from whogains.files.scratch import Scratch, as_utf8
from whogains.files.tables import (
    column_names,
    file_note,
    frame_of,
    read_table,
    read_whole,
    unknown_kind,
)
from whogains.files.write import check_outputs, output_folder, write_aside, written_aside

__all__ = [
    "CSV_SUFFIXES",
    "MISSING",
    "PARQUET_MAGIC",
    "PATTERNS",
    "POSITIONS",
    "Address",
    "Dialect",
    "FileOptions",
    "Format",
    "Scratch",
    "TextKind",
    "address_of",
    "as_utf8",
    "check_columns",
    "check_form",
    "check_gzip",
    "check_kinds",
    "check_outputs",
    "column_names",
    "file_behind",
    "file_note",
    "frame_of",
    "is_foreign",
    "is_parquet",
    "json_parts",
    "json_text",
    "judge",
    "one_line",
    "output_folder",
    "parquet_names",
    "parquet_rows",
    "patterns_of",
    "read_database",
    "read_foreign",
    "read_table",
    "read_whole",
    "refuse_stream",
    "relation_of",
    "shown",
    "sniff",
    "sniff_all",
    "truth_values",
    "typed",
    "unknown_kind",
    "unreadable_csv",
    "words_of",
    "write_aside",
    "written_aside",
]
