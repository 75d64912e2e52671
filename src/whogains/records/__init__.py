"""Records: results as frozen numbers and words, and their JSON; nothing here computes or draws."""

from whogains.records.audit import (
    AuditRecord,
    CostFinding,
    DataFinding,
    GammaFinding,
    GroupFinding,
    LimitsCurve,
    LimitsFinding,
    OverPlacebo,
    PopulationFinding,
    WarningFinding,
)
from whogains.records.changes import Change, ChangesRecord, CostChange, GroupChange
from whogains.records.distributions import Calibration, Distribution, Profile
from whogains.records.from_json import MismatchError, read_as
from whogains.records.json import from_dict, plain_values, read_json, to_dict
from whogains.records.plan import PlannedGroup, PlanRecord, PlanSettings, Solved
from whogains.records.words import (
    SCHEMA,
    GammaVerdict,
    Interval,
    Levels,
    Number,
    Reason,
    Record,
    Verdict,
    group_label,
)

__all__ = [
    "SCHEMA",
    "AuditRecord",
    "Calibration",
    "Change",
    "ChangesRecord",
    "CostChange",
    "CostFinding",
    "DataFinding",
    "Distribution",
    "GammaFinding",
    "GammaVerdict",
    "GroupChange",
    "GroupFinding",
    "Interval",
    "Levels",
    "LimitsCurve",
    "LimitsFinding",
    "MismatchError",
    "Number",
    "OverPlacebo",
    "PlanRecord",
    "PlanSettings",
    "PlannedGroup",
    "PopulationFinding",
    "Profile",
    "Reason",
    "Record",
    "Solved",
    "Verdict",
    "WarningFinding",
    "from_dict",
    "group_label",
    "plain_values",
    "read_as",
    "read_json",
    "to_dict",
]
