"""What users declare a cost or a metric by, under the names that they are given."""

from whogains.costs import CostMatrix, Metric
from whogains.costs import DeclaredCost as Cost

__all__ = ["Cost", "CostMatrix", "Metric"]
