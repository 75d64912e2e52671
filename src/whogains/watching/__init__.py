"""Watching: a state that grows batch by batch, and what it says at every look."""

from whogains.watching.judge import judge
from whogains.watching.looks import Looks, replay
from whogains.watching.sequences import Sequence, sequence_of
from whogains.watching.state import (
    Batch,
    Choices,
    State,
    check_same,
    counted_before,
    hashed,
    source_of,
    with_batch,
)
from whogains.watching.state_file import read_state, save_state

__all__ = [
    "Batch",
    "Choices",
    "Looks",
    "Sequence",
    "State",
    "check_same",
    "counted_before",
    "hashed",
    "judge",
    "read_state",
    "replay",
    "save_state",
    "sequence_of",
    "source_of",
    "with_batch",
]
