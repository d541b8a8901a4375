"""Postcodes that people type: whole or cut short, inside or outside the area, of homes or of post-office boxes.

An area whose homes are small areas has no postcodes: its homes are found by their codes, which a click hands on.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.pack import AreaPack

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Real streets have up to four postcodes at one point; a sorting office with its PO boxes and large users has dozens.
_MOST_AT_A_POINT = 8
_PART = re.compile(r"^\s*([A-Z]{1,2}\d[A-Z\d]?)(?:\s*(\d)([A-Z])?)?\s*$", re.IGNORECASE)


def street_postcodes(postcodes: pd.Series, xy: Floats) -> Bools:
    """Tell which postcodes belong to streets, and not to PO boxes and large users, whose position says nothing.

    Open data do not mark PO boxes and large users, but they all have the position of their sorting office: more than 8
    at one point, or a whole district (those numbered 99) with fewer points than half its postcodes.

    Parameters
    ----------
    postcodes
        ``(n,)``, as ``"SS3 9PD"``.
    xy
        ``(n, 2)`` metres.

    Returns
    -------
    ``(n,)``; all true when no postcode would be left.
    """
    at_point, apart = _crowds(postcodes, xy)
    street = (at_point <= _MOST_AT_A_POINT) & ~apart
    return street if street.any() else np.ones(len(street), dtype=bool)


def _crowds(postcodes: pd.Series, xy: Floats) -> tuple[npt.NDArray[np.int64], Bools]:
    """Return how many postcodes are at the point of each, and whether its district is one of PO boxes."""
    at = pd.DataFrame(
        {"district": postcodes.str.split().str[0].to_numpy(), "point": list(map(tuple, xy)), "row": np.arange(len(xy))}
    )
    districts = at.groupby("district")
    apart = districts["point"].transform("nunique") * 2 < districts["row"].transform("size")
    return at.groupby("point")["row"].transform("size").to_numpy(np.int64), apart.to_numpy(dtype=bool)


@dataclass(frozen=True, eq=False)
class Postcodes:
    """Looks up the postcodes of an area.

    Attributes
    ----------
    area
        Name of the area.
    known
        Index postcode: ``easting, northing`` (metres), ``inside`` (the area), ``at_point`` (how many postcodes are at
        its point), ``apart`` (whether its whole district is one of PO boxes). Where homes are areas, these are their
        codes.
    by_area
        Whether homes are areas, and the pack has no postcodes.
    """

    area: str
    known: pd.DataFrame
    by_area: bool = False

    @classmethod
    def of(cls, pack: AreaPack) -> "Postcodes":
        """Prepare the postcodes of a pack: about a fiftieth of a second."""
        by_area = pack.manifest.particulars.homes != "postcode"
        rows = pack.demand[["postcode", "easting", "northing"]] if by_area else pack.postcodes
        at_point, apart = _crowds(rows["postcode"], rows[["easting", "northing"]].to_numpy(np.float64))
        inside = rows["postcode"].isin(pack.demand["postcode"]).to_numpy()
        return cls(pack.name, rows.assign(inside=inside, at_point=at_point, apart=apart).set_index("postcode"), by_area)

    def note(self, postcode: str) -> str:
        """Return what a planner should know about a postcode, in words; empty when there is nothing."""
        if self.by_area or postcode not in self.known.index:
            return ""
        at_point, apart, inside = (self.known.loc[[postcode], name].iloc[0] for name in ("at_point", "apart", "inside"))
        if apart:
            return (
                f"{postcode} is a PO box or the postcode of one large user: it is drawn where its post is sorted, and "
                "no families live there."
            )
        if at_point > _MOST_AT_A_POINT:
            return (
                f"{postcode} shares its point with {int(at_point) - 1} other postcodes: these are PO boxes and large "
                "users, such as offices, not homes."
            )
        if not inside:
            return f"{postcode} is just outside {self.area}: services further out are not counted."
        return ""

    def missing(self, postcode: str) -> tuple[bool, str, list[str]]:
        """Explain why a whole postcode is not among those of the area.

        Returns
        -------
        Whether it is certainly outside the area, a sentence, and the area's own postcodes of the same sector: those
        that begin with the same characters up to the first digit of the second half.
        """
        if self.by_area:
            said = f"The data of {self.area} have no postcodes: type a street, a ward or a venue."
            return False, said, []
        district = postcode.split()[0]
        if district not in self.districts(inside=True):
            return True, f"{postcode} is outside {self.area}.", []
        same = [code for code in self.known.index if code.startswith(postcode[:-2])]
        return False, f"{postcode} is not among the postcodes of {self.area} that we have.", same

    def districts(self, *, inside: bool) -> set[str]:
        """Return the first halves (districts) of the postcodes inside the area, or of all."""
        rows = self.known[self.known["inside"]] if inside else self.known
        return {str(postcode).split()[0] for postcode in rows.index}

    def cut_short(self, text: str) -> tuple[bool, str] | None:
        """Answer a text that is the beginning of a postcode; None for any other.

        "A13" is a road and not a postcode: a text is a beginning only if it has the letters with which the area's own
        postcodes begin, or any two letters and a digit.

        Returns
        -------
        Whether it is outside the area, and a sentence that says so or what is missing.
        """
        match = None if self.by_area else _PART.match(text)
        if match is None:
            return None
        district, sector, letter = match[1].upper(), match[2] or "", (match[3] or "").upper()
        every = self.districts(inside=False)
        if not sector and district not in every and district[-1].isdigit() and district[:-1] in every:
            district, sector = district[:-1], district[-1]  # "SS39" is SS3 9 without its space
        letters = _letters(district)
        ours = set(map(_letters, every))
        if letters not in ours and len(letters) < 2:
            return None
        start = f"{district} {sector}{letter}".strip()
        if not any(one.startswith(district) for one in every):
            return True, f"{start} is outside {self.area}."
        like = next((code for code in self.known.index if code.startswith(start)), self.known.index[0])
        lacks = "the last letter is" if letter else "the last two letters are" if sector else "the second half is"
        return False, f"“{start}” is only the beginning of a postcode: {lacks} missing. A whole one looks like {like}."


def _letters(district: str) -> str:
    """Return the letters with which the first half of a postcode begins."""
    return re.split(r"\d", district)[0]
