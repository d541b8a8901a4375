"""Search for the place that a person types (geocoding): one place, a ward, several to choose from, or suggestions.

Nothing is guessed: when a text fits several places, the person is asked to choose, and a spelling that is only similar
to a name is a suggestion. Names are compared in one form for every usual spelling (:mod:`geo.spelling`), so that "High
St" is "High Street". Similarity is the normalised edit similarity of RapidFuzz
(https://rapidfuzz.github.io/RapidFuzz/).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.spatial import KDTree

from geo.errors import InputError
from geo.pack import AreaPack
from geo.places import Place, gazetteer, tidy_postcode
from geo.postcodes import Postcodes
from geo.spelling import plain_words, usual, without_number

Kind = Literal["place", "several", "ward", "outside", "cut short", "unknown"]

MOST_CHOICES = 12
LONGEST_TYPED = 200
"""Characters that are looked up; the longest address in Britain has about half."""
_MOST_SUGGESTIONS = 6
_LIKE = 70.0
_MUCH_LESS_LIKE = 12.0
_NEAR_M = 2000.0
_ON_THE_STREETS_M = 300.0
_LANDMARKS = ("rail_station", "hospital", "library", "childrens_centre", "school", "park", "leisure_centre")
_ORDER = ("ward", "place", "service", "street")
_FILLING = {"in", "at", "near", "the", "of"}
_WHOLE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})\s*$", re.IGNORECASE)
_DISTRICT = re.compile(r"[,\s]\s*([A-Z]{1,2}\d[A-Z\d]?)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """The place or places that a text means.

    Attributes
    ----------
    kind
        ``place`` and ``ward``: the only one of `places`. ``several``: one of `places`, and the person must choose.
        ``outside``: not in the area. ``cut short``: the beginning of a postcode. ``unknown``: nothing has this name.
    text
        What was typed, without blanks at its ends.
    places
        The first `MOST_CHOICES` places that fit what was typed.
    suggestions
        Places that may be meant instead; never used unless the person chooses one.
    said
        Words for the reader, a sentence or two; may be empty for ``place`` and ``ward``.
    """

    kind: Kind
    text: str
    places: tuple[Place, ...] = ()
    suggestions: tuple[Place, ...] = ()
    said: str = ""

    def one(self) -> Place:
        """Return the place or ward that was found.

        Raises
        ------
        InputError
            When several fit, or none does, or it is outside the area or cut short; lists the choices or similar names.
        """
        if self.kind in ("place", "ward"):
            return self.places[0]
        listed = "".join(f"\n  {place.label}" for place in self.places or self.suggestions)
        raise InputError(f"{self.said}{listed}")


@dataclass(frozen=True, eq=False)
class Finder:
    """Finds places of an area by name; made once, in about half a second.

    Attributes
    ----------
    area
        Name of the area.
    names
        From :func:`geo.places.gazetteer`, without the postcodes.
    postcodes
        Those of the area.
    whole, short
        Words of each row's name and short name, in the one form for every spelling.
    typed
        Words of each row's name as they are written, for beginnings such as "stre".
    elsewhere
        Streets that are in the network but in no ward, in that form, with their names.
    streets, marks
        Where the streets are, and the services that distinguish a place from others with the same name.
    """

    area: str
    names: pd.DataFrame
    postcodes: Postcodes
    whole: tuple[tuple[str, ...], ...]
    short: tuple[tuple[str, ...], ...]
    typed: tuple[tuple[str, ...], ...]
    elsewhere: dict[tuple[str, ...], str]
    streets: KDTree
    marks: tuple[KDTree, tuple[str, ...]] | None

    @classmethod
    def of(cls, pack: AreaPack) -> "Finder":
        """Prepare the places of a pack."""
        every = gazetteer(pack)
        streets = KDTree(pack.network.node_xy)
        xy = every[["easting", "northing"]].to_numpy(np.float64)
        kept = (every["kind"] != "postcode") & (streets.query(xy)[0] <= _ON_THE_STREETS_M) | (every["kind"] == "ward")
        names = every[kept].reset_index(drop=True)
        short = tuple(usual(plain_words(name)) for name in names["short"])
        inside = set(short)
        elsewhere = {usual(plain_words(name)): name for name in pack.network.street_names if name}
        marked = names[names["service"].isin(pack.services.index[pack.services["category"].isin(_LANDMARKS)])]
        marks = (KDTree(marked[["easting", "northing"]]), tuple(marked["name"])) if len(marked) else None
        return cls(
            area=pack.name,
            names=names,
            postcodes=Postcodes.of(pack),
            whole=tuple(usual(plain_words(name)) for name in names["name"]),
            short=short,
            typed=tuple(plain_words(name) for name in names["name"]),
            elsewhere={words: name for words, name in elsewhere.items() if words not in inside},
            streets=streets,
            marks=marks,
        )

    def find(self, text: str) -> Answer:
        """Find what a text names: a postcode, street, address, ward, part of the town, venue or station.

        Parameters
        ----------
        text
            In any case and usual spelling; the number of a house is ignored, and the answer says so. Of more than
            `LONGEST_TYPED` characters, nothing is looked up.
        """
        if len(text) > LONGEST_TYPED:
            said = f"“{text[:40]}…” has {len(text):,} characters, too many for a place. {self._ask()}"
            return Answer("unknown", text[:LONGEST_TYPED], said=said)
        text = " ".join(text.split())
        if not plain_words(text):
            said = self._ask() if not text else self._not_found(text)
            return Answer("unknown", text, said=said)
        by_postcode = self._postcode(text)
        if by_postcode is not None:
            return by_postcode
        bare = without_number(text)
        for tried in dict.fromkeys((text, bare)):
            found = self._named(tried)
            if found is not None:
                return self._with_number(found, tried, text)
        return self._like(text, bare)

    def _ask(self) -> str:
        """Say what may be typed."""
        return f"Type {'' if self.postcodes.by_area else 'a postcode, '}a street, a ward or a venue."

    def service_name(self, service: str) -> str:
        """Return the name by which a service is found, from its id; empty when no place is that service."""
        rows = self.names.loc[self.names["service"] == service, "name"] if service else self.names["name"].head(0)
        return str(rows.iloc[0]) if len(rows) else ""

    def in_ward(self, ward: str) -> tuple[Place, ...]:
        """Return the services and streets of a ward, by its name: services first."""
        rows = self.names[(self.names["ward"] == ward) & self.names["kind"].isin(["service", "street"])]
        return tuple(self._place(row, mark=False) for row in rows.sort_values(["kind", "name"]).index)

    def postcode_place(self, postcode: str) -> Place:
        """Return a postcode of the area, or a home that is an area, as a place, with a note on what should be known."""
        easting, northing = self.postcodes.known.loc[[postcode], ["easting", "northing"]].to_numpy(np.float64)[0]
        if self.postcodes.by_area:
            return Place("home", postcode, float(easting), float(northing))
        return Place("postcode", postcode, float(easting), float(northing), note=self.postcodes.note(postcode))

    def _postcode(self, text: str) -> Answer | None:
        """Answer a text that is a postcode, ends in one, or is the beginning of one; or the code of a home."""
        if self.postcodes.by_area and text in self.postcodes.known.index:
            return Answer("place", text, (self.postcode_place(text),))
        match = _WHOLE.search(text)
        postcode = tidy_postcode(match[1]) if match else None
        if postcode is None:
            cut = self.postcodes.cut_short(text)
            if cut is None:
                return None
            return Answer("outside" if cut[0] else "cut short", text, said=cut[1])
        if postcode in self.postcodes.known.index:
            place = self.postcode_place(postcode)
            return Answer("place", text, (place,), said=place.note)
        outside, said, same = self.postcodes.missing(postcode)
        if outside:
            return Answer("outside", text, said=said)
        near = [code for code, _, _ in process.extract(postcode, same, scorer=fuzz.ratio, limit=_MOST_SUGGESTIONS)]
        asked = " Did you mean one of these?" if near else ""
        return Answer("unknown", text, suggestions=tuple(map(self.postcode_place, near)), said=said + asked)

    def _named(self, text: str) -> Answer | None:
        """Answer a text by the names that it fits; None when it fits none."""
        words = usual(plain_words(text))
        if not words:
            return None
        ward = self._ward(words)
        if ward is not None:
            size = len(self.whole[ward])
            begins = [row for row, name in enumerate(self.short) if name[:size] == self.whole[ward] and row != ward]
            return Answer("ward", text, (self._place(ward),), self._places(begins))
        whole = [row for row, name in enumerate(self.whole) if name == words]
        exact = [row for row, name in enumerate(self.short) if name == words or self.whole[row] == words]
        if len(whole) == 1:
            others = [row for row, name in enumerate(self.short) if name == self.short[whole[0]] and row != whole[0]]
            return self._answer(text, whole, others=others)
        if exact:
            return self._answer(text, exact)
        parted = self._in_a_part(text)
        if parted is not None:
            return parted
        if words in self.elsewhere:
            return Answer("outside", text, said=f"{self.elsewhere[words]} is outside {self.area}.")
        fitting = self._fitting(text, words)
        return self._answer(text, fitting) if fitting else None

    def _ward(self, words: tuple[str, ...]) -> int | None:
        wards = [row for row, kind in enumerate(self.names["kind"]) if kind == "ward"]
        bare = words[:-1] if len(words) > 1 and words[-1] == "ward" else words
        return next((row for row in wards if self.whole[row] == bare), None)

    def _in_a_part(self, text: str) -> Answer | None:
        """Answer a street or service with the part of the town that it is in: "High Street, Old Town"."""
        match = _DISTRICT.search(text)
        if match and not self.postcodes.by_area and match[1].upper() in self.postcodes.districts(inside=False):
            rows = self._of_short(usual(plain_words(text[: match.start()])))
            kept = [row for row in rows if self._district(row) == match[1].upper()]
            return self._answer(text, kept or rows) if rows else None
        words = plain_words(text)
        for cut in range(len(words) - 1, 0, -1):
            rows, part = self._of_short(usual(words[:cut])), usual(words[cut:])
            if rows:
                return self._of_part(text, rows, part, " ".join(word.capitalize() for word in words[cut:]))
        return None

    def _of_part(self, text: str, rows: list[int], part: tuple[str, ...], shown: str) -> Answer | None:
        """Answer by those of `rows` that are in a ward of that name, or near a part of the town or station of it."""
        wards = self.names["ward"]
        in_ward = [row for row in rows if _begin(part, usual(plain_words(str(wards[row]))))]
        if in_ward:
            return self._answer(text, in_ward, others=[row for row in rows if row not in in_ward])
        at = [
            row
            for row, (kind, about) in enumerate(zip(self.names["kind"], self.names["about"], strict=True))
            if (kind in ("place", "ward") or about == "railway station") and _begin(part, self.whole[row])
        ]
        if not at:
            return None
        xy = self.names[["easting", "northing"]].to_numpy(np.float64)
        away_m = np.hypot(*(xy[rows][:, None, :] - xy[at][None, :, :]).transpose(2, 0, 1)).min(axis=1)
        near = [row for row, metres in zip(rows, away_m.tolist(), strict=True) if metres <= _NEAR_M]
        name = str(self.names.loc[at[0], "name"])
        if near:
            told = f"“{shown}” is taken as within {_NEAR_M / 1000:g} km of the middle of {name}."
            return self._answer(text, near, others=[row for row in rows if row not in near], told=told)
        if not self.names.loc[at[0], "ward"]:
            return Answer("outside", text, suggestions=self._places(rows), said=f"{name} is outside {self.area}.")
        return None

    def _of_short(self, words: tuple[str, ...]) -> list[int]:
        return [row for row, name in enumerate(self.short) if name == words]

    def _district(self, row: int) -> str:
        """Return the first half of the postcode that is nearest to a place."""
        xy = self.postcodes.known[["easting", "northing"]].to_numpy(np.float64)
        here = self.names.loc[row, ["easting", "northing"]].to_numpy(np.float64)
        return str(self.postcodes.known.index[int(np.argmin(np.hypot(*(xy - here).T)))]).split()[0]

    def _fitting(self, text: str, words: tuple[str, ...]) -> list[int]:
        """Return the rows whose names have every word that was typed, in any order; the last may be only a beginning.

        A street must have one of the words in its own name: a word in the name of its ward is not enough.
        """
        written = plain_words(text)
        pairs = list(zip(written, usual(written), strict=True)) if len(usual(written)) == len(written) else []
        pairs = pairs or [(word, word) for word in words]
        pairs = [pair for pair in pairs if pair[0] not in _FILLING] or pairs
        joined = "".join(word for word, _ in pairs)
        if len(joined) < 2:
            return []
        last = pairs[-1][0] if len(pairs[-1][0]) > 2 else ""
        rows = [row for row in range(len(self.names)) if self._has(row, pairs, last)]
        if not rows and len(joined) > 3:
            rows = [row for row, name in enumerate(self.typed) if joined in "".join(name[: len(self.short[row])])]
        return sorted(rows, key=lambda row: _ORDER.index(self.names.loc[row, "kind"]))

    def _has(self, row: int, pairs: Sequence[tuple[str, str]], last: str) -> bool:
        """Whether a row has every word, and at least one of them in its short name."""
        written, whole, short = self.typed[row], self.whole[row], self.short[row]

        def has(pair: tuple[str, str], written: tuple[str, ...], forms: tuple[str, ...]) -> bool:
            return pair[1] in forms or (pair[0] == last and any(word.startswith(last) for word in written))

        return all(has(pair, written, whole) for pair in pairs) and any(
            has(pair, written[: len(short)], short) for pair in pairs
        )

    def _answer(self, text: str, rows: Sequence[int], others: Iterable[int] = (), told: str = "") -> Answer:
        if len(rows) == 1:
            place = self._place(rows[0])
            said = " ".join(part for part in (told, place.note) if part)
            kind: Kind = "ward" if place.kind == "ward" else "place"
            return Answer(kind, text, (place,), self._places(others), said)
        shorts = {self.short[row] for row in rows}
        street = set(self.names.loc[list(rows), "kind"]) == {"street"}
        wards = self.names.loc[list(rows), "ward"].nunique()
        if len(shorts) == 1 and street:
            said = f"{self.names['short'].iloc[rows[0]]} is in {wards} wards."
        else:
            said = f"“{text}” fits {len(rows):,} places."
        if len(rows) > MOST_CHOICES:
            said += f" Type more of the name, or choose one of the first {MOST_CHOICES}."
        said = " ".join(part for part in (told, said, "Which one?") if part)
        return Answer("several", text, self._places(rows, MOST_CHOICES), said=said)

    def _with_number(self, found: Answer, tried: str, text: str) -> Answer:
        """Add to the answer that the number of a house was ignored, when it was."""
        if tried == text or found.kind != "place" or found.places[0].kind != "street":
            return replace(found, text=text)
        street = str(found.places[0].name)
        said = f"House numbers are not in the data: this is the middle of {street}."
        return replace(found, text=text, said=" ".join(part for part in (found.said, said) if part))

    def _like(self, text: str, bare: str) -> Answer:
        """Answer a text that fits no name with similar names."""
        query = " ".join(usual(plain_words(bare)) or usual(plain_words(text)))
        best: dict[int, float] = {}
        for pool, scorer in ((self.short, fuzz.ratio), (self.whole, fuzz.token_sort_ratio)):
            names = [" ".join(words) for words in pool]
            for _, score, row in process.extract(query, names, scorer=scorer, score_cutoff=_LIKE, limit=20):
                best[row] = max(best.get(row, 0.0), score)
        least = max(best.values(), default=0.0) - _MUCH_LESS_LIKE
        rows = sorted((row for row in best if best[row] >= least), key=lambda row: (-best[row], row))
        places = self._places(rows)
        joined = "".join(plain_words(text)).upper()
        if any(sign.isdigit() for sign in joined) and 5 <= len(joined) <= 7:
            codes = {code.replace(" ", ""): code for code in self.postcodes.known.index}
            close = process.extract(joined, list(codes), scorer=fuzz.ratio, score_cutoff=80.0, limit=_MOST_SUGGESTIONS)
            places = (*map(self.postcode_place, (codes[code] for code, _, _ in close)), *places)[:_MOST_SUGGESTIONS]
        asked = " Did you mean one of these?" if len(places) > 1 else " Did you mean this?" if places else ""
        return Answer("unknown", text, suggestions=places, said=self._not_found(text) + asked)

    def _not_found(self, text: str) -> str:
        return f"“{text[:80]}” was not found in or around {self.area}."

    def _places(self, rows: Iterable[int], most: int = _MOST_SUGGESTIONS) -> tuple[Place, ...]:
        return tuple(self._place(row) for row in list(rows)[:most])

    def _place(self, row: int, *, mark: bool = True) -> Place:
        here = self.names.iloc[row]
        name, ward, about = str(here["name"]), str(here["ward"]), str(here["about"])
        easting, northing = float(here["easting"]), float(here["northing"])
        if here["kind"] in ("street", "place") and mark and self.marks is not None:
            tree, marks = self.marks
            about = f"near {marks[int(tree.query((easting, northing))[1])]}"
        note = "" if ward else f"{name} is just outside {self.area}: services further out are not counted."
        return Place(str(here["kind"]), name, easting, northing, ward, about, str(here["service"]), note)


def _begin(part: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether each word of `part` begins a word of `name`."""
    return all(any(word.startswith(one) for word in name) for one in part)
