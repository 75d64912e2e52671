"""What a user hands over, turned once into numbers and checked.

Everything after this boundary works on numbers only; `decode` turns the numbers back into the
frame that a user's own model was trained on.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
