"""Downloads of the Gaps page: a workbook of every table, the map, and the main table as CSV."""

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.report import (
    GapReport,
    bands_shown,
    curve_shown,
    fairness_shown,
    supply_services,
    supply_shown,
    target_gaps_shown,
)
from analysis.reach.readings import list_year, reading_column
from analysis.shown import made_of_shown, nobody_counted
from analysis.trends.change import BEFORE
from drawing.sheets import Sheet, workbook_bytes
from geo.measures import MEASURES
from geo.network.modes import mode_named
from geo.services import category_named
from geo.vintages import deprivation_words
from ui.gaps.sections import RANK_COLUMNS, change_columns, change_note, fairness_columns, gp_practices
from ui.kit.downloads import Notes, download_row, workbook_button
from ui.kit.tables import Column
from wording.columns import notes_of
from wording.gaps import pockets_by
from wording.groups import area_words
from wording.numbers import capital
from wording.rounding import shortest

POVERTY = MEASURES["children_in_poverty"].counted
_WARD = {"code": Column("Code"), "name": Column("Ward")}
_SERVICE = {"service": Column("Service")}
_PARTS = {
    "distance_min": Column("Of which: none closer", "minutes"),
    "detour_min": Column("Of which: the way goes round", "minutes"),
    "speed_min": Column("Of which: slower streets, or buses that help less", "minutes"),
}
POCKET_COLUMNS = {
    "number": Column("Number", "rank"),
    "name": Column("Pocket", pinned=True),
    "ward_name": Column("Ward"),
    "group": Column("Group"),
    "service": Column("Cut off from"),
    "children_in_poverty": Column(capital(POVERTY), "people"),
    "median_min": Column("Half live within", "minutes"),
    "nearest": Column("Nearest for most"),
    "lon": Column("Longitude"),
    "lat": Column("Latitude"),
}


def service_columns(whole: str) -> dict[str, Column]:
    """Return the columns of wards by service; `whole` is what the whole area is called."""
    return {
        **_WARD,
        "group": Column("Group"),
        **_SERVICE,
        "limit_min": Column("Limit", "minutes"),
        "median_min": Column("Half live within", "minutes"),
        "p90_min": Column("9 in 10 live within", "minutes"),
        "share_within": Column("Share within the limit", "percent"),
        "rank": Column("Rank, 1 the furthest", "rank"),
        "gap_to_borough": Column(f"More than the {whole}", "minutes"),
        **_PARTS,
        "severance": Column("Way by street, times the straight line", "score"),
    }


def gap_notes(report: GapReport) -> dict[str, str]:
    """Return the notes for every export: content, date, pack, whose figures, the basket."""
    basket = "; ".join(
        f"{category_named(item.service).label} within {shortest(item.threshold_min)} min "
        f"({mode_named(item.mode).label.lower()}), counts {shortest(item.weight)}"
        for item in report.survey.basket
    )
    notes = notes_of(report.survey.pack, "Gaps: who is cut off from what, and why", report.baseline)
    return {
        **notes,
        "area": report.survey.pack.name,
        "counted": f"{MEASURES[report.measure].label}: all shares, and the columns children, beyond, served, lost and "
        f"gained." + (f" Column children_in_poverty: {POVERTY}, in every table." if _knows_poverty(report) else ""),
        "status": "modelled",
        "list of services": basket,
        "rounding": "People are to the nearest 5; fewer than 5, and all but fewer than 5, are said in words.",
    }


def _knows_poverty(report: GapReport) -> bool:
    return "children_in_poverty" in report.survey.pack.measure_names(report.baseline)


def _known(report: GapReport, columns: dict[str, Column]) -> dict[str, Column]:
    """Leave out what the area does not have: groups of wards, and children in poverty."""
    absent = set() if report.survey.pack.target_wards else {"group"}
    absent |= set() if _knows_poverty(report) else {"children_in_poverty"}
    return {key: column for key, column in columns.items() if key not in absent}


def services_frame(report: GapReport) -> pd.DataFrame:
    """Return wards and groups by services as one plain table."""
    limits = {item.service: item.threshold_min for item in report.survey.basket}
    rows = report.services.join(report.beyond).reset_index()
    return rows.assign(limit_min=rows["service"].map(limits))


def pockets_frame(report: GapReport) -> pd.DataFrame:
    """Return every pocket as one plain table, numbered in its order."""
    rows = pd.DataFrame(report.pockets)
    groups = np.where(rows["target"].astype(bool), "target", "rest")
    return rows.assign(number=np.arange(1, len(rows) + 1), group=groups)


