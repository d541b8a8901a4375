"""Colours that everyone can tell apart, and the classes that figures fall into.

The colours are those of the UK Government Analysis Function. They were chosen on white, so the map's land is
white: there every categorical colour and every line colour has the 3:1 contrast that WCAG 2.2 asks of shapes.
Colour is never the only sign: categories carry a letter, classes a label, target wards a second outline.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.network.modes import LONGEST_WALK_MIN
from wording.languages import english
from wording.numbers import minutes
from wording.rounding import digits, shortest

LAND = "#FFFFFF"
SEA = "#DCE8F0"
INK = "#0B0C0C"
MUTED_INK = "#505A5F"
NO_FIGURE = "#E4E4E4"

CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
TARGET_COLOUR = "#12436D"
REST_COLOUR = "#F46A25"
SELECTED_COLOUR = "#801650"

ALONE_COLOUR, SHARED_COLOUR, OUTSIDE_COLOUR = "#12436D", "#4A94DA", "#B1B4B6"
"""What one site alone reaches, what it reaches together with others, and what it does not reach."""

ONLY_A_COLOUR, ONLY_B_COLOUR, BOTH_COLOUR, NEITHER_COLOUR = "#12436D", "#F46A25", "#6F777B", "#C9CDD0"
"""Two plans: what only one of them reaches stands out, what is the same under both is grey."""

SEQUENTIAL = ("#E3EFF9", "#B5D3F0", "#6BACE6", "#2073BC", "#12436D")
DIVERGING = ("#12436D", "#6BACE6", "#F3F2F1", "#F7A878", "#B5450B")

DOT_COLOUR = "#3D3D3D"
"""A dot of people: dark, so that it is no band of minutes."""

BIVARIATE = (
    *("#F3F2F1", "#F6B98A", "#F46A25"),
    *("#A9CDEC", "#A08C8C", "#8A3B1E"),
    *("#2073BC", "#2F4468", "#0F0F1F"),
)
"""Need by reach, three by three: colour 3 × need + lack of reach. Need alone is blue, lack of reach alone is orange.

Orange and blue stay apart for every kind of colour blindness, and the corner of both is the darkest of all.
"""

Rgb = tuple[int, int, int]
Rgba = tuple[int, int, int, int]
Method = Literal["round", "quantile", "equal"]


@dataclass(frozen=True)
class Symbol:
    """How a category of service is drawn: colour, one or two letters, and the words for a legend."""

    colour: str
    letters: str
    label: str

    @property
    def ink(self) -> str:
        """Colour of the letters: whichever of white and black reads better on `colour`."""
        return readable_ink(self.colour)


@dataclass(frozen=True)
class Classes:
    """Ordered classes of a figure: ``edges`` has one more entry than ``colours`` and ``labels``."""

    edges: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]

    def index(self, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Class of each value, shape ``(n,)``; -1 where there is no figure.

        A value on an edge belongs to the class above it, except the last edge, which is inclusive.
        """
        array = np.asarray(values, dtype=float)
        inner = np.asarray(self.edges[1:-1])
        found = np.searchsorted(inner, array, side="right").astype(np.int64)
        return np.where(np.isnan(array), -1, found)


