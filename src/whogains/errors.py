"""What can be wrong with what a user hands over, said in one line."""


class InputError(ValueError):
    """Data or a setting cannot be used as given.

    The message is one line: it names the column, row, argument or value at fault and says what
    to do. The command line prints it as it is and exits with 2.
    """


class UnwritableError(InputError):
    """A place named for output cannot be written, found out before the work starts."""