def gap_sheets(report: GapReport) -> list[Sheet]:
    """Return every table of the gaps as a sheet of a workbook."""
    areas = report.isolation.areas.reset_index()
    parts = report.isolation.parts.reset_index().assign(name=areas["name"])
    services = report.survey.basket.services
    basket = pd.DataFrame([vars(item) for item in report.survey.basket])
    people, whole = ("isolation", "low", "high"), area_words(report.survey.pack).whole
    sheets = [
        Sheet(
            "Wards by service",
            "Every ward and group against every service: minutes, share within the limit, gap and its reasons.",
            made_of_shown(services_frame(report)),
            {
                **_known(report, service_columns(whole)),
                "beyond": Column(f"{capital(report.who)} too far away", "people"),
            },
        ),
        *_target_sheets(report),
        Sheet(
            "Too far away",
            f"Share of the services on our list too far away for {report.who} on average, and the ward's place.",
            areas.assign(**{key: areas[key] / 100 for key in people}),
            {"code": Column("Code"), **RANK_COLUMNS},
        ),
        Sheet(
            "Too far away, by service",
            "How many points of that per cent each service adds.",
            parts,
            {**_WARD, **{name: Column(category_named(name).label, "score") for name in services}},
        ),
        Sheet(
            "Pockets",
            f"Homes beside each other that are too far away. Those with most {pockets_by(report)} come first.",
            made_of_shown(pockets_frame(report)),
            {**_known(report, POCKET_COLUMNS), "children": Column(capital(report.who), "people")},
        ),
    ]
    if len(report.survey.pack.services_of(BEFORE)):
        _, wards, gone = gp_practices(report)
        year = list_year(report.survey.pack, BEFORE)
        sheets += [
            Sheet(
                "GP practices, then and now",
                f"The practices of {year} and of now on the same streets.",
                made_of_shown(change_note(wards).reset_index()),
                {"code": Column("Code"), **change_columns(report.who, year)},
            ),
            Sheet(
                "GP practices gone",
                f"Practices of {year} that are no longer on the list or have moved, and whom that cost what.",
                made_of_shown(change_note(gone)),
                {
                    "code": Column("Code"),
                    "name": Column("Practice"),
                    "fate": Column("What became of it"),
                    "served": Column(f"{capital(report.who)} for whom it was nearest", "people"),
                    "lost": Column("Of them, beyond the limit now", "people"),
                    "before_min": Column(f"Half lived within, {year}", "minutes"),
                    "now_min": Column("Half live within, now", "minutes"),
                    "longer_min": Column("Longer on average", "minutes"),
                },
            ),
        ]
    every = [supply_shown(report, name).reset_index().assign(service=name) for name in supply_services(report)]
    if every:
        sheets.append(
            Sheet(
                "How much there is",
                f"Places near enough for every 1,000 {report.who}. Each counts as 1, and a nearer one counts more.",
                pd.concat(every, ignore_index=True),
                {
                    **_WARD,
                    **_SERVICE,
                    "per_1000": Column(f"Places for every 1,000 {report.who}", "score"),
                    "to_borough": Column(f"Times the {whole}'s", "score"),
                    "none_share": Column("Share with none within 30 minutes", "percent"),
                },
            )
        )
    sheets += [
        *_fairness_sheets(report),
        Sheet(
            "How sure",
            f"Share of {report.who} within the limit: walking slower or faster, other limits, other lists of places.",
            pd.concat([bands_shown(report, name).reset_index().assign(service=name) for name in services]),
            {
                **_WARD,
                **_SERVICE,
                "share": Column("Share", "percent"),
                "low": Column("Least", "percent"),
                "high": Column("Most", "percent"),
                "slow": Column("At 3.2 km/h", "percent"),
                "fast": Column("At 4.8 km/h", "percent"),
                "sooner": Column("Limit 5 minutes shorter", "percent"),
                "later": Column("Limit 5 minutes longer", "percent"),
                **{
                    reading_column(one.reading.name): Column(one.reading.label, "percent")
                    for one in report.survey.others
                },
            },
        ),
        Sheet(
            "Curves",
            f"Share of {report.who} within 0 to 60 minutes, walking slowly and fast.",
            made_of_shown(_curves(report)),
            {
                **_WARD,
                **_SERVICE,
                "minutes": Column("Within", "rank"),
                "share": Column("Share", "percent"),
                "low": Column("Walking slowly", "percent"),
                "high": Column("Walking fast", "percent"),
            },
        ),
        Sheet(
            "Our list of services",
            "The services, how soon each should be reached and by which mode, how much it counts, and why.",
            nobody_counted(basket),
            {
                **_SERVICE,
                "threshold_min": Column("Limit", "minutes"),
                "mode": Column("Mode"),
                "weight": Column("Counts", "score"),
                "reason": Column("Why that limit"),
            },
        ),
    ]
    return sheets


