"""Real data sets, each a function that returns one `Dataset`."""

from typing import TYPE_CHECKING

from whogains._lazy import lazily

if TYPE_CHECKING:
    from whogains.datasets.dataset import Dataset
    from whogains.datasets.heart_cleveland import heart
    from whogains.datasets.hsls_2009 import hsls
    from whogains.datasets.mimic3_stays import mimic3
    from whogains.datasets.nhanes_2017_2018 import nhanes
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "dataset": ("Dataset",),
            "heart_cleveland": ("heart",),
            "hsls_2009": ("hsls",),
            "mimic3_stays": ("mimic3",),
            "nhanes_2017_2018": ("nhanes",),
        },
    )

__all__ = ["Dataset", "heart", "hsls", "mimic3", "nhanes"]
