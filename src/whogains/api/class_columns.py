"""Which columns of a table hold the probabilities of each class: p0_{class} for p0_a, p0_b, ..."""

from __future__ import annotations

from collections.abc import Sequence

from whogains.errors import InputError

CLASS = "{class}"


def class_columns(
    names: Sequence[str], generic: str, personalized: str, others: Sequence[str] = ()
) -> tuple[dict[str, str], dict[str, str]]:
    """Find the columns of both models' probabilities.

    Parameters
    ----------
    names : sequence of str
        The columns of the table.
    generic, personalized : str
        How each model's columns are called, with {class} where the class stands.
    others : sequence of str
        Columns that hold something else.

    Returns
    -------
    generic, personalized : dict of str to str
        The column of each class, in the order of the table.

    Raises
    ------
    InputError
        If {class} does not stand there once, or no column, or only some classes', are found.

    Examples
    --------
    >>> class_columns(["y", "p_a", "p_b", "p_new_a", "p_new_b"], "p_{class}", "p_new_{class}")
    ({'a': 'p_a', 'b': 'p_b'}, {'a': 'p_new_a', 'b': 'p_new_b'})
    """
    templates = {"generic": generic, "personalized": personalized}
    for key, template in templates.items():
        if template.count(CLASS) != 1:
            raise InputError(
                f"{key} is {template!r:.80}; where predictions have a column for each class, both "
                f"models' say where the class stands, as in p0_{CLASS}"
            )
    found = {
        key: {each: name for name in names if (each := _class_of(name, template))}
        for key, template in templates.items()
    }
    taken = set(others)
    # The longer template says more of a name that fits both.
    first, second = sorted(templates, key=lambda key: -len(templates[key]))
    if len(generic) != len(personalized):
        taken |= set(found[first].values())
    found[second] = {each: name for each, name in found[second].items() if name not in taken}
    found[first] = {each: name for each, name in found[first].items() if name not in set(others)}
    for key, columns in found.items():
        if not columns:
            raise InputError(
                f"no column is called {templates[key]}; the columns are "
                f"{', '.join(names[:8])}{' ...' if len(names) > 8 else ''}"
            )
    alone = sorted(set(found["generic"]) ^ set(found["personalized"]))
    if alone:
        key = "generic" if alone[0] in found["personalized"] else "personalized"
        missing = templates[key].replace(CLASS, alone[0])
        raise InputError(
            f"there is no column {missing!r:.80}, and the other model has one for that class"
        )
    return found["generic"], found["personalized"]


def _class_of(name: str, template: str) -> str | None:
    before, _, after = template.partition(CLASS)
    fits = name.startswith(before) and name.endswith(after)
    middle = name[len(before) : len(name) - len(after)]
    return middle if fits and len(name) > len(before) + len(after) else None
