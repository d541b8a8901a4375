"""The map to hand on: one HTML file that opens with no internet, made with folium.

folium's pages fetch Leaflet and more from elsewhere; here Leaflet is inside, the base map is drawn from the pack, and
nothing else is needed. All figures in it are as shown (:mod:`analysis.shown`).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
import shapely
from branca.element import Element, MacroElement
from jinja2 import Template

from analysis.gaps.pockets import ANY_SERVICE
from analysis.reach.need import INDICATORS, lsoa_values
from analysis.reach.reach import groups_of
from analysis.shown import as_shown, row_of
from drawing.basemap import AREAS
from drawing.geojson import feature_collection
from drawing.palette import (
    INK,
    MUTED_INK,
    NO_FIGURE,
    SEA,
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
from reports.typeset import date_words
from wording.gaps import kind_of, pocket_sentence, service_label
from wording.numbers import capital, no_figure, people, percent
from wording.readings import pocket_sentences
from wording.reports import lead_words, licence_words, method_words, pack_words
from wording.rounding import digits, shortest
from wording.scenario import mode_words

SHOWN_FIRST = ("childrens_centre",)
SERVICES = (
    "childrens_centre", "gp_practice", "health_clinic", "hospital", "nursery", "library", "pharmacy", "dentist",
    "playground", "community_hall",
)  # fmt: skip
MAX_POCKETS = 25
_SMALL = "children_0_3"
_SMALL_KEY = "small-areas-key"
_ON_MAP = (
    "Map data © OpenStreetMap contributors (ODbL). Contains National Statistics and OS data © Crown copyright (OGL v3)."
)


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
    figure.header.add_child(Element(f"<style>{leaflet.style}</style><style>{_STYLE}</style>"), name="leaflet_style")
    figure.html.add_child(Element(_top(facts, title, key, small)), name="top")
    _Credit(_ON_MAP).add_to(page)
    return _steady(_with_table(figure.render(), _below(facts, made_on))).encode()


_STYLE = f"""
html,body{{margin:0;font:16px/1.5 "Source Sans 3","Source Sans Pro",Arial,sans-serif;color:{INK};background:#fff}}
header.words{{padding-bottom:.3rem}}
.folium-map{{height:74vh!important;position:relative!important;background:{SEA}!important}}
.leaflet-container{{font:inherit}}
.leaflet-control-attribution{{font-size:12px;max-width:70vw}}
.leaflet-control-layers{{max-height:62vh;overflow:auto;font-size:14px}}
.leaflet-tooltip{{font-size:14px;white-space:normal;width:max-content;max-width:19rem;color:{INK}}}
.leaflet-container :focus-visible{{outline:3px solid {SELECTED_COLOUR};outline-offset:2px}}
.sign{{border-radius:50%;border:2px solid #fff;box-sizing:border-box;width:24px;height:24px;text-align:center;
 font:700 11px/20px Arial,sans-serif}}
.unseen{{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}}
[hidden]{{display:none!important}}
@media(max-width:600px){{.sign{{transform:scale(.65)}}.ward-name{{font-size:10px!important}}}}
.words{{padding:1rem 1.2rem}}
.words p{{max-width:72rem}}
.words h1{{margin:0 0 .4rem;font-size:1.5rem}}
.words ul{{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.4rem 0;padding:0}}
.words li span{{display:inline-block;width:1.6rem;height:.35rem;margin-right:.4rem;vertical-align:middle}}
.in-map{{background:#fff;border:1px solid {MUTED_INK};border-radius:4px;padding:.4rem .6rem;font-size:14px}}
.in-map p{{margin:0;font-weight:600}}
.in-map ul{{list-style:none;margin:0;padding:0}}
.in-map li span{{display:inline-block;width:1.6rem;height:1rem;margin-right:.4rem;vertical-align:middle;
 border:1px solid {MUTED_INK}}}
.words summary{{cursor:pointer;font-weight:600}}
.words .scroll{{overflow-x:auto}}
.words table{{border-collapse:collapse}}
.words th,.words td{{padding:.2rem .7rem;border-bottom:1px solid #c8cdd1;text-align:right}}
.words th:first-child,.words td:first-child{{text-align:left}}
"""


def _add_ground(page: folium.Map, facts: Facts) -> None:
    ground = facts.pack.basemap
    for layer, colour in AREAS.items():
        shapes = ground.geometry[(ground["layer"] == layer) & ground.geom_type.str.endswith("Polygon")]
        if len(shapes):
            merged = shapely.simplify(shapely.union_all(shapes.to_numpy()), 3.0)
            _geojson([merged], {"fillColor": colour, "fillOpacity": 1, "weight": 0}, pane="ground").add_to(page)
    rail = ground.geometry[(ground["layer"] == "railway") & (ground["kind"] == "rail")]
    _geojson(rail, {"color": "#70777D", "weight": 2.5}, pane="streets").add_to(page)
    _geojson(rail, {"color": "#FFFFFF", "weight": 1.2, "dashArray": "5 5"}, pane="streets").add_to(page)


def _add_streets(page: folium.Map, facts: Facts) -> list[tuple[str, str]]:
    item = facts.survey.basket.item(facts.lead)
    bands = time_bands(item.threshold_min, on_foot=mode_named(item.mode).on_foot)
    pieces, seconds = facts.streets()
    index = bands.index(seconds)
    group = folium.FeatureGroup(f"Streets by minutes to {kind_of(facts.lead)} ({mode_words(item.mode)})")
    for band in reversed(range(len(bands.colours))):
        lines = shapely.line_merge(shapely.multilinestrings([pieces.lines[index == band]]))
        style = {"color": bands.colours[band], "weight": bands.widths_px[band] * 1.2, "opacity": 0.9}
        _geojson(shapely.simplify(lines, 2.0), style, pane="streets").add_to(group)
    group.add_to(page)
    return list(zip(bands.colours, bands.labels, strict=True))[:-1]


def _add_wards(page: folium.Map, facts: Facts) -> None:
    wards = facts.pack.wards
    group = folium.FeatureGroup("Wards (target wards in bold)" if "target" in groups_of(facts.pack) else "Wards")
    for target in (False, True):
        rows = wards[wards["target"] == target]
        if rows.empty:
            continue
        frame = gpd.GeoDataFrame(
            {"words": [_ward_words(facts, str(c)) for c in rows.index]}, geometry=list(rows.geometry)
        )
        style = {"color": INK if target else MUTED_INK, "weight": 3 if target else 1, "fillOpacity": 0}
        _geojson_with_tips(frame, style).add_to(group)
    for code, ward in wards.iterrows():
        point = shapely.point_on_surface(wards.geometry[code])
        _name(point, str(ward["name"]), bold=bool(ward["target"])).add_to(group)
    group.add_to(page)


def _add_small_areas(page: folium.Map, facts: Facts) -> list[tuple[str, str]]:
    """Children by small area, and the key of its colours; where there is no figure it is grey and says so."""
    pack, indicator, values = facts.pack, INDICATORS[_SMALL], _small_areas(facts)
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
        frame = gpd.GeoDataFrame({"words": tips}, geometry=list(pack.lsoas.geometry[inside]))
        fill = NO_FIGURE if index < 0 else classes.colours[index]
        style = {"fillColor": fill, "fillOpacity": 0.8, "color": "#FFFFFF", "weight": 1}
        _geojson_with_tips(frame, style).add_to(group)
    group.add_to(page)
    _KeyOf(group, _SMALL_KEY).add_to(page)
    rows = list(zip(classes.colours, classes.labels, strict=True))
    return [*rows, (NO_FIGURE, no_figure())] if values.isna().any() else rows


def _small_areas(facts: Facts) -> "pd.Series[float]":
    """Children of each small area, index LSOA, as they may be shown."""
    return lsoa_values(facts.pack, INDICATORS[_SMALL], facts.baseline).reindex(facts.pack.lsoas.index)


def _add_pockets(page: folium.Map, facts: Facts, service: str, title: str, *, show: bool) -> None:
    group = folium.FeatureGroup(title, show=show)
    fill = SELECTED_COLOUR if service == ANY_SERVICE else "#FFFFFF"
    found = facts.gaps.pockets[facts.gaps.pockets["service"] == service].head(MAX_POCKETS)
    lon, lat = to_lonlat(found["easting"], found["northing"])
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
    lon, lat = to_lonlat(rows["easting"], rows["northing"])
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


def _swatches(key: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<li><span style="background:{colour}"></span>{escape(words)}</li>' for colour, words in key)


def _top(facts: Facts, title: str, key: Sequence[tuple[str, str]], small: Sequence[tuple[str, str]]) -> str:
    """Heading above the map, with the keys; that of the small areas goes into a corner of the map, with the layer."""
    return (
        f'<header class="words"><h1>{escape(title)}</h1>'
        f"<p>Streets are coloured by minutes to the nearest {escape(lead_words(facts.survey))} "
        f"({symbol(facts.lead).letters}); ! marks homes far from half of the services. Point at a ward "
        "or a sign for its figures, or move to a sign with the Tab key. The button at the top right of the map shows "
        "and hides layers.</p>"
        f'<ul aria-label="Key of the streets">{_swatches(key)}</ul>'
        f'<div id="{_SMALL_KEY}" class="in-map" hidden>'
        f"<p>{escape(INDICATORS[_SMALL].label)} by small area, modelled</p>"
        f'<ul aria-label="Key of the small areas">{_swatches(small)}</ul></div></header>'
    )


def _below(facts: Facts, made_on: date) -> str:
    """Table and credits beneath the map."""
    heads = [f"{service_label(i.service)} ({shortest(i.threshold_min)} min)" for i in facts.survey.basket]
    rows = []
    for code in facts.gaps.isolation.areas.index:
        shares = [row_of(facts.gaps.services, (code, item.service))["share_within"] for item in facts.survey.basket]
        cells = [people(facts.gaps.totals.shown[code]), *(percent(share) for share in shares)]
        name = escape(str(row_of(facts.gaps.isolation.areas, code)["name"]))
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>')
    columns = "".join(f'<th scope="col">{escape(h)}</th>' for h in ["Ward", "Children aged 0–3", *heads])
    return (
        '<main class="words"><h2>Children aged 0–3 within the limit, by ward</h2>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table of wards"><table><thead><tr>{columns}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
        f"{_small_area_table(facts)}"
        f"<p>{' '.join(escape(words) for words in method_words(facts.survey, facts.baseline))}</p>"
        f"<p><strong>Sources and licences (keep with any copy).</strong> {escape(licence_words(facts.pack))}. "
        "Map library: Leaflet, BSD-2-Clause licence, © Volodymyr Agafonkin and CloudMade.</p>"
        f"<p>{escape(pack_words(facts.pack))}, made on {date_words(made_on)}.</p></main>"
    )


def _small_area_table(facts: Facts) -> str:
    """Table of what the layer of small areas shows, folded up."""
    label = escape(INDICATORS[_SMALL].label)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th><td>{people(as_shown(value))}</td></tr>'
        for name, value in zip(facts.pack.lsoas["name"], _small_areas(facts), strict=True)
    )
    return (
        f"<details><summary>{label} by small area, as a table</summary><table><thead><tr>"
        f'<th scope="col">Small area</th><th scope="col">{label}, to the nearest 5, modelled</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


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


def _with_table(page: str, below: str) -> str:
    """Put the table after the map, where readers of any kind come to it next."""
    found = re.search(r'<div class="folium-map"[^>]*>\s*</div>', page)
    at = found.end() if found else page.index("</body>")
    return page[:at] + below + page[at:]


def _geojson(shapes: Any, style: Mapping[str, Any], *, pane: str) -> folium.GeoJson:
    frame = gpd.GeoDataFrame(geometry=list(shapes), crs=27700)
    options = dict(style)
    return folium.GeoJson(
        feature_collection(frame), style_function=lambda _: options, control=False, pane=pane, interactive=False,
        smooth_factor=1.0,
    )  # fmt: skip


def _geojson_with_tips(frame: gpd.GeoDataFrame, style: Mapping[str, Any]) -> folium.GeoJson:
    options = dict(style)
    tip = folium.GeoJsonTooltip(["words"], labels=False, sticky=True)
    shapes = frame.set_crs(27700)
    return folium.GeoJson(
        feature_collection(shapes, ["words"]), style_function=lambda _: options, control=False, tooltip=tip
    )


def _icon(letters: str, fill: str, edge: str, words: str) -> folium.DivIcon:
    """Make a disc with letters; `words` are what it is called to those who do not see it."""
    ink, rim = (edge, edge) if fill == "#FFFFFF" else (readable_ink(fill), "#FFFFFF")
    mark = (
        f'<div class="sign" style="background:{fill};color:{ink};border-color:{rim}"><span aria-hidden="true">'
        f'{escape(letters)}</span></div><span class="unseen">{escape(words)}</span>'
    )
    return folium.DivIcon(html=mark, icon_size=(24, 24), icon_anchor=(12, 12), class_name="")


def _name(point: object, text: str, *, bold: bool) -> folium.Marker:
    xy = shapely.get_coordinates(point)[0]
    lon, lat = (float(axis[0]) for axis in to_lonlat(xy[0], xy[1]))
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
