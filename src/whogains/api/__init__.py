"""`audit`, `compare` and `plan`: the three verbs. They connect rooms and compute nothing."""

from whogains.api.auditing import audit
from whogains.api.comparing import compare
from whogains.limits import make_plan as plan

__all__ = ["audit", "compare", "plan"]
