"""The map to hand on: one HTML file that opens with no internet, made with folium.

folium's pages fetch Leaflet and more from elsewhere; here Leaflet is inside, the base map is drawn from the pack, and
nothing else is needed. All figures in it are as shown (:mod:`analysis.shown`).
"""

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import folium
import geopandas as gpd
import shapely
from branca.element import Element, MacroElement
from jinja2 import Template

from analysis.gaps.pockets import ANY_SERVICE
from analysis.reach.need import INDICATORS
from analysis.reach.reach import groups_of
from analysis.shown import as_shown, row_of
from drawing.basemap import AREAS
from drawing.geojson import feature_collection
from drawing.palette import (
    INK,
    MUTED_INK,
    NO_FIGURE,
    SELECTED_COLOUR,
    Classes,
    class_breaks,
    readable_ink,
    symbol,
    time_bands,
)
from geo.coordinates import to_lonlat
from geo.network.modes import mode_named
from geo.services import CATEGORIES
from reports.facts import Facts
from reports.leaflet import installed_leaflet
from reports.web_page import SMALL, SMALL_KEY, STYLE, below, small_areas, top, with_table
from wording.gaps import kind_of, pocket_sentence, service_label
from wording.groups import area_words
from wording.numbers import capital, no_figure, people, percent
from wording.particulars import map_credit
from wording.readings import pocket_sentences
from wording.rounding import digits, shortest
from wording.scenario import mode_words

SHOWN_FIRST = ("childrens_centre",)
SERVICES = (
    "childrens_centre", "gp_practice", "health_clinic", "hospital", "nursery", "library", "pharmacy", "dentist",
    "playground", "community_hall",
)  # fmt: skip
MAX_POCKETS = 25


def html_map(facts: Facts, made_on: date) -> bytes:
    """Make the map of an area.

    Parameters
    ----------
    facts
        The area.
    made_on
        Date that it carries.

    Returns
    -------
    UTF-8 HTML, complete in itself.

    Raises
    ------
    InputError
        When Leaflet is not installed.
    """
    pack = facts.pack
    leaflet = installed_leaflet()
    page = folium.Map(tiles=None, zoom_control=True, prefer_canvas=False, control_scale=True)
    page.default_js, page.default_css = [], []
    west, south, east, north = gpd.GeoSeries(pack.wards.geometry).to_crs(4326).total_bounds
    page.fit_bounds([[south, west], [north, east]])
    folium.map.CustomPane("ground", z_index=250, pointer_events=False).add_to(page)
    folium.map.CustomPane("streets", z_index=350, pointer_events=False).add_to(page)
    _add_ground(page, facts)
    small = _add_small_areas(page, facts)
    key = _add_streets(page, facts)
    _add_wards(page, facts)
    _add_pockets(page, facts, ANY_SERVICE, "Pockets far from half of the services (!)", show=True)
    _add_pockets(page, facts, facts.lead, f"Pockets far from {kind_of(facts.lead)} (!)", show=False)
    for category in SERVICES:
        _add_services(page, facts, category)
    folium.LayerControl(collapsed=True).add_to(page)
    figure = page.get_root()
    title = f"{pack.name}: who can reach help for babies and parents"
    # First in the head, so that folium's own script finds Leaflet there.
    figure.header.add_child(Element(f"<title>{escape(title)}</title>"), name="title")
    figure.header.add_child(Element(f"<script>{leaflet.script}</script>"), name="leaflet_script")
    figure.header.add_child(Element(f"<style>{leaflet.style}</style><style>{STYLE}</style>"), name="leaflet_style")
    figure.html.add_child(Element(top(facts, title, key, small)), name="top")
    _Credit(map_credit(facts.pack)).add_to(page)
    return _steady(with_table(figure.render(), below(facts, made_on))).encode()


def _add_ground(page: folium.Map, facts: Facts) -> None:
    ground, crs = facts.pack.basemap, facts.pack.crs
    for layer, colour in AREAS.items():
        shapes = ground.geometry[(ground["layer"] == layer) & ground.geom_type.str.endswith("Polygon")]
        if len(shapes):
            merged = shapely.simplify(shapely.union_all(shapes.to_numpy()), 3.0)
            _geojson([merged], {"fillColor": colour, "fillOpacity": 1, "weight": 0}, pane="ground", crs=crs).add_to(
                page
            )
    rail = ground.geometry[(ground["layer"] == "railway") & (ground["kind"] == "rail")]
    _geojson(rail, {"color": "#70777D", "weight": 2.5}, pane="streets", crs=crs).add_to(page)
    _geojson(rail, {"color": "#FFFFFF", "weight": 1.2, "dashArray": "5 5"}, pane="streets", crs=crs).add_to(page)