@dataclass(frozen=True)
class TimeBands:
    """Bands of travel time: minutes ``<=`` each limit, then beyond the last one, then out of reach."""

    limits_min: tuple[float, ...]
    colours: tuple[str, ...]
    widths_px: tuple[float, ...]
    labels: tuple[str, ...]
    kinds: tuple[str, ...]

    def index(self, seconds: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Band of each travel time in seconds, shape ``(n,)``; ``inf`` falls in the last band."""
        array = np.asarray(seconds, dtype=float)
        found = np.searchsorted(np.asarray(self.limits_min) * 60.0, array, side="left").astype(np.int64)
        return np.where(np.isfinite(array), found, len(self.labels) - 1)


# Health dark blue, babies and family help plum, learning teal, leisure orange, meeting places lilac, travel grey.
_SYMBOLS = {
    "childrens_centre": Symbol("#801650", "C", "Children's centre"),
    "health_clinic": Symbol("#12436D", "Cl", "Health clinic"),
    "gp_practice": Symbol("#12436D", "G", "GP practice"),
    "hospital": Symbol("#12436D", "H", "Hospital"),
    "pharmacy": Symbol("#12436D", "Rx", "Pharmacy"),
    "dentist": Symbol("#12436D", "D", "Dentist"),
    "nursery": Symbol("#28A197", "N", "Nursery or playgroup"),
    "school": Symbol("#28A197", "S", "School"),
    "library": Symbol("#28A197", "L", "Library"),
    "museum": Symbol("#28A197", "M", "Museum"),
    "community_hall": Symbol("#A285D1", "V", "Church or community hall"),
    "baby_change": Symbol("#A285D1", "B", "Baby changing"),
    "playground": Symbol("#F46A25", "P", "Playground"),
    "park": Symbol("#F46A25", "Pk", "Park"),
    "leisure_centre": Symbol("#F46A25", "Le", "Leisure centre"),
    "soft_play": Symbol("#F46A25", "SP", "Soft play"),
    "bus_stop": Symbol("#3D3D3D", "b", "Bus stop"),
    "rail_station": Symbol("#3D3D3D", "R", "Rail station"),
    "gp_practice_before": Symbol("#3D3D3D", "G9", "GP practice, earlier list"),
    "gp_branch_before": Symbol("#3D3D3D", "G7", "GP branch surgery, earlier list"),
}


def symbol(category: str) -> Symbol:
    """How a category of service is drawn; one not listed gets grey, its first letter and its own name."""
    if category in _SYMBOLS:
        return _SYMBOLS[category]
    words = category.replace("_", " ").strip() or "other"
    return Symbol("#3D3D3D", words[0].upper(), words[0].upper() + words[1:])


def categories() -> tuple[str, ...]:
    """Categories that have a symbol of their own, in legend order."""
    return tuple(_SYMBOLS)


def rgb(colour: str) -> Rgb:
    """Red, green and blue (0–255) of ``#RRGGBB``.

    Raises
    ------
    InputError
        When `colour` is not six hexadecimal digits after ``#``.
    """
    digits = colour.removeprefix("#")
    if len(digits) != 6 or any(d not in "0123456789abcdefABCDEF" for d in digits):
        raise InputError(f"{colour!r} is not a colour; write it as #RRGGBB")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def rgba(colour: str, alpha: int = 255) -> Rgba:
    """``#RRGGBB`` with an opacity of 0–255."""
    return (*rgb(colour), alpha)


def luminance(colour: str) -> float:
    """Relative luminance from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours from 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_ink(background: str) -> str:
    """White or near-black, whichever contrasts more with `background`."""
    return max(("#FFFFFF", INK), key=lambda ink: contrast(ink, background))


def _nice_step(span: float, n: int) -> float:
    raw = span / n
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(f * magnitude for f in (1.0, 2.0, 2.5, 5.0, 10.0) if f * magnitude >= raw * (1 - 1e-9))


def _edges(values: npt.NDArray[np.float64], n: int, method: Method) -> list[float]:
    low, high = float(values.min()), float(values.max())
    if low == high:
        return [low, high]
    if method == "quantile":
        return list(dict.fromkeys(float(q) for q in np.quantile(values, np.linspace(0, 1, n + 1))))
    if method == "equal":
        return [float(e) for e in np.linspace(low, high, n + 1)]
    step = _nice_step(high - low, n)
    first, last = math.floor(low / step), math.ceil(high / step)
    while last - first > n:  # starting at a multiple of the step can cost one class more
        step = _nice_step((last - first) * step, n)
        first, last = math.floor(low / step), math.ceil(high / step)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _pick(colours: Sequence[str], n: int) -> tuple[str, ...]:
    """`n` of the colours, spread from the first to the last."""
    if n == 1:
        return (colours[len(colours) // 2],)
    return tuple(colours[round(i * (len(colours) - 1) / (n - 1))] for i in range(n))


def class_breaks(
    values: npt.ArrayLike,
    *,
    n: int = 5,
    method: Method = "round",
    colours: Sequence[str] = SEQUENTIAL,
    fmt: Callable[[float], str] = digits,
) -> Classes:
    """At most `n` classes over `values`, for a choropleth and its legend.

    Parameters
    ----------
    values
        Figures, shape ``(n_areas,)``; NaN and infinity are left out.
    n
        Most classes wanted; at most ``len(colours)``.
    method
        ``"round"``: equal steps at round numbers. ``"quantile"``: as many areas in each. ``"equal"``: equal steps.
    colours
        From low to high.
    fmt
        How an edge is written in the legend.

    Raises
    ------
    InputError
        When there is no figure at all, or `n` is not between 1 and the number of colours.
    """
    if not 1 <= n <= len(colours):
        raise InputError(f"the number of classes must be from 1 to {len(colours)}, not {n}")
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    if not len(array):
        raise InputError("there is no figure to class: every value is missing")
    edges = _edges(array, n, method)
    if edges[0] == edges[-1]:
        return Classes((edges[0], edges[-1]), _pick(colours, 1), (fmt(edges[0]),))
    labels = tuple(_between(fmt(low), fmt(high)) for low, high in itertools.pairwise(edges))
    return Classes(tuple(edges), _pick(colours, len(labels)), labels)


def _between(low: str, high: str) -> str:
    return english().say("legend.between", low=low, high=high)


NEAR, FAR, FURTHER, NOT_WALKABLE, NO_WAY = "near", "far", "further", "not_walkable", "no_way"
"""Kinds of bands of travel time."""


def time_bands(threshold_min: float, *, on_foot: bool = True) -> TimeBands:
    """Bands of minutes around a threshold: three blues within it, orange and plum beyond, grey for no way at all.

    Streets beyond the threshold are drawn wider as well, so that a gap shows without colour. On foot, what is further
    than :data:`geo.network.modes.LONGEST_WALK_MIN` is a band of its own, thin and dark: not walkable.

    Raises
    ------
    InputError
        When the threshold is not a positive number.
    """
    if not threshold_min > 0 or math.isinf(threshold_min):
        raise InputError(f"the threshold must be a positive number of minutes, not {threshold_min}")
    t = float(threshold_min)
    third, two_thirds = t / 3, 2 * t / 3
    if t >= 3 and t.is_integer():  # whole minutes read better than awkward fractions
        third, two_thirds = float(round(third)), float(round(two_thirds))
    say = english().say
    # Kind, minutes at most, colour, width in pixels, words.
    bands: list[tuple[str, float, str, float, str]] = [
        (NEAR, third, "#12436D", 1.5, say("legend.first", high=shortest(third))),
        (NEAR, two_thirds, "#2073BC", 1.5, _between(shortest(third), shortest(two_thirds))),
        (NEAR, t, "#4A94DA", 1.5, _between(shortest(two_thirds), shortest(t))),
    ]
    walk = LONGEST_WALK_MIN if on_foot else math.inf
    far = min(2 * t, walk)
    if far > t:
        bands.append((FAR, far, "#F46A25", 2.0, say("legend.beyond", low=shortest(t), high=shortest(far))))
    last = max(far, t)
    if last < walk:
        over = math.isinf(walk)
        words = say("legend.over", low=shortest(last)) if over else _between(shortest(last), shortest(walk))
        bands.append((FURTHER, walk, "#801650", 2.4, words))
    if on_foot:
        words = say("legend.not_walkable", low=shortest(max(walk, t)))
        bands.append((NOT_WALKABLE, math.inf, "#3D3D3D", 1.2, words))
    bands.append((NO_WAY, math.inf, "#757575", 1.0, minutes(math.inf)))
    kinds, limits, colours, widths, labels = zip(*bands, strict=True)
    return TimeBands(limits[:-2], colours, widths, labels, kinds)
