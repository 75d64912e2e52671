"""What can be wrong with what a user hands over, said in one line."""


class InputError(ValueError):
    """Data or a setting cannot be used as given.

    The message is one line: it names the column, row, argument or value at fault and says what
    to do. The command line prints it as it is and exits with 2.
    """


class UnwritableError(InputError):
    """A place named for output cannot be written, found out before the work starts."""


# Of one line: a parser may quote a whole file.
LONGEST_LINE = 300
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
        return InputError(f"text cannot be read or written as UTF-8: {one_line(error)}")
    if type(error).__module__.partition(".")[0] in OF_TABLES:
        return InputError(f"the table cannot be read: {one_line(error)}")
    if isinstance(error, OSError):
        name = "" if error.filename is None else f"{error.filename}: "
        return InputError(f"{name}{one_line(error.strerror or error)}")
    return None


def one_line(text: object, most: int = LONGEST_LINE) -> str:
    r"""Write text, such as an error, as one line of printable characters, by default at most 300.

    Examples
    --------
    >>> one_line("a\n  b\u202ec"), len(one_line("c" * 400))
    ('a b c', 300)
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= most else line[: most - 4] + " ..."
