"""Reports: a terminal table, a self-contained page and charts, from records alone.

Three things are here for other rooms:

- results in every form (`as_page`, `as_text`, `as_table`, ..., `show`), whatever kind they are;
- the words and numbers of every report (`plain`, `significant`, `group_name`, ...), so that what
  other rooms print reads the same and holds no control characters;
- the parts that another kind of page is made of (`render`, `Scale`, `blocks`, ...), as that of
  `whogains.study`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
