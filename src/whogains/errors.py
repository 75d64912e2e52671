"""What can be wrong with what a user hands over, said in one line."""

import re
from collections.abc import Iterable


class InputError(ValueError):
    r"""Data or a setting cannot be used as given.

    The message is one line: it names the column, row, argument or value at fault and says what
    to do. The command line prints it as it is and exits with 2.

    Examples
    --------
    >>> str(InputError("folds must be a whole number, not [[1]\n [2]]"))
    'folds must be a whole number, not [[1] [2]]'
    """

    def __init__(self, message: object = "") -> None:
        # What is quoted, such as an array, may have lines of its own.
        super().__init__(re.sub(r"\s*\n\s*", " ", str(message)))


class UnwritableError(InputError):
    """A place named for output cannot be written, found out before the work starts."""


# Of one line: a parser may quote a whole file.
LONGEST_LINE = 300
# Of text in a cell: a code of missing, a short number badly written, a word of an outcome.
LONGEST_CELL = 12
SHORT_NUMBER = re.compile(r"[-+<>=~$%.,eE\s0-9]+")
DATE = re.compile(r"[0-9]{1,4}([-/.\s])[0-9]{1,2}\1[0-9]{1,4}")
COMMON_WORDS = {
    "nan", "null", "none", "missing", "unknown", "empty", "n.a.", "n/a", "refused", "tbd", "-inf",
    "inf", "yes", "no", "true", "false", "positive", "negative", "alive", "dead", "event", "text",
    "high", "low",
}  # fmt: skip
# What reads and holds tables raises errors of its own, about the table.
OF_TABLES = ("duckdb", "_duckdb", "pyarrow", "pandas", "narwhals", "polars")


def said_of(error: BaseException) -> InputError | None:
    """Say in one line what a library or the system finds wrong with the input.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    InputError or None
        One line; None for what is a mistake in this program.

    Examples
    --------
    >>> str(said_of(FileNotFoundError(2, "No such file or directory", "rows.csv")))
    'rows.csv: No such file or directory'
    >>> said_of(KeyError("x")) is None
    True
    """
    if isinstance(error, InputError):
        return error
    if isinstance(error, MemoryError):
        return InputError("there is not enough memory; audit fewer rows or columns at a time")
    if isinstance(error, UnicodeError):
        return InputError(
            f"text cannot be read or written as UTF-8: {one_line(without_cells(error))}"
        )
    if type(error).__module__.partition(".")[0] in OF_TABLES:
        return InputError(f"the table cannot be read: {one_line(without_cells(error))}")
    if isinstance(error, OSError):
        name = "" if error.filename is None else f"{error.filename}: "
        return InputError(f"{name}{one_line(error.strerror or error)}")
    return None


def cell(value: object) -> str:
    """Write a value of a table for a message: as it is only where it can be no identifier.

    Parameters
    ----------
    value : object
        The value.

    Returns
    -------
    str
        A number with six digits; text in quotes where it has at most two characters, is a common
        word (`COMMON_WORDS`), or at most six digits and marks that are no date. Of any other text
        only its length: names and notes are about people, and a message may be kept or sent on.

    Examples
    --------
    >>> cell("N/A"), cell("12,5"), cell(7.25)
    ("'N/A'", "'12,5'", '7.25')
    >>> cell("Mrs Jones"), cell("1951-03-02"), cell("0176123456"), cell(4815162342)
    ('text of 9 characters', 'text of 10 characters', 'text of 10 characters', '4.81516e+09')
    """
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        try:
            return f"{value:.6g}"
        except (TypeError, ValueError):
            value = str(value)
    text = one_line(value)
    return repr(text) if quotable(text) else f"text of {len(str(value))} characters"


def quotable(text: str) -> bool:
    """Tell whether a text can be no identifier; see `cell`."""
    plain = text.strip()
    if len(plain) <= 2 or plain.casefold() in COMMON_WORDS:
        return True
    number = SHORT_NUMBER.fullmatch(plain) is not None and DATE.search(plain) is None
    return number and len(plain) <= LONGEST_CELL and sum(c.isdigit() for c in plain) <= 6


def without_cells(text: object, known: Iterable[str] = ()) -> str:
    """Take out of somebody else's message what it quotes, where that can be an identifier.

    Parameters
    ----------
    text : object
        A message, as of a parser.
    known : iterable of str
        What may be quoted: names of columns and files.

    Returns
    -------
    str
        The message with "..." in place of such quotes. What follows a row number and the count of
        its fields, the row itself, is cut off.

    Examples
    --------
    >>> without_cells("could not convert string to float: 'Mrs Jones'")
    "could not convert string to float: '...'"
    >>> without_cells("Row #3: Expected 4 columns, got 5: 1,Mrs Jones,2,3,4")
    'Row #3: Expected 4 columns, got 5'
    """
    names = {*known}

    def said(found: re.Match[str]) -> str:
        mark, inner = found[1], found[2]
        return found[0] if inner in names or quotable(inner) else f"{mark}...{mark}"

    row = re.sub(r"(columns, got \d+):.*", r"\1", str(text), flags=re.DOTALL)
    return re.sub(r"(?<!\w)(['\"])(.*?)\1(?!\w)", said, row, flags=re.DOTALL)


def one_line(text: object, most: int = LONGEST_LINE) -> str:
    r"""Write text, such as an error, as one line of printable characters, by default at most 300.

    Examples
    --------
    >>> one_line("a\n  b\u202ec"), len(one_line("c" * 400))
    ('a b c', 300)
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= most else line[: most - 4] + " ..."
