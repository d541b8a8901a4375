"""The web page around a map: its style, the heading with the keys above the map, the table and credits beneath it.

All figures in it are as shown (:mod:`analysis.shown`).
"""

import re
from collections.abc import Sequence
from datetime import date
from html import escape

import pandas as pd

from analysis.reach.need import INDICATORS, lsoa_values
from analysis.shown import as_shown, row_of
from drawing.palette import INK, MUTED_INK, SEA, SELECTED_COLOUR, symbol
from reports.facts import Facts
from wording.dates import date_words
from wording.gaps import service_label
from wording.numbers import people, percent
from wording.reports import lead_words, licence_words, method_words, pack_words
from wording.rides import rides_heads, rides_message, rides_notes, rides_rows, rides_title, rides_words
from wording.rounding import shortest
from wording.transit import missing_words

SMALL = "children_0_3"
"""The indicator of which the small areas are coloured."""

SMALL_KEY = "small-areas-key"
"""Id of the element that holds the key of the small areas' colours."""

STYLE = f"""
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


def small_areas(facts: Facts) -> "pd.Series[float]":
    """Children of each small area, index LSOA, as they may be shown."""
    return lsoa_values(facts.pack, INDICATORS[SMALL], facts.baseline).reindex(facts.pack.lsoas.index)


def _swatches(key: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<li><span style="background:{colour}"></span>{escape(words)}</li>' for colour, words in key)


def top(facts: Facts, title: str, key: Sequence[tuple[str, str]], small: Sequence[tuple[str, str]]) -> str:
    """Heading above the map, with the keys; that of the small areas goes into a corner of the map, with the layer."""
    return (
        f'<header class="words"><h1>{escape(title)}</h1>'
        f"<p>Streets are coloured by minutes to the nearest {escape(lead_words(facts.survey))} "
        f"({symbol(facts.lead).letters}); ! marks homes far from half of the services. Point at a ward "
        "or a sign for its figures, or move to a sign with the Tab key. The button at the top right of the map shows "
        "and hides layers.</p>"
        f'<ul aria-label="Key of the streets">{_swatches(key)}</ul>'
        f'<div id="{SMALL_KEY}" class="in-map" hidden>'
        f"<p>{escape(INDICATORS[SMALL].label)} by small area, modelled</p>"
        f'<ul aria-label="Key of the small areas">{_swatches(small)}</ul></div></header>'
    )


def below(facts: Facts, made_on: date) -> str:
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
        f"{_rides_table(facts)}{_small_area_table(facts)}"
        f"<p>{' '.join(escape(words) for words in method_words(facts.survey, facts.baseline))}</p>"
        f"<p><strong>Sources and licences (keep with any copy).</strong> {escape(licence_words(facts.pack))}. "
        "Map library: Leaflet, BSD-2-Clause licence, © Volodymyr Agafonkin and CloudMade.</p>"
        f"<p>{escape(pack_words(facts.pack))}, made on {date_words(made_on)}.</p></main>"
    )


def _rides_table(facts: Facts) -> str:
    """Say what buses and trains add for the service for which they add most, with its table; empty without any."""
    added, pack = facts.most_added, facts.pack
    if added is None:
        return ""
    told = " ".join([rides_message(pack, added, facts.measure), *missing_words(pack), *rides_words(facts.added, added)])
    within, ways = shortest(added.item.threshold_min), rides_heads(pack, added)
    heads = [*(f"{way}: within {within} min" for way in ways), "More"]
    heads += [f"{way}: half live within (min)" for way in ways]
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in ["Ward", "Children aged 0–3", *heads])
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for part in rides_rows(pack, added)
        for name, *cells in part
    )
    title = escape(rides_title(pack, added))
    return (
        f"<h2>{title}</h2><p>{escape(told)}</p>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><thead><tr>{columns}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div><p>{escape(' '.join(rides_notes(pack, added)))}</p>"
    )


def _small_area_table(facts: Facts) -> str:
    """Table of what the layer of small areas shows, folded up."""
    label = escape(INDICATORS[SMALL].label)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th><td>{people(as_shown(value))}</td></tr>'
        for name, value in zip(facts.pack.lsoas["name"], small_areas(facts), strict=True)
    )
    return (
        f"<details><summary>{label} by small area, as a table</summary><table><thead><tr>"
        f'<th scope="col">Small area</th><th scope="col">{label}, to the nearest 5, modelled</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def with_table(page: str, below: str) -> str:
    """Put the table after the map, where readers of any kind come to it next."""
    found = re.search(r'<div class="folium-map"[^>]*>\s*</div>', page)
    at = found.end() if found else page.index("</body>")
    return page[:at] + below + page[at:]
