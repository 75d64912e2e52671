"""Tables of any size: the sums that are made in memory elsewhere, by DuckDB where the rows lie."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
