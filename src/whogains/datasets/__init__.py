"""Real data sets, each a function that returns one `Dataset`."""

from whogains.datasets.dataset import Dataset
from whogains.datasets.nhanes_2017_2018 import nhanes

__all__ = ["Dataset", "nhanes"]