def _add_streets(page: folium.Map, facts: Facts) -> list[tuple[str, str]]:
    item = facts.survey.basket.item(facts.lead)
    bands = time_bands(item.threshold_min, on_foot=mode_named(item.mode).on_foot)
    pieces, seconds = facts.streets()
    crs = facts.pack.crs
    index = bands.index(seconds)
    group = folium.FeatureGroup(f"Streets by minutes to {kind_of(facts.lead)} ({mode_words(item.mode)})")
    for band in reversed(range(len(bands.colours))):
        lines = shapely.line_merge(shapely.multilinestrings([pieces.lines[index == band]]))
        style = {"color": bands.colours[band], "weight": bands.widths_px[band] * 1.2, "opacity": 0.9}
        _geojson(shapely.simplify(lines, 2.0), style, pane="streets", crs=crs).add_to(group)
    group.add_to(page)
    return list(zip(bands.colours, bands.labels, strict=True))[:-1]


def _add_wards(page: folium.Map, facts: Facts) -> None:
    wards = facts.pack.wards
    words = area_words(facts.pack)
    bold = f" ({words.targets} in bold)" if "target" in groups_of(facts.pack) else ""
    group = folium.FeatureGroup(f"{capital(words.wards)}{bold}")
    for target in (False, True):
        rows = wards[wards["target"] == target]
        if rows.empty:
            continue
        frame = gpd.GeoDataFrame(
            {"words": [_ward_words(facts, str(c)) for c in rows.index]}, geometry=list(rows.geometry), crs=wards.crs
        )
        style = {"color": INK if target else MUTED_INK, "weight": 3 if target else 1, "fillOpacity": 0}
        _geojson_with_tips(frame, style).add_to(group)
    for code, ward in wards.iterrows():
        point = shapely.point_on_surface(wards.geometry[code])
        _name(point, str(ward["name"]), crs=facts.pack.crs, bold=bool(ward["target"])).add_to(group)
    group.add_to(page)


def _add_small_areas(page: folium.Map, facts: Facts) -> list[tuple[str, str]]:
    """Children by small area, and the key of its colours; where there is no figure it is grey and says so."""
    pack, indicator, values = facts.pack, INDICATORS[SMALL], small_areas(facts)
    classes: Classes = class_breaks(values.to_numpy(), fmt=lambda value: people(as_shown(value)))
    at = classes.index(values.to_numpy())
    group = folium.FeatureGroup(f"{indicator.label} by small area", show=False)
    for index in range(-1, len(classes.colours)):
        inside = at == index
        if not inside.any():
            continue
        tips = [
            f"<b>{escape(str(name))}</b><br>"
            + (f"{indicator.label}: about {people(value)} (modelled)" if value == value else no_figure())
            for name, value in zip(pack.lsoas["name"][inside], values[inside], strict=True)
        ]
        frame = gpd.GeoDataFrame({"words": tips}, geometry=list(pack.lsoas.geometry[inside]), crs=pack.crs)
        fill = NO_FIGURE if index < 0 else classes.colours[index]
        style = {"fillColor": fill, "fillOpacity": 0.8, "color": "#FFFFFF", "weight": 1}
        _geojson_with_tips(frame, style).add_to(group)
    group.add_to(page)
    _KeyOf(group, SMALL_KEY).add_to(page)
    rows = list(zip(classes.colours, classes.labels, strict=True))
    return [*rows, (NO_FIGURE, no_figure())] if values.isna().any() else rows


def _add_pockets(page: folium.Map, facts: Facts, service: str, title: str, *, show: bool) -> None:
    group = folium.FeatureGroup(title, show=show)
    fill = SELECTED_COLOUR if service == ANY_SERVICE else "#FFFFFF"
    found = facts.gaps.pockets[facts.gaps.pockets["service"] == service].head(MAX_POCKETS)
    lon, lat = to_lonlat(found["easting"], found["northing"], facts.pack.crs)
    for (_, pocket), x, y in zip(found.iterrows(), lon, lat, strict=True):
        other = pocket_sentences(facts.gaps, service, facts.gaps.pocket_homes(str(pocket["id"])))
        words = f"{pocket_sentence(pocket, facts.survey.basket, facts.gaps.who)} {other}".strip()
        icon = _icon("!", fill, SELECTED_COLOUR, words)
        marker = folium.Marker([round(float(y), 4), round(float(x), 4)], icon=icon)
        marker.add_child(folium.Tooltip(_in_script(escape(words))))
        marker.add_to(group)
    group.add_to(page)


def _add_services(page: folium.Map, facts: Facts, category: str) -> None:
    rows = facts.pack.services_of(category)
    if rows.empty:
        return
    sign, label = symbol(category), CATEGORIES[category].plural
    group = folium.FeatureGroup(capital(label), show=category in SHOWN_FIRST)
    lon, lat = to_lonlat(rows["easting"], rows["northing"], facts.pack.crs)
    for place, x, y in zip(rows.itertuples(), lon, lat, strict=True):
        where = ", ".join(part for part in (str(place.address), str(place.postcode)) if part)
        kind = service_label(category)
        words = f"<b>{escape(str(place.name))}</b><br>{escape(kind)}<br>{escape(where)}"
        icon = _icon(sign.letters, sign.colour, sign.colour, f"{kind}: {place.name}")
        marker = folium.Marker([round(float(y), 5), round(float(x), 5)], icon=icon)
        marker.add_child(folium.Tooltip(_in_script(words)))
        marker.add_to(group)
    group.add_to(page)


