"""One way to round what is shown: half up, away from nought, on the digits that a number is written with.

Python's ``round`` and its formats take a half to the even neighbour, so that 2.5 minutes would be 2 and 3.5 would be 4,
and they see the binary number behind the written one, so that 14.5 % kept as 0.145 would be 14. Nothing that is still
to be calculated with is rounded here.
"""

import math
from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float, decimals: int = 0) -> float:
    """Round to decimals, a half away from nought; NaN and infinities stay as they are."""
    number = float(value)
    return float(_rounded(Decimal(repr(number)), decimals)) if math.isfinite(number) else number


def whole(value: float) -> int:
    """Round to a whole number, a half away from nought.

    Raises
    ------
    ValueError, OverflowError
        For NaN and infinities, which have none.
    """
    return int(half_up(value))


def digits(value: float, decimals: int = 0) -> str:
    """Write a number rounded half up, with commas between thousands; a dash for what is not finite."""
    rounded = half_up(value, decimals)
    return f"{rounded + 0.0:,.{decimals}f}" if math.isfinite(rounded) else "–"


def signed(value: float, decimals: int = 0) -> str:
    """Write a difference as `digits` does, with its sign (a true minus), and nought without one."""
    rounded = half_up(value, decimals)
    if not math.isfinite(rounded) or rounded == 0:
        return digits(rounded, decimals)
    return f"{'+' if rounded > 0 else '−'}{digits(abs(rounded), decimals)}"


def per_cent(share: float, decimals: int = 0) -> str:
    """Write a share from 0 to 1 in per cent, rounded half up: ``per_cent(0.125)`` gives ``"13%"``; a dash for NaN."""
    number = float(share)
    if not math.isfinite(number):
        return "–"
    return f"{_rounded(100 * Decimal(repr(number)), decimals)}%"


def shortest(value: float) -> str:
    """Write a limit, a speed or a weight with no more digits than it needs: ``"15"``, ``"7.5"``."""
    return f"{value:g}"


def fixed(value: float, decimals: int = 0, *, thousands: bool = False) -> str:
    """Write a number with so many decimals as a computer rounds it: a tie goes to the even digit.

    Tables of the command line print so. What people read as a figure of the analysis is rounded
    by :func:`digits`.

    Parameters
    ----------
    value
        The number.
    decimals
        How many digits after the point.
    thousands
        Put commas between thousands.
    """
    return f"{value:{',' if thousands else ''}.{decimals}f}"


def significant(value: float, figures: int) -> str:
    """Write a number with so many digits that count and commas between thousands: ``significant(0.3916, 3)``."""
    return f"{value:,.{figures}g}"


def minutes_cell(value: float, decimals: int = 0, *, none: str = "–") -> str:
    """Minutes in a cell, without their unit; `none` where no way leads."""
    return digits(value, decimals) if math.isfinite(value) else none


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
