"""Text that a spreadsheet must not take for a formula."""

import re

# A spreadsheet ignores blanks before a formula; and a semicolon or tab may start a new cell.
_FORMULA = re.compile(r"^(?=\s*[=+\-@\t\r])|(?<=[;\t])(?=\s*[=+\-@])")


def no_formula(value: object) -> object:
    """Return a cell of a CSV, with an apostrophe before a text that a spreadsheet would read as a formula."""
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
