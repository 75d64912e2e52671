"""Advice: from the predictions of a lattice of models to whom to ask for what."""

from whogains.judging.advice.choice import build_choice
from whogains.judging.advice.lattice import MOST_ATTRIBUTES, Lattice, check_asked, read_set
from whogains.judging.advice.routing import certify, route, tells_apart

__all__ = [
    "MOST_ATTRIBUTES",
    "Lattice",
    "build_choice",
    "certify",
    "check_asked",
    "read_set",
    "route",
    "tells_apart",
]
