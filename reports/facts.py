"""The figures that the reports of an area print, worked out once.

All ward briefs use the same measured travel times. The figures for print are shown figures (:mod:`analysis.shown`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.bands import lead_of
from analysis.gaps.readings import readings_shown
from analysis.gaps.report import GapReport, bands_shown, gap_report, target_gaps_shown
from analysis.reach.added import Added, added_by_service, most
from analysis.reach.basket import Basket, read_basket
from analysis.reach.need import Indicator, group_values, indicators_of, ranks, status_of, ward_values
from analysis.reach.survey import Survey, survey
from analysis.shown import ShownFrame
from analysis.travel.access import Access
from analysis.travel.streets import StreetPieces, piece_times_s, street_pieces
from geo.errors import UnknownNameError
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
NEED = (
    "population",
    "children_0_3",
    "births_per_year",
    "children_in_poverty",
    "child_poverty_rate",
    "no_car_rate",
    "lone_parent_rate",
    "overcrowded_rate",
    "deprivation",
)


@dataclass(frozen=True, eq=False)
class NeedFigure:
    """One indicator for every ward and group.

    Attributes
    ----------
    indicator, baseline
        What is counted, and under which baseline (empty for an index).
    values
        Index ward codes, then ``target``, ``rest``, ``borough``.
    rank
        Index ward codes; 1 is the highest.
    status
        Index as `values`.
    source
        Title and vintage of the source.
    """

    indicator: Indicator
    baseline: str
    values: pd.Series
    rank: pd.Series
    status: pd.Series
    source: str


@dataclass(frozen=True, eq=False)
class Facts:
    """The figures of an area that all of its reports share.

    Attributes
    ----------
    pack, measure, baseline
        The area, and who is counted.
    survey
        Every home against every service of the basket.
    """

    pack: AreaPack
    measure: str
    baseline: str
    survey: Survey
    _pieces: dict[str, StreetPieces] = field(default_factory=dict, repr=False)
    _street_s: dict[tuple[str, bool], Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, pack: AreaPack, *, measure: str = "children_0_3", baseline: str | None = None, basket: Basket | None = None
    ) -> "Facts":
        """Measure an area.

        Parameters
        ----------
        pack
            The area.
        measure, baseline
            Who is counted; the pack's first baseline when left out.
        basket
            The services that count; the default basket when left out.

        Raises
        ------
        UnknownNameError
            When the measure or baseline is unknown.
        """
        baseline = pack.baselines[0] if baseline is None else baseline
        pack.lsoa_counts(measure, baseline)
        return cls(pack, measure, baseline, survey(pack, read_basket() if basket is None else basket))

    @cached_property
    def gaps(self) -> GapReport:
        """The access gaps in shown figures, the same as on the Gaps page."""
        return gap_report(self.survey, measure=self.measure, baseline=self.baseline)

    @cached_property
    def target_gaps(self) -> ShownFrame:
        """Target wards compared with the rest, index ``service``, in shown figures."""
        return target_gaps_shown(self.gaps)

    @cached_property
    def ward_of_home(self) -> npt.NDArray[np.str_]:
        """``(n_demand,)`` ward code of each home."""
        return self.pack.demand["ward"].to_numpy(dtype=str)

    @property
    def lead(self) -> str:
        """The service that reports begin with: children's centres, where the area's data list any."""
        return lead_of(self.survey.basket)

    def streets(self, service: str = "", *, riding: bool = False) -> tuple[StreetPieces, Floats]:
        """Return pieces of street, and seconds from each to the nearest site of a service; of `lead` when left out.

        Parameters
        ----------
        service
            Its category.
        riding
            Whether by bus and train too; only for a service of `added`.

        Raises
        ------
        UnknownNameError
            When the service is not in the basket.
        """
        service = service or self.lead
        mode = self.survey.basket.item(service).mode
        access = self.survey.access[mode]
        if mode not in self._pieces:
            self._pieces[mode] = street_pieces(access, simplify_m=3.0)
        pieces = self._pieces[mode]
        if (service, riding) not in self._street_s:
            access = Access.of(self.pack, self.added[service].mode) if riding else access
            self._street_s[service, riding] = piece_times_s(access, pieces, access.to_category(service))
        return pieces, self._street_s[service, riding]

    @cached_property
    def added(self) -> dict[str, Added]:
        """What buses and trains add to walking, by service of the basket; empty where no timetable says."""
        return added_by_service(self.survey, measure=self.measure, baseline=self.baseline)

    @property
    def most_added(self) -> Added | None:
        """The service that buses and trains bring within the limit of most more people, the first of equals."""
        return most(self.added.values())

    @cached_property
    def readings(self) -> ShownFrame:
        """Contested services under their other readings, as :func:`analysis.gaps.readings.readings_shown`."""
        return readings_shown(self.gaps)

    @cached_property
    def centre_band(self) -> ShownFrame:
        """Share within reach of `lead` with its bands, index ``code``, in shown figures."""
        return bands_shown(self.gaps, self.lead)

    @cached_property
    def need(self) -> list[NeedFigure]:
        """Need indicators by ward, in the order in which reports print them."""
        known = indicators_of(self.pack)
        return [self._need(known[name]) for name in NEED if name in known]

    def _need(self, indicator: Indicator) -> NeedFigure:
        pack = self.pack
        having = indicator.baselines(pack)
        baseline = self.baseline if self.baseline in having else having[0] if having else ""
        wards, groups = ward_values(pack, indicator, baseline), group_values(pack, indicator, baseline)
        values = pd.concat([wards, groups])
        status = pd.Series({code: status_of(pack, indicator, baseline, str(code)) for code in values.index})
        index = indicator.index
        key = pack.measure_record(indicator.measure, baseline)["source"] if index is None else index.source
        titles = {row["key"]: f"{row['title']} ({row['vintage'][:4]})" for row in pack.sources}
        return NeedFigure(indicator, baseline, values, ranks(wards), status, titles.get(key, key))

    def ward_code(self, text: str) -> str:
        """Return the code of the ward with that name or code, in any usual spelling.

        Raises
        ------
        UnknownNameError
            When there is no such ward.
        """
        wanted = _plain(text)
        for code, name in self.pack.wards["name"].items():
            if wanted in (_plain(str(code)), _plain(str(name))):
                return str(code)
        raise UnknownNameError("ward", text, self.pack.wards["name"].astype(str).tolist())

    def inside(self, wards: Sequence[str]) -> npt.NDArray[np.bool_]:
        """``(n_demand,)`` which homes lie in these wards."""
        return np.isin(self.ward_of_home, list(wards))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