def _ward_words(facts: Facts, ward: str) -> str:
    row = row_of(facts.gaps.isolation.areas, ward)
    lines = [
        f"{service_label(item.service)}: "
        f"{percent(row_of(facts.gaps.services, (ward, item.service))['share_within'])} within "
        f"{shortest(item.threshold_min)} minutes"
        for item in facts.survey.basket
    ]
    head = f"<b>{escape(str(row['name']))}</b><br>{people(facts.gaps.totals.shown[ward])} children aged 0–3"
    return f"{head}<br>{digits(row['isolation'])}% of services too far away<br>{'<br>'.join(lines)}"


def _in_script(html: str) -> str:
    """Return HTML that folium may put between backticks in its script, where it would be read as a template."""
    return html.replace("\\", "&#92;").replace("`", "&#96;").replace("${", "&#36;{")


class _KeyOf(MacroElement):  # type: ignore[misc]
    """Moves an element of the page into a corner of the map, and shows it for as long as a layer is on."""

    _template = Template(
        "{% macro script(this, kwargs) %}(function (map, key, layer) {"
        " var corner = L.control({position: 'bottomright'}); corner.onAdd = function () { return key; };"
        " corner.addTo(map); map.on('overlayadd overlayremove', function (e) {"
        " if (e.layer === layer) key.hidden = e.type !== 'overlayadd'; }); })"
        "({{ this._parent.get_name() }}, document.getElementById({{ this.key|tojson }}),"
        " {{ this.layer.get_name() }});{% endmacro %}"
    )

    def __init__(self, layer: folium.FeatureGroup, key: str) -> None:
        super().__init__()
        self._name, self.layer, self.key = "KeyOf", layer, key


class _Credit(MacroElement):  # type: ignore[misc]
    """Attribution in the corner of the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this._parent.get_name() }}.attributionControl"
        ".addAttribution({{ this.words|tojson }});{% endmacro %}"
    )

    def __init__(self, words: str) -> None:
        super().__init__()
        self._name, self.words = "Credit", words


def _geojson(shapes: Any, style: Mapping[str, Any], *, pane: str, crs: str) -> folium.GeoJson:
    frame = gpd.GeoDataFrame(geometry=list(shapes), crs=crs)
    options = dict(style)
    return folium.GeoJson(
        feature_collection(frame), style_function=lambda _: options, control=False, pane=pane, interactive=False,
        smooth_factor=1.0,
    )  # fmt: skip


def _geojson_with_tips(frame: gpd.GeoDataFrame, style: Mapping[str, Any]) -> folium.GeoJson:
    options = dict(style)
    tip = folium.GeoJsonTooltip(["words"], labels=False, sticky=True)
    return folium.GeoJson(
        feature_collection(frame, ["words"]), style_function=lambda _: options, control=False, tooltip=tip
    )


def _icon(letters: str, fill: str, edge: str, words: str) -> folium.DivIcon:
    """Make a disc with letters; `words` are what it is called to those who do not see it."""
    ink, rim = (edge, edge) if fill == "#FFFFFF" else (readable_ink(fill), "#FFFFFF")
    mark = (
        f'<div class="sign" style="background:{fill};color:{ink};border-color:{rim}"><span aria-hidden="true">'
        f'{escape(letters)}</span></div><span class="unseen">{escape(words)}</span>'
    )
    return folium.DivIcon(html=mark, icon_size=(24, 24), icon_anchor=(12, 12), class_name="")


def _name(point: object, text: str, *, crs: str, bold: bool) -> folium.Marker:
    xy = shapely.get_coordinates(point)[0]
    lon, lat = (float(axis[0]) for axis in to_lonlat(xy[0], xy[1], crs))
    halo = "text-shadow:0 0 3px #fff,0 0 3px #fff,0 0 3px #fff"
    style = f"transform:translate(-50%,-50%);width:max-content;font-size:13px;font-weight:{700 if bold else 500};{halo}"
    icon = folium.DivIcon(
        html=f'<div class="ward-name" style="{style}">{escape(text)}</div>', icon_size=(0, 0), class_name=""
    )
    return folium.Marker([round(lat, 5), round(lon, 5)], icon=icon, interactive=False, keyboard=False)


def _steady(text: str) -> str:
    """Give folium's random names numbers in order, so that the same input makes the same bytes."""
    names: dict[str, str] = {}
    renamed = re.sub(r"[0-9a-f]{32}", lambda found: names.setdefault(found[0], str(len(names)).zfill(32)), text)
    return renamed.replace("<html>", '<html lang="en-GB">', 1)
