from .auditing import (
    audit as audit,
)
from .choosing import (
    choose_from as choose_from,
)
from .choosing_by_fitting import (
    choose as choose,
)
from .collecting import (
    GatheredEvidence as GatheredEvidence,
    gather as gather,
)
from .comparing import (
    compare as compare,
)
from .comparing_files import (
    compare_files as compare_files,
    read_levels as read_levels,
)
from .explaining import (
    check_explainers as check_explainers,
)
from .merging import (
    merge as merge,
)
from .own_costs import (
    Cost as Cost,
    CostMatrix as CostMatrix,
    Metric as Metric,
)
from .planning import (
    plan as plan,
)
from .predicting import (
    predict_files as predict_files,
)
from .saved import (
    diff as diff,
    from_dict as from_dict,
    read_json as read_json,
)
from .watching import (
    watch as watch,
)
