"""What a user hands over, turned once into numbers and checked.

Everything after this boundary works on numbers only; `decode` turns the numbers back into the
frame that a user's own model was trained on.
"""

from typing import TYPE_CHECKING

from whogains._lazy import lazily

if TYPE_CHECKING:
    from whogains.frames.advice import DROP, advice_on_text, percent_advice
    from whogains.frames.arguments import (
        as_list,
        check_column,
        check_mapping,
        check_number,
        check_whole,
        shown,
    )
    from whogains.frames.checks import (
        as_names,
        asked_costs,
        check_indexes,
        check_rows,
        check_task,
        check_task_of_choosing,
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
    from whogains.frames.counts import as_rates, rates_note, task_of_exposure
    from whogains.frames.from_any_frame import LONGEST_VALUE, to_pandas, to_series, to_vector
    from whogains.frames.personal import (
        check_personal,
        encode_rows,
        group_columns,
        leaking_column,
        split_features,
    )
    from whogains.frames.predictions import (
        check_means,
        check_percent,
        label_codes,
        labels_note,
        note_without,
        read_predictions,
        without_missing,
    )
    from whogains.frames.probabilities import PROBABILITY_ROUNDING, as_probabilities
    from whogains.frames.seeds import read_seed, whole_number
    from whogains.frames.shape import (
        GroupOptions,
        Shape,
        ShapeOptions,
        band_names,
        label_texts,
        no_label,
        shaped_groups,
    )
    from whogains.frames.suspicious_columns import (
        empty_columns_note,
        looks_like_id,
        many_levels,
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
            "advice": ("DROP", "advice_on_text", "percent_advice"),
            "predictions": (
                "check_means",
                "check_percent",
                "label_codes",
                "labels_note",
                "note_without",
                "read_predictions",
                "without_missing",
            ),
            "shape": (
                "GroupOptions",
                "Shape",
                "ShapeOptions",
                "band_names",
                "label_texts",
                "no_label",
                "shaped_groups",
            ),
            "arguments": (
                "as_list",
                "check_column",
                "check_mapping",
                "check_number",
                "check_whole",
                "shown",
            ),
            "checks": (
                "as_names",
                "asked_costs",
                "check_indexes",
                "check_rows",
                "check_task",
                "check_task_of_choosing",
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
            "counts": ("as_rates", "rates_note", "task_of_exposure"),
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
            "probabilities": (
                "PROBABILITY_ROUNDING",
                "as_probabilities",
            ),
            "seeds": (
                "read_seed",
                "whole_number",
            ),
            "suspicious_columns": (
                "empty_columns_note",
                "looks_like_id",
                "many_levels",
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
    "DROP",
    "LONGEST_VALUE",
    "MOST_CLASSES",
    "PROBABILITY_ROUNDING",
    "ROUNDED",
    "Column",
    "GroupOptions",
    "Shape",
    "ShapeOptions",
    "Table",
    "Target",
    "advice_on_text",
    "are_classes",
    "as_list",
    "as_names",
    "as_probabilities",
    "as_rates",
    "asked_costs",
    "band_names",
    "check_column",
    "check_indexes",
    "check_mapping",
    "check_means",
    "check_number",
    "check_percent",
    "check_personal",
    "check_rows",
    "check_task",
    "check_task_of_choosing",
    "check_whole",
    "classes_note",
    "cluster_codes",
    "costs_of_labels",
    "decode",
    "empty_columns_note",
    "encode",
    "encode_rows",
    "group_columns",
    "label_codes",
    "label_texts",
    "labels_note",
    "leaking_column",
    "looks_like_id",
    "many_levels",
    "name_of",
    "no_label",
    "note_without",
    "numbers_as_text_note",
    "percent_advice",
    "positive_weights",
    "rates_note",
    "read_classes",
    "read_predictions",
    "read_seed",
    "read_target",
    "repeated_id_note",
    "shaped_groups",
    "shown",
    "split_features",
    "task_of_exposure",
    "to_pandas",
    "to_series",
    "to_vector",
    "unique_id_note",
    "whole_number",
    "without_missing",
]
