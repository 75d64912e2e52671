"""What a user hands over, turned once into one float64 matrix with described columns.

Everything after this boundary works on numbers only; `decode` turns the numbers back into the
frame that a user's own model was trained on.
"""

from whogains.frames.native import to_pandas, to_series, to_vector
from whogains.frames.table import Column, Table, decode, encode
from whogains.frames.target import Target, read_target

__all__ = [
    "Column",
    "Table",
    "Target",
    "decode",
    "encode",
    "read_target",
    "to_pandas",
    "to_series",
    "to_vector",
]
