from .value_hints import (
    DROP as DROP,
    advice_on_text as advice_on_text,
    percent_advice as percent_advice,
)
from .arguments import (
    as_list as as_list,
    check_call as check_call,
    check_column as check_column,
    check_mapping as check_mapping,
    check_number as check_number,
    shown as shown,
)
from .arguments import as_names as as_names
from .checks import (
    asked_costs as asked_costs,
    check_indexes as check_indexes,
    check_rows as check_rows,
    cluster_codes as cluster_codes,
    costs_of_labels as costs_of_labels,
    positive_weights as positive_weights,
)
from .target import check_task as check_task
from .from_any_frame import name_of as name_of
from .classes import (
    MOST_CLASSES as MOST_CLASSES,
    ROUNDED as ROUNDED,
    are_classes as are_classes,
    class_target as class_target,
    class_text as class_text,
    classes_in_order as classes_in_order,
    classes_note as classes_note,
    read_classes as read_classes,
)
from .counts import (
    as_rates as as_rates,
    rates_note as rates_note,
    task_of_exposure as task_of_exposure,
)
from .from_any_frame import (
    to_pandas as to_pandas,
    to_series as to_series,
    to_vector as to_vector,
)
from .personal import (
    check_features as check_features,
    check_personal as check_personal,
    group_columns as group_columns,
    split_features as split_features,
)
from .table import encode_rows as encode_rows
from .counts import check_means as check_means
from .predictions import (
    label_codes as label_codes,
    labels_note as labels_note,
    note_without as note_without,
    read_predictions as read_predictions,
    without_missing as without_missing,
)
from .bands_and_labels import check_percent as check_percent
from .probabilities import (
    PROBABILITY_ROUNDING as PROBABILITY_ROUNDING,
    as_probabilities as as_probabilities,
)
from .seeds import (
    read_seed as read_seed,
    whole_number as whole_number,
)
from .bands_and_labels import (
    GroupOptions as GroupOptions,
    Shape as Shape,
    ShapeOptions as ShapeOptions,
    band_names as band_names,
    check_days as check_days,
    label_texts as label_texts,
    no_label as no_label,
    shaped_groups as shaped_groups,
)
from .suspicious_columns import (
    leaking_column as leaking_column,
    empty_columns_note as empty_columns_note,
    looks_like_id as looks_like_id,
    many_levels as many_levels,
    numbers_as_text_note as numbers_as_text_note,
    repeated_id_note as repeated_id_note,
    unique_id_note as unique_id_note,
)
from .quantiles import (
    read_levels_of_quantiles as read_levels_of_quantiles,
    read_quantiles as read_quantiles,
    task_of_levels as task_of_levels,
)
from .survival import (
    read_horizons as read_horizons,
    read_survival as read_survival,
    task_of_horizons as task_of_horizons,
)
from .survey import (
    REPLICATE_METHODS as REPLICATE_METHODS,
    SINGLE_PSU as SINGLE_PSU,
    Survey as Survey,
    SurveyOptions as SurveyOptions,
)
from .table import (
    Column as Column,
    Table as Table,
    decode as decode,
    encode as encode,
)
from .target import (
    KNOWN_PAIRS as KNOWN_PAIRS,
    Target as Target,
    is_plain_outcome as is_plain_outcome,
    read_target as read_target,
)