def _fairness_sheets(report: GapReport) -> list[Sheet]:
    """Return reach by deprivation; nothing where the area has no index of deprivation."""
    fairness, words = fairness_shown(report), area_words(report.survey.pack)
    if fairness is None:
        return []
    return [
        Sheet(
            "Fairness",
            f"Share of {report.who} near enough: "
            + (f"{words.targets} and others, and " if "target_share" in fairness.summary else "")
            + f"by how poor the area is ({deprivation_words(report.survey.pack)}).",
            made_of_shown(fairness.summary.reset_index()),
            {**_SERVICE, **{key: column for key, column in fairness_columns(words).items() if key in fairness.summary}},
        ),
        Sheet(
            "Reach by fifth",
            f"Share of {report.who} near enough, by fifth of the areas; 1 is the poorest.",
            made_of_shown(fairness.by_fifth.reset_index()),
            {
                **_SERVICE,
                "fifth": Column("Fifth", "rank"),
                "people_share": Column("Share of the people", "percent"),
                "share_within": Column("Within the limit", "percent"),
                "median_min": Column("Half live within", "minutes"),
            },
        ),
    ]


def _target_sheets(report: GapReport) -> list[Sheet]:
    """Compare the target wards with the others; no sheet where either group does not exist."""
    if "target" not in report.isolation.areas.index:
        return []
    words = area_words(report.survey.pack)
    targets = capital(words.targets)
    return [
        Sheet(
            "Target against rest",
            f"The {words.targets} together against the {words.others}; target minus rest.",
            target_gaps_shown(report).reset_index(),
            {
                **_SERVICE,
                "target_min": Column(f"{targets}, half live within", "minutes"),
                "rest_min": Column("Others", "minutes"),
                "gap_min": Column("Target minus others", "minutes"),
                "target_share": Column(f"{targets}, within the limit", "percent"),
                "rest_share": Column("Others, within", "percent"),
                "gap_share": Column("Target minus others, share", "percent"),
            },
        ),
    ]


def _curves(report: GapReport) -> pd.DataFrame:
    names = report.isolation.areas["name"]
    groups = ["target", "rest", "borough"]
    curves = []
    for service in report.survey.basket.services:
        curve = curve_shown(report, service)
        curve = curve[curve["code"].isin(groups) & (curve["minutes"] % 5 == 0)]
        curves.append(curve.assign(service=service, name=curve["code"].map(names)))
    return pd.concat(curves, ignore_index=True)


def gap_layers(report: GapReport) -> dict[str, gpd.GeoDataFrame]:
    """Return wards with isolation and medians, and pockets as points to 10 m."""
    pack = report.survey.pack
    wide = report.services["median_min"].replace(np.inf, np.nan)
    medians = pd.DataFrame({f"{name}_min": wide.xs(name, level="service") for name in report.survey.basket.services})
    figures = report.isolation.areas.drop(columns="name").join(medians)
    wards = pack.wards[["name", "geometry"]].join(figures).reset_index()
    rows = pockets_frame(report).drop(columns=["lon", "lat"]).replace(np.inf, np.nan)
    points = gpd.points_from_xy(rows["easting"], rows["northing"], crs=pack.wards.crs)
    return {"wards": wards, "pockets": gpd.GeoDataFrame(rows, geometry=points)}


def gap_downloads(report: GapReport) -> None:
    """Draw the buttons: workbook, GeoPackage and CSV."""
    notes: Notes = gap_notes(report)
    name = f"{report.survey.pack.code}-gaps"
    with st.container(horizontal=True):
        workbook_button(
            "Download every table (Excel)",
            lambda: workbook_bytes(gap_sheets(report), notes),
            file_name=f"{name}.xlsx",
            key="gaps-xlsx",
        )
        download_row(name, made_of_shown(services_frame(report)), notes, key="gaps", layers=gap_layers(report))
