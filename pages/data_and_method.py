"""Data and method page: the source of every figure, how it is made, and how good the network is."""

from pathlib import Path

import pandas as pd
import streamlit as st

from analysis.reach.readings import contested, read_readings
from analysis.shown import made_of_shown, nobody_counted, plain_share
from geo.measures import MEASURES
from geo.network.modes import MODES
from geo.reconcile import reconcile
from geo.services import CATEGORIES
from geo.vintages import baseline_labels
from store.person import Task
from ui.kit.page import page, plain
from ui.kit.tables import Column, show_table
from ui.kit.timetable import offered
from ui.kit.visitor import visitor
from wording.groups import area_words
from wording.numbers import distance, percent
from wording.particulars import nothing_stated
from wording.people import operator_words, people_words
from wording.rounding import fixed, significant
from wording.scenario import pace
from wording.transit import missing_notes, timetable_notes

METHOD = Path(__file__).resolve().parent.parent / "docs" / "method.md"

with page(
    "Where do the figures come from?",
    "Every source, how each figure is made from it, and how it compares with what others state.",
) as pack:
    named = area_words(pack)
    sources, figures, agreement, streets, services, method = st.tabs(
        ["Sources", "How each figure is made", "Agreement", "Streets", "Services", "Method in full"]
    )
    with sources:
        st.markdown(
            "Each file is somebody's publication under the licence named. "
            "Keep the attribution with any copy or picture."
        )
        frame = pd.DataFrame(pack.sources)
        show_table(
            nobody_counted(frame),
            {
                "title": Column("What", pinned=True),
                "publisher": Column("Publisher"),
                "vintage": Column("As of"),
                "licence": Column("Licence"),
                "attribution": Column("Attribution"),
                "note": Column("Note"),
                "rows": Column("Rows read", "people"),
                "sha256": Column("Checksum of the file (SHA-256)"),
            },
            key="sources",
            alt="Sources of the area pack",
            height="content",
        )
        timings = [mode.timing for mode in offered([pack]).values() if mode.timing is not None]
        notes = timetable_notes(pack, timings[0]) if timings else missing_notes(pack)
        if notes:
            st.caption(plain(" ".join(notes)))
    with figures:
        st.markdown(
            "**Published**: printed by its source for this very area. **Census**: counted. **Modelled**: estimated, "
            "by its publisher or by us. Baselines are never mixed on one page."
        )
        records = pd.DataFrame(pack.provenance["measures"])
        titles = {source["key"]: source["title"] for source in pack.provenance["sources"]}
        frame = pd.DataFrame(
            {
                "label": records["measure"].map(lambda name: MEASURES[name].label),
                "baseline": records["baseline"].map(baseline_labels(pack)),
                "unit": records["unit"],
                "year": records["year"],
                "target": records["status"].map(lambda status: status["target"]),
                "ward": records["status"].map(lambda status: status["ward"]),
                "method": records["method"],
                "source": records["source"].map(titles),
            }
        )
        show_table(
            nobody_counted(frame),
            {
                "label": Column("Figure", pinned=True),
                "baseline": Column("Which figures"),
                "unit": Column("Counts"),
                "year": Column("Year"),
                **({"target": Column(f"Status, {named.targets} together")} if pack.target_wards else {}),
                "ward": Column("Status, each ward"),
                "method": Column("How it is made"),
                "source": Column("Source"),
            },
            key="figures",
            alt="How each figure is made",
            height="content",
        )
    with agreement:
        lines = reconcile(pack)
        if not lines:
            st.markdown(nothing_stated(pack))
        else:
            st.markdown(
                "The first rows must agree exactly, and the program refuses a pack in which they do not. The others "
                "are of another date or definition and are shown so that nobody has to guess."
            )
            names = pack.wards["name"].to_dict()
            frame = pd.DataFrame(
                {
                    "figure": [line.figure for line in lines],
                    "stated_by": [line.stated_by for line in lines],
                    "stated": [significant(line.stated, 10) for line in lines],
                    "pack": [
                        fixed(line.pack, thousands=True) if line.pack >= 100 else significant(line.pack, 3)
                        for line in lines
                    ],
                    "kind": ["agrees exactly" if line.exact else "for comparison" for line in lines],
                }
            )
            frame["figure"] = frame["figure"].replace(names, regex=True)
            show_table(
                made_of_shown(frame),
                {
                    "figure": Column("Figure", pinned=True),
                    "stated_by": Column("Stated by"),
                    "stated": Column("Stated"),
                    "pack": Column("In this pack"),
                    "kind": Column("Agreement"),
                },
                key="agreement",
                alt="The pack's figures held against what its sources state",
                height="content",
            )
    with streets:
        report = pack.manifest.network
        every, inside = (fixed(km, thousands=True) for km in (report.length_km, report.borough_length_km))
        joined = percent(plain_share(report.connected_share_borough), decimals=1)
        st.markdown(
            f"**{inside} km** of streets and paths in {pack.name} are joined into one "
            f"network: **{joined}** of their length. With the streets "
            f"around it, there are {every} km. {report.islands_in_borough} short pieces in the "
            f"{named.whole} do not join up with it on the map. Most are paths inside schools, parks and estates. They "
            "are listed below and not used. A home or service more than "
            f"{fixed(report.max_connector_m)} m from a street is named here, never moved."
        )
        rows = []
        for name, mode in report.modes.items():
            if MODES[name].timing is not None:  # its streets are those of its walks
                continue
            for kind, entry in (("homes", mode.homes), ("services", mode.services)):
                rows.append(
                    {
                        "mode": MODES[name].label,
                        "pace": pace(MODES[name]),
                        "kind": kind,
                        "count": entry.count,
                        "median": distance(entry.connector_m.median),
                        "p95": distance(entry.connector_m.p95),
                        "max": distance(entry.connector_m.max),
                        "off": ", ".join(entry.off_network) or "none",
                        "by_steps": ", ".join(entry.by_steps) or "none",
                        "length": mode.usable_length_km,
                    }
                )
        show_table(
            nobody_counted(pd.DataFrame(rows)),
            {
                "mode": Column("Mode", pinned=True),
                "pace": Column("Speed and steps"),
                "length": Column("Streets it may use, km", "people"),
                "kind": Column("Tied to the streets"),
                "count": Column("How many", "people"),
                "median": Column("Half lie within"),
                "p95": Column("19 in 20 within"),
                "max": Column("Furthest"),
                "off": Column("Too far from any street"),
                "by_steps": Column("Only steps lead there"),
            },
            key="streets",
            alt="How far homes and services lie from the streets, by mode",
            height="content",
        )
        islands = pd.DataFrame(pack.islands.drop(columns="geometry")).sort_values("length_m", ascending=False)
        with st.expander(f"The {len(islands)} cut-off pieces, in the {named.whole} and around it"):
            columns = {
                "island": Column("Number", "rank"),
                "name": Column("Commonest name"),
                "edges": Column("Streets", "people"),
                "length_m": Column("Length", "distance"),
            }
            show_table(nobody_counted(islands), columns, key="islands", alt="Streets that no walk joins to the rest")
    with services:
        st.markdown(
            f"Services in the {named.whole} and up to 3.5 km around it. Where a publisher gives no position of its "
            "own, a service stands at its postcode."
        )
        places = pack.services.reset_index()
        timed = "opening_hours" in places and (places["opening_hours"] != "").any()
        hours = {"timed": ("opening_hours", lambda own: int((own != "").sum()))} if timed else {}
        counts = places.groupby(["category", "status", "precision", "source", "vintage"]).agg(
            borough=("ward", lambda ward: int((ward != "").sum())),
            around=("ward", lambda ward: int((ward == "").sum())),
            **hours,
        )
        counts = counts.reset_index()
        counts["source"] = counts["source"].map({s["key"]: s["title"] for s in pack.provenance["sources"]})
        counts["category"] = counts["category"].map(lambda name: CATEGORIES[name].plural)
        show_table(
            nobody_counted(counts),
            {
                "category": Column("Kind", pinned=True),
                "borough": Column(f"In the {named.whole}", "people"),
                "around": Column("Around it", "people"),
                "status": Column("Status"),
                "precision": Column("Position is that of the"),
                **({"timed": Column("With opening hours", "people")} if timed else {}),
                "source": Column("Source"),
                "vintage": Column("As of"),
            },
            key="services-table",
            alt="Services by kind, with source and precision",
            height="content",
        )
        known = read_readings()
        of_area = [contested(pack, one.service, known) for one in known if len(pack.services_of(one.service))]
        disputed = [one for one in of_area if one.others]
        if disputed:
            st.subheader("Which places count?", anchor=False)
            st.markdown(
                "For these services it is not sure which places count. Figures use the default. Where another reading "
                "changes the answer, it is told too: on the Gaps page, in the briefs and in the story. On the command "
                "line, `reach access --reading` asks for it."
            )
            show_table(
                nobody_counted(
                    pd.DataFrame(
                        [
                            {
                                "service": CATEGORIES[one.service].plural,
                                "reading": reading.label,
                                "name": reading.name,
                                "places": int((reading.sites(pack)["ward"] != "").sum()),
                                "default": "yes" if reading == one.default else "",
                                "why": one.why if reading == one.default else "",
                            }
                            for one in disputed
                            for reading in one.readings
                        ]
                    )
                ),
                {
                    "service": Column("Kind", pinned=True),
                    "reading": Column("Which places count"),
                    "places": Column(f"In the {named.whole}", "people"),
                    "default": Column("Default"),
                    "why": Column("Why it is the default"),
                    "name": Column("Name on the command line"),
                },
                key="readings-table",
                alt="Services of which it is not certain which places count, with the default and why",
                height="content",
            )
    with method:
        st.markdown(METHOD.read_text(encoding="utf-8").removeprefix("# Method\n"))
    if visitor().may(Task.OPERATE):
        with st.container(horizontal=True, vertical_alignment="center", key="leading"):
            st.caption(people_words()["menu"], width="content")
            st.page_link("pages/people.py", label=people_words()["list_tab"], icon=":material/manage_accounts:")
            st.page_link("pages/server.py", label=operator_words()["menu"], icon=":material/monitor_heart:")
