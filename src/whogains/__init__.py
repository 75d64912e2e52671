"""Who gains when people hand over personal attributes, and whether the data can even tell.

Verbs
-----
audit : Judge two models, or fit and judge a pair: predictions and explanations, group by group.
compare : Judge two models by their predictions alone; no model is needed.
compare_files : The same for a table of any size, where it lies.
choose : Say which attributes to ask, and of whom, by fitting a model for every set of them.
choose_from : The same from predictions of such models.
watch : Follow a model in use, batch after batch, at one level over all looks.
plan : Say what groups of given sizes can tell, before any data.
diff : Put two audits side by side.
gather, merge : Sums of one place, without its rows; and the findings of several places together.
predict_files : Write two models' predictions of a table of any size.
load_model : Load a fitted model from a file.
read_json, from_dict : Open a saved audit, choice or watch.

What they give has `table`, `to_html`, `to_json`, `to_text`, `plot` and so on; `Cost`, `Metric` and
`CostMatrix` declare what is better. ``help(whogains.audit)`` says what it takes.

Examples
--------
>>> import whogains as wg
>>> data = wg.datasets.nhanes("systolic")
>>> data.personal.columns.tolist()
['sex', 'race', 'age']
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
