"""Read numbers as people write them: with a decimal point or a decimal comma, and with marks between thousands."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_COMMA = r"[+-]?[0-9]*,[0-9]+"
_THOUSANDS = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_POINTS = r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*"


def numbers(texts: pd.Series, *, degrees: bool = False) -> Floats:
    """Return the number that each text is; NaN for one that is none.

    ``588,000`` is five hundred and eighty-eight thousand, except in `degrees`, where a comma always begins the
    decimals; ``588000,5`` and ``588.000,5`` have a decimal comma, and ``588,000.5`` a decimal point.

    Parameters
    ----------
    texts
        ``(n,)`` without blanks at the ends.
    degrees
        Whether they are longitudes or latitudes.
    """
    found = texts.where(texts.str.fullmatch(_PLAIN)).astype(object)
    rest = found.isna() & (texts != "")
    if rest.any():
        ways = [] if degrees else [(_THOUSANDS, {",": ""}), (_POINTS, {".": "", ",": "."})]
        for pattern, marks in [*ways, (_COMMA, {",": "."})]:
            fits = rest & texts.str.fullmatch(pattern)
            tidied = texts[fits]
            for mark, instead in marks.items():
                tidied = tidied.str.replace(mark, instead, regex=False)
            found[fits] = tidied
            rest &= ~fits
    values: Floats = pd.to_numeric(found, errors="coerce").to_numpy(np.float64)
    return np.where(np.isfinite(values), values, np.where(found.isna(), np.nan, np.inf))


def formulas(texts: pd.Series) -> Bools:
    """Tell which texts a spreadsheet would read as a formula: they begin with ``= + - @`` and are no number."""
    begins = texts.str.match(r"[=+\-@]").to_numpy(bool)
    if not begins.any():
        return begins
    number = np.zeros(len(texts), dtype=bool)
    number[begins] = ~np.isnan(numbers(texts[begins]))
    dash = (texts == "-").to_numpy(bool)  # stands for "none" in many a table
    return begins & ~number & ~dash
