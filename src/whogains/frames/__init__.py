"""What a user hands over, turned once into numbers and checked.

Everything after this boundary works on numbers only; `decode` turns the numbers back into the
frame that a user's own model was trained on.
"""

from typing import TYPE_CHECKING

from whogains._lazy import lazily

if TYPE_CHECKING:
    from whogains.frames.checks import (
        as_names,
        asked_costs,
        check_indexes,
        check_rows,
        check_task,
        cluster_codes,
        costs_of_labels,
        name_of,
        positive_weights,
    )
    from whogains.frames.classes import (
        MOST_CLASSES,
        ROUNDED,
        are_classes,
        classes_note,
        read_classes,
    )
    from whogains.frames.from_any_frame import LONGEST_VALUE, to_pandas, to_series, to_vector
    from whogains.frames.personal import (
        check_personal,
        encode_rows,
        group_columns,
        leaking_column,
        split_features,
    )
    from whogains.frames.seeds import check_seed
    from whogains.frames.suspicious_columns import (
        looks_like_id,
        numbers_as_text_note,
        repeated_id_note,
        unique_id_note,
    )
    from whogains.frames.table import Column, Table, decode, encode
    from whogains.frames.target import Target, read_target
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "checks": (
                "as_names",
                "asked_costs",
                "check_indexes",
                "check_rows",
                "check_task",
                "cluster_codes",
                "costs_of_labels",
                "name_of",
                "positive_weights",
            ),
            "classes": (
                "MOST_CLASSES",
                "ROUNDED",
                "are_classes",
                "classes_note",
                "read_classes",
            ),
            "from_any_frame": (
                "LONGEST_VALUE",
                "to_pandas",
                "to_series",
                "to_vector",
            ),
            "personal": (
                "check_personal",
                "encode_rows",
                "group_columns",
                "leaking_column",
                "split_features",
            ),
            "seeds": ("check_seed",),
            "suspicious_columns": (
                "looks_like_id",
                "numbers_as_text_note",
                "repeated_id_note",
                "unique_id_note",
            ),
            "table": (
                "Column",
                "Table",
                "decode",
                "encode",
            ),
            "target": (
                "Target",
                "read_target",
            ),
        },
    )

__all__ = [
    "LONGEST_VALUE",
    "MOST_CLASSES",
    "ROUNDED",
    "Column",
    "Table",
    "Target",
    "are_classes",
    "as_names",
    "asked_costs",
    "check_indexes",
    "check_personal",
    "check_rows",
    "check_seed",
    "check_task",
    "classes_note",
    "cluster_codes",
    "costs_of_labels",
    "decode",
    "encode",
    "encode_rows",
    "group_columns",
    "leaking_column",
    "looks_like_id",
    "name_of",
    "numbers_as_text_note",
    "positive_weights",
    "read_classes",
    "read_target",
    "repeated_id_note",
    "split_features",
    "to_pandas",
    "to_series",
    "to_vector",
    "unique_id_note",
]
