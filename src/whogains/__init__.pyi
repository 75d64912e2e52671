from . import (
    api as api,
    costs as costs,
    datasets as datasets,
    errors as errors,
    evidence as evidence,
    explain as explain,
    files as files,
    frames as frames,
    inference as inference,
    judging as judging,
    limits as limits,
    models as models,
    records as records,
    report as report,
    results as results,
    scoring as scoring,
    tables as tables,
    types as types,
    watching as watching,
)
from ._version import __version__ as __version__
from .api import (
    Cost as Cost,
    CostMatrix as CostMatrix,
    GatheredEvidence as GatheredEvidence,
    Metric as Metric,
    audit as audit,
    choose as choose,
    choose_from as choose_from,
    compare as compare,
    compare_files as compare_files,
    diff as diff,
    from_dict as from_dict,
    gather as gather,
    merge as merge,
    plan as plan,
    predict_files as predict_files,
    read_json as read_json,
    watch as watch,
)
from .errors import (
    InputError as InputError,
)
from .explain import (
    GivenAttributions as GivenAttributions,
)
from .judging import (
    Settings as Settings,
)
from .models import (
    OnnxModel as OnnxModel,
    TorchModel as TorchModel,
    load_model as load_model,
)
from .results import (
    Changes as Changes,
    Choice as Choice,
    Findings as Findings,
    Plan as Plan,
    Watch as Watch,
)
