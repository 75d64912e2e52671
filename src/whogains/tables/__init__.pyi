from .class_reading import (
    ClassReading as ClassReading,
    class_reading as class_reading,
)
from .columns import NUMBERS as NUMBERS, Columns as Columns, Reading as Reading
from .kinds import check_kinds as check_kinds
from .first_rows import (
    FirstRows as FirstRows,
    centre_of as centre_of,
    look_at_first_rows as look_at_first_rows,
    read_outcome as read_outcome,
)
from .ids import (
    unread_id_note as unread_id_note,
)
from .kinds import (
    read_csv_as as read_csv_as,
    read_features_as as read_features_as,
)
from .open import (
    open_source as open_source,
)
from .predict import (
    Predicted as Predicted,
    PredictionPlan as PredictionPlan,
    predict_source as predict_source,
)
from .scan import (
    are_labels as are_labels,
    base_rate as base_rate,
    scan as scan,
)
from .scanned import (
    ManyWritingsError as ManyWritingsError,
    OtherValuesError as OtherValuesError,
)
from .bands_and_labels import (
    shape_source as shape_source,
)
from .source import (
    Source as Source,
)
