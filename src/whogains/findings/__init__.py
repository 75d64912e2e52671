"""Findings: evidence and settings in, verdicts out; frozen, with JSON in and out."""

from whogains.findings.build import build_findings
from whogains.findings.changes import Change, Changes, CostChange, GroupChange
from whogains.findings.distributions import Calibration, Distribution, Profile
from whogains.findings.found import Findings
from whogains.findings.json import from_dict, read_json, to_dict, to_json
from whogains.findings.results import (
    SCHEMA,
    CostFinding,
    DataFinding,
    GammaFinding,
    GroupFinding,
    LimitsCurve,
    LimitsFinding,
    PopulationFinding,
    group_label,
)
from whogains.findings.rows import Rows
from whogains.findings.settings import Settings
from whogains.findings.side_by_side import diff

__all__ = [
    "SCHEMA",
    "Calibration",
    "Change",
    "Changes",
    "CostChange",
    "CostFinding",
    "DataFinding",
    "Distribution",
    "Findings",
    "GammaFinding",
    "GroupChange",
    "GroupFinding",
    "LimitsCurve",
    "LimitsFinding",
    "PopulationFinding",
    "Profile",
    "Rows",
    "Settings",
    "build_findings",
    "diff",
    "from_dict",
    "group_label",
    "read_json",
    "to_dict",
    "to_json",
]
