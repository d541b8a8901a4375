"""Everything that the reports of an area print, worked out once.

Seventeen ward briefs share one round of measuring. What leaves this module for print is under disclosure control.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.access import Access
from analysis.bands import CENTRES, speed_band, survey_core
from analysis.basket import Basket, read_basket
from analysis.disclosure import protect_share
from analysis.gaps import shown, target_gaps, totals_by_area, ward_services
from analysis.isolation import Isolation, isolation
from analysis.need import INDICATORS, Indicator, group_values, ranks, status_of, ward_values
from analysis.pockets import pockets
from analysis.rollup import Roll
from analysis.severance import crossings, why
from analysis.street_times import StreetPieces, piece_times_s, street_pieces
from analysis.survey import Survey, survey
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
    "imd2019",
)


@dataclass(frozen=True, eq=False)
class NeedFigure:
    """One indicator for every ward and group.

    Attributes
    ----------
    indicator, baseline
        What is counted, and under which baseline (empty for a score).
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
    """The figures of an area that its reports share.

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

    @property
    def who(self) -> dict[str, str]:
        """Measure and baseline as most functions of `analysis` want them."""
        return {"measure": self.measure, "baseline": self.baseline}

    @property
    def basket(self) -> Basket:
        """The services that count."""
        return self.survey.basket

    @cached_property
    def totals(self) -> pd.Series:
        """People of each ward and group, index ``code``."""
        return totals_by_area(self.survey, measure=self.measure, baseline=self.baseline)

    @cached_property
    def services(self) -> pd.DataFrame:
        """The wards by services, index ``code, service``, as it may be shown."""
        return shown(ward_services(self.survey, measure=self.measure, baseline=self.baseline), self.totals)

    @cached_property
    def target_gaps(self) -> pd.DataFrame:
        """Target wards against the rest, index ``service``, as it may be shown."""
        return target_gaps(self.services)

    @cached_property
    def why(self) -> pd.DataFrame:
        """What makes the minutes above the borough's median, index ``code, service``."""
        return why(self.survey, measure=self.measure, baseline=self.baseline)

    @cached_property
    def isolation(self) -> Isolation:
        """Isolation of every ward."""
        return isolation(self.survey, measure=self.measure, baseline=self.baseline)

    @cached_property
    def pockets(self) -> pd.DataFrame:
        """Cut-off pockets, those with most children in poverty first; counts under disclosure control."""
        return pockets(self.survey, measure=self.measure, baseline=self.baseline)

    @cached_property
    def crossings(self) -> pd.DataFrame:
        """Lines in the way of homes that must go a long way round."""
        return crossings(self.survey)

    @cached_property
    def people(self) -> Floats:
        """``(n_demand,)`` people at each home; never shown."""
        return self.pack.measure(self.measure, self.baseline)

    @cached_property
    def ward_of_home(self) -> npt.NDArray[np.str_]:
        """``(n_demand,)`` ward code of each home."""
        return self.pack.demand["ward"].to_numpy(dtype=str)

    @property
    def centre_access(self) -> Access:
        """The streets of the mode in which families go to a children's centre."""
        return self.survey.access[self.basket.item(CENTRES).mode]

    @cached_property
    def streets(self) -> tuple[StreetPieces, Floats]:
        """Pieces of street, and the seconds from each to the nearest children's centre."""
        access = self.centre_access
        pieces = street_pieces(access, simplify_m=3.0)
        return pieces, piece_times_s(access, pieces, access.to_category(CENTRES))

    @cached_property
    def centre_band(self) -> pd.DataFrame:
        """Share within reach of a children's centre, index ``code``: ``share, low, high, core``, as it may be shown.

        ``low`` and ``high`` are for the slowest and the fastest walk, ``core`` counts the core centres alone.
        """
        basket = self.basket.changed(services=[CENTRES])
        row = self.survey.row(CENTRES)
        centres = Survey(
            self.pack,
            basket,
            self.survey.access,
            (self.survey.sites[row],),
            self.survey.seconds[[row]],
            self.survey.site[[row]],
            self.survey.reference_s[[row]],
            self.survey.straight_s[[row]],
            self.survey.straight_site[[row]],
        )
        band = speed_band(centres, measure=self.measure, baseline=self.baseline).xs(CENTRES, level="service")
        core = survey_core(self.survey)
        roll = Roll.of(self.pack, self.measure, self.baseline)
        band["core"] = roll.within(core.seconds, core.basket.thresholds_s[:, None])[0, :, 0]
        totals = self.totals.reindex(band.index).to_numpy(np.float64)
        return pd.DataFrame({name: protect_share(band[name].to_numpy(), totals) for name in band}, index=band.index)

    @cached_property
    def need(self) -> list[NeedFigure]:
        """Who lives in each ward, in the order in which reports print it."""
        return [self._need(INDICATORS[name]) for name in NEED if self._has(INDICATORS[name])]

    def _has(self, indicator: Indicator) -> bool:
        return bool(indicator.score or indicator.baselines(self.pack))

    def _need(self, indicator: Indicator) -> NeedFigure:
        pack = self.pack
        having = indicator.baselines(pack)
        baseline = self.baseline if self.baseline in having else having[0] if having else ""
        wards, groups = ward_values(pack, indicator, baseline), group_values(pack, indicator, baseline)
        values = pd.concat([wards, groups])
        status = pd.Series({code: status_of(pack, indicator, baseline, str(code)) for code in values.index})
        key = pack.measure_record(indicator.measure, baseline)["source"] if baseline else "deprivation"
        titles = {row["key"]: f"{row['title']} ({row['vintage'][:4]})" for row in pack.provenance["sources"]}
        return NeedFigure(indicator, baseline, values, ranks(wards), status, titles.get(key, key))

    def ward_code(self, text: str) -> str:
        """Return the code of the ward of that name or code, however it is spelt.

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
