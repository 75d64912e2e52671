"""Real data sets, each a function that returns one `Dataset`."""

from whogains.datasets.dataset import Dataset
from whogains.datasets.heart_cleveland import heart
from whogains.datasets.hsls_2009 import hsls
from whogains.datasets.mimic3_stays import mimic3
from whogains.datasets.nhanes_2017_2018 import nhanes

__all__ = ["Dataset", "heart", "hsls", "mimic3", "nhanes"]
