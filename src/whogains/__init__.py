"""Who gains when people hand over personal attributes, and whether the data can even tell."""

from whogains._version import __version__

__all__ = ["__version__"]
