"""Who gains when people hand over personal attributes, and whether the data can even tell.

>>> import whogains as wg
>>> data = wg.datasets.nhanes("systolic")
>>> data.personal.columns.tolist()
['sex', 'race', 'age']
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
