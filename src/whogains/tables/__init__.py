"""Tables of any size: the sums that are made in memory elsewhere, by DuckDB where the rows lie."""

from typing import TYPE_CHECKING

from whogains._lazy import lazily
from whogains.tables.class_reading import ClassReading, class_reading
from whogains.tables.columns import NUMBERS, Columns, Reading, check_kinds
from whogains.tables.first_rows import (
    FirstRows,
    are_labels,
    centre_of,
    look_at_first_rows,
    read_outcome,
)
from whogains.tables.ids import unread_id_note
from whogains.tables.kinds import read_csv_as, read_features_as
from whogains.tables.open import open_source
from whogains.tables.scan import base_rate, scan
from whogains.tables.scanned import ManyWritingsError, OtherValuesError
from whogains.tables.shape import shape_source
from whogains.tables.source import Source

if TYPE_CHECKING:
    from whogains.tables.predict import Predicted, PredictionPlan, predict_source
else:
    # Models and explainers are needed for this alone.
    __getattr__, __dir__ = lazily(
        __name__, {"predict": ("Predicted", "PredictionPlan", "predict_source")}
    )

__all__ = [
    "NUMBERS",
    "ClassReading",
    "Columns",
    "FirstRows",
    "ManyWritingsError",
    "OtherValuesError",
    "Predicted",
    "PredictionPlan",
    "Reading",
    "Source",
    "are_labels",
    "base_rate",
    "centre_of",
    "check_kinds",
    "class_reading",
    "look_at_first_rows",
    "open_source",
    "predict_source",
    "read_csv_as",
    "read_features_as",
    "read_outcome",
    "scan",
    "shape_source",
    "unread_id_note",
]
