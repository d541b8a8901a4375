"""The maps of the reports, drawn only from the pack."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.reach.added import Added
from analysis.reach.reach import groups_of
from analysis.shown import row_of
from drawing.basemap import AREAS
from drawing.legend import Swatch
from drawing.palette import (
    DIVERGING,
    INK,
    MUTED_INK,
    NO_FIGURE,
    SEA,
    SELECTED_COLOUR,
    Classes,
    TimeBands,
    readable_ink,
    symbol,
    time_bands,
)
from drawing.svg import Sheet
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.services import category_named
from reports.facts import Facts
from wording.groups import area_words
from wording.numbers import capital, listed, no_figure, percent
from wording.rounding import shortest
from wording.scenario import mode_words

MARGIN_M = 220.0
NAME_PT = 7.0
_MOST_NAMED = 6
WARD_SERVICES = ("pharmacy", "nursery", "library", "gp_practice", "childrens_centre")
_RAIL = "#70777D"


@dataclass(frozen=True)
class Picture:
    """A map with its text alternative and key.

    Attributes
    ----------
    svg
        The drawing.
    alt
        What it shows, for those who do not see it.
    key
        Its key.
    """

    svg: bytes
    alt: str
    key: tuple[Swatch, ...] = ()


def ward_picture(facts: Facts, ward: str, *, width_mm: float, height_mm: float) -> Picture:
    """Draw the streets of a ward by minutes to the nearest children's centre, with services.

    Parameters
    ----------
    facts
        The area.
    ward
        Code.
    width_mm, height_mm
        Size on paper.
    """
    pack, bands = facts.pack, _bands(facts)
    shape = pack.wards.geometry[ward]
    west, south, east, north = shape.bounds
    sheet = Sheet((west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M), width_mm, height_mm)
    _ground(sheet, pack)
    _streets(sheet, facts, facts.lead, bands, 1.15)
    _railway(sheet, pack)
    veil = shapely.difference(shapely.box(*_grown(sheet.window)), shape)
    sheet.areas([veil], "#FFFFFF", opacity=0.55)
    sheet.lines(shapely.boundary(pack.wards.geometry.to_numpy()), MUTED_INK, 0.2, dash="1 0.8")
    sheet.areas([shape], "none", edge=INK, width_mm=0.55)
    drawn = _services(sheet, pack, WARD_SERVICES, 1.75)
    _settlement_names(sheet, pack)
    for code, other in pack.wards.drop(index=ward).iterrows():
        point = _visible_point(pack.wards.geometry[code], sheet.window)
        if point is not None:
            sheet.label(point, str(other["name"]), size_pt=7.5, ink=MUTED_INK, weight=600)
    sheet.scale_bar(500, "500 m")
    name = str(pack.wards["name"][ward])
    share = row_of(facts.gaps.services, (ward, facts.lead))["share_within"]
    limit = facts.survey.basket.item(facts.lead).threshold_min
    within = f"{percent(share)} of its {facts.gaps.who} are within {shortest(limit)} minutes." if share == share else ""
    key = (*_band_key(bands), *(_disc_key(category) for category in reversed(WARD_SERVICES) if category in drawn))
    return Picture(
        sheet.to_bytes(),
        f"Map of the streets of {name} by minutes to the nearest {category_named(facts.lead).label}. {within} The "
        "table of travel times gives the figures.",
        key,
    )


def locator_picture(pack: AreaPack, ward: str, *, width_mm: float, height_mm: float) -> Picture:
    """Draw where a ward lies in its area."""
    sheet = Sheet(tuple(pack.wards.total_bounds), width_mm, height_mm)
    wards = pack.wards
    sheet.areas(wards.geometry[~wards["target"]], "#FFFFFF", edge="#5B7FA6", width_mm=0.15)
    sheet.areas(wards.geometry[wards["target"]], "#B5D3F0", edge="#5B7FA6", width_mm=0.15)
    sheet.areas([wards.geometry[ward]], "#F46A25", edge="#FFFFFF", width_mm=0.35)
    name = str(wards["name"][ward])
    return Picture(
        sheet.to_bytes(),
        f"Where {name} lies in {pack.name}: {name} is filled in orange"
        + (f", the {area_words(pack).targets} in pale blue." if "target" in groups_of(pack) else "."),
    )


def streets_picture(
    facts: Facts, *, width_mm: float, height_mm: float, service: str = "", name_pt: float = NAME_PT
) -> Picture:
    """Draw the streets of the area by minutes to the nearest site of a service (isochrones); the lead if left out."""
    service = service or facts.lead
    way = mode_words(facts.survey.basket.item(service).mode)
    return _area_picture(facts, service, _bands(facts, service), way, (width_mm, height_mm), name_pt)


def rides_pictures(facts: Facts, added: Added, *, width_mm: float, height_mm: float) -> dict[str, Picture]:
    """Draw the streets by minutes to a service, walking (``on_foot``) and with bus and train (``riding``), in one key.

    Only the wards that gain most are named.

    Parameters
    ----------
    facts
        The area.
    added
        The service.
    width_mm, height_mm
        Size of each on paper.
    """
    bands = time_bands(added.item.threshold_min, on_foot=False)
    size, service = (width_mm, height_mm), added.item.service
    wards = added.wards_by_more
    gaining = [str(code) for code in wards.index[wards["more"] > 0][:_MOST_NAMED]]
    ways = {"on_foot": mode_words(added.item.mode), "riding": mode_words(added.mode.name)}
    return {
        name: _area_picture(facts, service, bands, way, size, names=gaining, riding=name == "riding")
        for name, way in ways.items()
    }


def _area_picture(
    facts: Facts,
    service: str,
    bands: TimeBands,
    way: str,
    size_mm: tuple[float, float],
    name_pt: float = NAME_PT,
    *,
    names: Sequence[str] | None = None,
    riding: bool = False,
) -> Picture:
    """Draw the streets of the area; where `names` are given, a smaller map with the names of these wards alone."""
    pack, label = facts.pack, category_named(service).label
    sheet = _area_sheet(pack, *size_mm)
    _ground(sheet, pack)
    _streets(sheet, facts, service, bands, 0.55 if names is None else 0.4, riding=riding)
    _railway(sheet, pack)
    _ward_lines(sheet, pack)
    _services(sheet, pack, (service,), 1.7)
    _ward_names(sheet, pack, name_pt, names)
    sheet.scale_bar(1000, "1 km")
    return Picture(
        sheet.to_bytes(),
        f"Map of the streets of {pack.name} by minutes to the nearest {label}, {way}.{_outlined(pack)} The tables give "
        "the figures by ward.",
        (*_band_key(bands), _disc_key(service), *_target_key(pack)),
    )


def sites_picture(
    pack: AreaPack, services: Sequence[str], *, width_mm: float, height_mm: float, name_pt: float = NAME_PT
) -> Picture:
    """Draw the sites of some services."""
    sheet = _area_sheet(pack, width_mm, height_mm)
    _ground(sheet, pack)
    _railway(sheet, pack)
    _ward_lines(sheet, pack)
    _ward_names(sheet, pack, name_pt)
    _services(sheet, pack, services, 2.4)
    sheet.scale_bar(1000, "1 km")
    names = listed([category_named(service).plural for service in services])
    key = (*(_disc_key(service) for service in services), *_target_key(pack))
    return Picture(sheet.to_bytes(), f"Map of {pack.name}: where {names} are.{_outlined(pack)}", key)


def choropleth(
    pack: AreaPack,
    classes: Classes,
    values: pd.Series,
    *,
    width_mm: float,
    height_mm: float,
    what: str,
    name_pt: float = NAME_PT,
) -> Picture:
    """Draw the wards in the colours of the classes of a figure (choropleth map).

    Parameters
    ----------
    pack
        The area.
    classes
        Classes and colours.
    values
        Index ward code.
    width_mm, height_mm
        Size on paper.
    what
        What is drawn: the first words of the text alternative.
    name_pt
        Size of the names.
    """
    sheet = _area_sheet(pack, width_mm, height_mm)
    sheet.background(SEA)
    found = classes.index(values.reindex(pack.wards.index).to_numpy())
    for code, at in zip(pack.wards.index, found, strict=True):
        fill = classes.colours[at] if at >= 0 else NO_FIGURE
        sheet.areas([pack.wards.geometry[code]], fill, edge="#FFFFFF", width_mm=0.3)
    _ward_lines(sheet, pack)
    _ward_names(sheet, pack, name_pt)
    rows = zip(classes.colours, classes.labels, strict=True)
    key = (*(Swatch("area", colour, words) for colour, words in rows), *_target_key(pack))
    return Picture(sheet.to_bytes(), f"{what}, by ward. The table gives the figures.", key)


def change_picture(
    pack: AreaPack,
    minutes_saved: npt.NDArray[np.float64],
    sites: Sequence[tuple[float, float, str]],
    *,
    width_mm: float,
    height_mm: float,
) -> Picture:
    """Draw whose journey gets shorter or longer, by small area.

    Parameters
    ----------
    pack
        The area.
    minutes_saved
        ``(n_lsoas,)`` minutes saved by the average child of each small area, NaN where it may not be shown.
    sites
        Easting, northing and one letter for each site that the scenario changes.
    width_mm, height_mm
        Size on paper.
    """
    sheet = _area_sheet(pack, width_mm, height_mm)
    _ground(sheet, pack)
    edges, wide = (-np.inf, -5.0, -1.0, 1.0, 5.0, np.inf), 4.6 / sheet.mm_per_m
    words = ("over 5 minutes longer", "1 to 5 longer", "about the same", "1 to 5 minutes shorter", "over 5 shorter")
    colours = tuple(reversed(DIVERGING))
    at = np.where(np.isnan(minutes_saved), -1, np.searchsorted(edges[1:-1], minutes_saved, side="right"))
    for colour, index in ((NO_FIGURE, -1), *zip(colours, range(5), strict=True)):
        sheet.areas(pack.lsoas.geometry.to_numpy()[at == index], colour, edge="#FFFFFF", width_mm=0.15, opacity=0.85)
    _railway(sheet, pack)
    _ward_lines(sheet, pack)
    drawn: list[tuple[float, float]] = []
    for easting, northing, letter in sites:
        # A disc on top of another would hide its letter, so it is drawn to the right of it.
        while any(np.hypot(easting - x, northing - y) < wide for x, y in drawn):
            easting += wide
        drawn.append((easting, northing))
        sheet.disc((easting, northing), 2.2, SELECTED_COLOUR, "#FFFFFF", letter)
    _ward_names(sheet, pack)
    sheet.scale_bar(1000, "1 km")
    key = [Swatch("area", colour, text) for colour, text in zip(colours, words, strict=True) if text]
    if (at < 0).any():
        key.append(Swatch("area", NO_FIGURE, no_figure()))
    return Picture(
        sheet.to_bytes(),
        f"Map of {pack.name}: minutes that a journey gets shorter or longer, by small area, with the places that the "
        "scenario touches. The table gives the figures by ward.",
        (*key, *_target_key(pack)),
    )


def _target_key(pack: AreaPack) -> tuple[Swatch, ...]:
    """Explain the outline of target wards, where there are any."""
    return (Swatch("outline", INK, area_words(pack).target),) if "target" in groups_of(pack) else ()


def _outlined(pack: AreaPack) -> str:
    return f" {capital(area_words(pack).targets)} have a bold outline." if "target" in groups_of(pack) else ""


def _bands(facts: Facts, service: str = "") -> TimeBands:
    item = facts.survey.basket.item(service or facts.lead)
    return time_bands(item.threshold_min, on_foot=mode_named(item.mode).on_foot)


def _band_key(bands: TimeBands) -> tuple[Swatch, ...]:
    return tuple(Swatch("line", colour, words) for colour, words in zip(bands.colours, bands.labels, strict=True))[:-1]


def _disc_key(category: str) -> Swatch:
    sign = symbol(category)
    return Swatch("disc", sign.colour, sign.label, sign.letters, sign.ink)


def _area_sheet(pack: AreaPack, width_mm: float, height_mm: float) -> Sheet:
    west, south, east, north = pack.wards.total_bounds
    return Sheet((west - 150, south - 250, east + 150, north + 250), width_mm, height_mm)


def _grown(window: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return window[0] - 5_000, window[1] - 5_000, window[2] + 5_000, window[3] + 5_000


def _ground(sheet: Sheet, pack: AreaPack) -> None:
    sheet.background(SEA)
    ground = pack.basemap
    for layer, colour in AREAS.items():
        shapes = ground.geometry[(ground["layer"] == layer) & ground.geom_type.str.endswith("Polygon")]
        sheet.areas(shapes, colour)


def _railway(sheet: Sheet, pack: AreaPack) -> None:
    rail = pack.basemap.geometry[(pack.basemap["layer"] == "railway") & (pack.basemap["kind"] == "rail")]
    sheet.lines(rail, _RAIL, 0.6)
    sheet.lines(rail, "#FFFFFF", 0.3, dash="1.2 1.2")


def _streets(sheet: Sheet, facts: Facts, service: str, bands: TimeBands, scale: float, *, riding: bool = False) -> None:
    pieces, seconds = facts.streets(service, riding=riding)
    near = shapely.intersects(pieces.lines, shapely.box(*sheet.window))
    band = bands.index(seconds)
    for index in reversed(range(len(bands.colours))):
        shapes = shapely.line_merge(shapely.multilinestrings([pieces.lines[near & (band == index)]]))
        sheet.lines(shapes, bands.colours[index], round(bands.widths_px[index] * 0.26 * scale, 3))


def _ward_lines(sheet: Sheet, pack: AreaPack) -> None:
    wards = pack.wards
    sheet.lines(shapely.boundary(wards.geometry.to_numpy()), MUTED_INK, 0.2)
    sheet.lines(shapely.boundary(wards.geometry[wards["target"]].to_numpy()), INK, 0.6)


def _ward_names(sheet: Sheet, pack: AreaPack, size_pt: float = NAME_PT, only: Sequence[str] | None = None) -> None:
    for code, ward in (pack.wards if only is None else pack.wards.loc[list(only)]).iterrows():
        point = shapely.get_coordinates(shapely.point_on_surface(pack.wards.geometry[code]))
        sheet.label(point, str(ward["name"]), size_pt=size_pt, weight=600 if ward["target"] else 400)


def _settlement_names(sheet: Sheet, pack: AreaPack) -> None:
    names = {_plain(str(name)) for name in pack.wards["name"]}
    settlements = pack.basemap[(pack.basemap["layer"] == "place") & (pack.basemap["rank"] >= 2)]
    for shape, name in zip(settlements.geometry, settlements["name"], strict=True):
        if _plain(str(name)) not in names:
            sheet.label(shapely.get_coordinates(shape)[:1], str(name), size_pt=6.5, ink=MUTED_INK)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _services(sheet: Sheet, pack: AreaPack, categories: Sequence[str], radius_mm: float) -> set[str]:
    """Draw services, and return the categories that have at least one on the sheet."""
    west, south, east, north = sheet.window
    drawn = set()
    for category in categories:
        sign = symbol(category)
        for _, row in pack.services_of(category).iterrows():
            if west <= row["easting"] <= east and south <= row["northing"] <= north:
                drawn.add(category)
                sheet.disc(
                    (row["easting"], row["northing"]), radius_mm, sign.colour, readable_ink(sign.colour), sign.letters
                )
    return drawn


def _visible_point(shape: object, window: tuple[float, float, float, float]) -> npt.NDArray[np.float64] | None:
    """Return a point for the name of a ward in its part on the sheet; None when that part is small."""
    seen = shapely.clip_by_rect(shape, *window)
    if shapely.is_empty(seen) or shapely.area(seen) < 120_000:
        return None
    point: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.point_on_surface(seen))
    return point
