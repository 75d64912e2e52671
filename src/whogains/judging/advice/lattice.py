"""The lattice: every set of attributes that may be asked, and the model that is told them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from numbers import Real

from whogains.errors import InputError
from whogains.evidence import Grouping
from whogains.judging.audit import group_levels

# With 6 attributes there are 64 models; beyond, the family of claims is too large to certify any.
MOST_ATTRIBUTES = 6
NOTHING = ("", "none")


@dataclass(frozen=True, slots=True)
class Lattice:
    """Sets of attributes as sorted tuples of their names, so that the order given says nothing.

    Parameters
    ----------
    attributes : tuple of str
        Every attribute, sorted.
    given : tuple of str
        Attributes that are known anyway: every set holds them.
    never : tuple of str
        Attributes that are never asked: no set holds them.
    burden : mapping of str to float
        The price of asking one person for an attribute.
    models : mapping of tuple of str to str
        The model of each set.
    """

    attributes: tuple[str, ...]
    given: tuple[str, ...]
    never: tuple[str, ...]
    burden: Mapping[str, float]
    models: Mapping[tuple[str, ...], str]

    @classmethod
    def of(
        cls,
        attributes: Sequence[str],
        models: Mapping[tuple[str, ...], str],
        *,
        given: Sequence[str] = (),
        never: Sequence[str] = (),
        burden: Mapping[str, float] | None = None,
    ) -> Lattice:
        """Check what was asked for, and put it in order.

        Parameters
        ----------
        attributes : sequence of str
            The personal attributes.
        models : mapping of tuple of str to str
            The models by what they are told.
        given, never : sequence of str
            Attributes known anyway, and never asked.
        burden : mapping of str to float, optional
            The price of asking; 1 for an attribute that is not named.

        Returns
        -------
        Lattice
            Complete: each set that may be asked has its model.

        Raises
        ------
        InputError
            If there are too many attributes, a name is unknown, `given` and `never` overlap,
            nothing is left to ask, a burden is not positive, or a model is missing.
        """
        known = tuple(sorted(attributes))
        price = dict.fromkeys(known, 1.0) | _prices(burden)
        check_asked(known, given=given, never=never, burden=price)
        free = [name for name in known if name not in {*given, *never}]
        if not free:
            raise InputError("every attribute is given or never asked: there is nothing to choose")
        if len(free) > MOST_ATTRIBUTES:
            raise InputError(
                f"{len(free)} attributes make {2 ** len(free)} models; at most {MOST_ATTRIBUTES} "
                "can be asked about at once: name others in given or never"
            )
        made = cls(known, tuple(sorted(given)), tuple(sorted(never)), price, models)
        missing = [asked for asked in made.sets if asked not in models]
        if missing:
            named = ", ".join("+".join(asked) or "none" for asked in missing[:6])
            more = f" and {len(missing) - 6} more" if len(missing) > 6 else ""
            raise InputError(
                f"the lattice is not complete: there is no model for {named}{more}; give one for "
                "every set of attributes that may be asked, or name attributes in given or never"
            )
        names = [models[asked] for asked in made.sets]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(
                f"two sets of attributes are both called {twice!r}; rename the attribute that has "
                "a plus sign in its name, or is called none"
            )
        return made

    @classmethod
    def whole(
        cls,
        attributes: Sequence[str],
        *,
        given: Sequence[str] = (),
        never: Sequence[str] = (),
        burden: Mapping[str, float] | None = None,
    ) -> Lattice:
        """Name a model for every set that may be asked; parameters and errors as in `of`."""
        asked = [each for each in attributes if each not in never]
        if len(set(asked) - set(given)) > MOST_ATTRIBUTES:
            asked = []
        every = (each for size in range(len(asked) + 1) for each in combinations(asked, size))
        models = {tuple(sorted(each)): "+".join(sorted(each)) or "none" for each in every}
        return cls.of(attributes, models, given=given, never=never, burden=burden)

    @property
    def free(self) -> tuple[str, ...]:
        """The attributes that may be asked."""
        return tuple(a for a in self.attributes if a not in {*self.given, *self.never})

    @property
    def nothing(self) -> tuple[str, ...]:
        """The set that is known without asking."""
        return self.given

    @property
    def everything(self) -> tuple[str, ...]:
        """The largest set that may be asked."""
        return self.adding(self.given, self.free)

    def stand_ins(self, grouping: Grouping) -> dict[str, list[str]]:
        """Say by which model people are served who have not told all that a model is told.

        Parameters
        ----------
        grouping : Grouping
            The groups; people of a group without a level of an attribute have not told it.

        Returns
        -------
        dict of str to list of str
            By model, the model of each group: that of the attributes they have told. What is
            known anyway is told, though it be missing.
        """
        return {
            self.models[asked]: [
                self.models[tuple(a for a in asked if a in self.given or levels[a] is not None)]
                for levels in group_levels(grouping)
            ]
            for asked in self.sets
        }

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """Every set that may be asked, `nothing` first, then by size and name."""
        return tuple(
            self.adding(self.given, more)
            for size in range(len(self.free) + 1)
            for more in combinations(self.free, size)
        )

    @property
    def edges(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """What is told, and the one attribute told besides, for every edge."""
        return tuple((told, a) for told in self.sets for a in self.free if a not in told)

    def adding(self, told: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
        """Give the set of both."""
        return tuple(sorted({*told, *more}))

    def without(self, asked: Sequence[str], one: str) -> tuple[str, ...]:
        """Give the set less one attribute."""
        return tuple(each for each in asked if each != one)

    def asks(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Name what is asked for in a set, without what is given."""
        return tuple(each for each in asked if each not in self.given)

    def price(self, asked: Sequence[str]) -> float:
        """Add up the burden of a set for one person."""
        return sum(self.burden[each] for each in self.asks(asked))


