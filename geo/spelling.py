"""Normalised spelling: one form for every usual way to write a word, so that "High St." equals "high street"."""

import re
import unicodedata
from collections.abc import Sequence

_SAME = {
    "saint": "st",
    "street": "st",
    "str": "st",
    "road": "rd",
    "avenue": "ave",
    "av": "ave",
    "lane": "ln",
    "close": "cl",
    "drive": "dr",
    "drv": "dr",
    "crescent": "cres",
    "cresc": "cres",
    "gardens": "gdns",
    "gdn": "gdns",
    "garden": "gdns",
    "court": "ct",
    "crt": "ct",
    "place": "pl",
    "square": "sq",
    "terrace": "terr",
    "ter": "terr",
    "grove": "gr",
    "grv": "gr",
    "boulevard": "blvd",
    "esplanade": "espl",
    "parade": "pde",
    "walk": "wlk",
    "park": "pk",
    "station": "stn",
    "hospital": "hosp",
    "center": "centre",
    "ctr": "centre",
    "school": "sch",
    "church": "ch",
    "children": "childrens",
    "doctor": "dr",
    "primary": "prim",
}
"""Each word and its normalised form, for names and for what people type."""

_APART = re.compile(r"[^0-9a-z]+")
_NO_GAP = re.compile(r"['’‘`´.]")
_NUMBER = re.compile(r"^\s*(?:no\.?\s*)?\d+\s*[a-z]?(?:\s*[-–/&]\s*\d+\s*[a-z]?)?\s*[, ]\s*(?=\S*[a-z])", re.IGNORECASE)
_FLAT = re.compile(r"^\s*(?:flat|unit|apartment|apt)\.?\s*\w+\s*[, ]\s*", re.IGNORECASE)


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text: small letters and digits without accents, apostrophes and other signs."""
    closed = _NO_GAP.sub("", text.replace("&", " and "))
    bare = unicodedata.normalize("NFKD", closed).encode("ascii", "ignore").decode()
    return tuple(part for part in _APART.split(bare.casefold()) if part)


def usual(words: Sequence[str]) -> tuple[str, ...]:
    """Return the normalised form of each word, without "train" or "railway" before "station"."""
    if "station" in words or "stn" in words:
        words = [word for word in words if word not in ("train", "rail")]
    return tuple(_SAME.get(word, word) for word in words)


def without_number(text: str) -> str:
    """Return an address without its flat and house number; the same text when it has neither.

    Examples
    --------
    >>> without_number("Flat 2, 12a High St, Old Town")
    'High St, Old Town'
    """
    return _NUMBER.sub("", _FLAT.sub("", text))