def check_asked(
    attributes: Sequence[str],
    *,
    given: Sequence[str],
    never: Sequence[str],
    burden: Mapping[str, float] | None,
) -> None:
    """Refuse names that are none of the attributes, and what is both given and never asked.

    Parameters
    ----------
    attributes : sequence of str
        The personal attributes.
    given, never, burden
        As for `Lattice.of`.

    Raises
    ------
    InputError
        If a name is unknown, or in both.
    """
    for name, asked in (("given", given), ("never", never), ("burden", burden or {})):
        unknown = [each for each in asked if each not in attributes]
        if unknown:
            raise InputError(
                f"{name} names {unknown[0]!r}, which is none of the personal attributes "
                f"({', '.join(attributes)})"
            )
    both = sorted(set(given) & set(never))
    if both:
        raise InputError(f"{both[0]!r} is both given and never asked; name it in one of them")


def _prices(burden: Mapping[str, float] | None) -> dict[str, float]:
    """Check the prices of asking."""
    if burden is not None and not isinstance(burden, Mapping):
        raise InputError(
            f"burden is a {type(burden).__name__}, not a mapping from attributes to prices"
        )
    for name, value in (burden or {}).items():
        if not (isinstance(value, Real) and isfinite(value) and value > 0):
            raise InputError(f"the burden of {name!r} must be positive and finite, not {value!r}")
    return dict(burden or {})


def read_set(text: str | Sequence[str], attributes: Sequence[str]) -> tuple[str, ...]:
    """Read which attributes a model is told from its name.

    Parameters
    ----------
    text : str or sequence of str
        As in ``"sex+age"``; ``""`` or ``"none"`` for none of them, or a sequence of names.
    attributes : sequence of str
        The personal attributes.

    Returns
    -------
    tuple of str
        The set, sorted.

    Raises
    ------
    InputError
        If a name is none of the attributes, or comes twice.

    Examples
    --------
    >>> read_set("sex+age", ["sex", "age"]), read_set("none", ["sex"])
    (('age', 'sex'), ())
    """
    if isinstance(text, str):
        if text in attributes:
            return (text,)
        names = [] if text in NOTHING else [part.strip() for part in text.split("+")]
    elif isinstance(text, Sequence):
        names = [str(each) for each in text]
    else:
        raise InputError(
            f"a model is called {text!r}; name the attributes that it is told, as in sex+age"
        )
    for name in names:
        if name not in attributes:
            raise InputError(
                f"model {text!r} is told {name!r}, which is none of the personal attributes "
                f"({', '.join(attributes)})"
            )
    if len(set(names)) < len(names):
        raise InputError(f"model {text!r} names an attribute twice")
    return tuple(sorted(names))
