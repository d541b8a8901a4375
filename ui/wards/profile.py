"""The profile of a ward: its figures beside the borough's, and its services."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analysis.gaps.side_by_side import preferred_baseline
from analysis.reach.need import indicators_of
from analysis.reach.need import profile as profile_of
from analysis.reach.no_data import without_list
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import CATEGORIES
from geo.vintages import baseline_labels, baseline_words
from ui.kit import controls
from ui.kit.area import in_area
from ui.kit.deck import read_selection
from ui.kit.kept import kept
from ui.kit.session import Session, session
from ui.kit.tables import show_words
from ui.wards.answer import figure_words, figures_of
from ui.wards.choice import ward_slug
from ui.wards.reach import counted, reach_lines
from wording.columns import value_words
from wording.gaps import left_out_sentence
from wording.groups import area_words, group_names
from wording.numbers import listed, ordinal

profile = kept(most=128)(profile_of)
"""Every figure of a ward, worked out once for all visitors; see :func:`analysis.reach.need.profile`."""
_TOLD = ("childrens_centre", "gp_practice", "library", "nursery", "pharmacy", "dentist")


def take_click(pack: AreaPack) -> None:
    """Let a new click on the map choose the ward; call it before the profile is drawn.

    An old click does not undo a later choice by name.
    """
    selection = read_selection(session.ward_map, among=["wards", "lsoas"])
    clicked = selection.code if selection else ""
    if clicked and clicked != session.ward_clicked:
        session.ward = str(pack.areas.loc[clicked, "ward"])
    session.ward_clicked = clicked


def ward_profile(pack: AreaPack, baseline: str, take: Callable[[], None]) -> str:
    """Draw the profile of the chosen ward, and return its code; empty when none is chosen.

    Parameters
    ----------
    pack
        The area.
    baseline
        Which figures are preferred where an indicator has several.
    take
        Draws what can be taken along of the chosen ward, where it is seen at once.
    """
    names = pack.wards["name"].to_dict()
    ward = controls.choice("Ward", ["", *names], key=Session.ward.key, labels={"": "Choose a ward …", **names})
    if not ward:
        with st.container(key="on-screen-choose"):
            st.info(
                "Click a ward on the map, or choose it above, to see its figures, where it ranks, and the services in "
                "it.",
                icon=":material/touch_app:",
            )
        return ""
    st.markdown(ward_sentence(pack, ward))
    with st.container(horizontal=True, vertical_alignment="center", key="next-steps"):
        st.page_link(
            "pages/ward.py",
            label=f"Everything about {names[ward]}, on one page",
            icon=":material/article:",
            query_params=in_area({Session.ward.key: ward_slug(names[ward])}),
        )
    take()
    ward_table(pack, ward, baseline)
    with st.expander("What they can reach", expanded=True):
        ward_reach(pack, ward, baseline)
    with st.expander("Every figure, with its status and source"):
        every_figure(pack, ward)
    with st.expander("Services in this ward"):
        services_in(pack, ward)
    return ward


def ward_sentence(pack: AreaPack, ward: str) -> str:
    """Say in markdown whether a ward is a target ward, and how many of the main services it has."""
    name = str(pack.wards["name"][ward])
    words = area_words(pack)
    part = f"one of the {words.targets}" if pack.wards.loc[ward, "target"] else f"not {words.a_target}"
    which = f"**{name}** is {part}. " if pack.target_wards else f"**{name}**: "
    return f"{which}{_services_sentence(pack, ward)}"


def ward_table(pack: AreaPack, ward: str, baseline: str) -> None:
    """Draw the figures of a ward with their ranges, beside those of the borough; `baseline` is the preferred one."""
    figures, known = profile(pack, ward), indicators_of(pack)
    wanted = [preferred_baseline(pack, known[name], baseline) for name in figures["indicator"]]
    chosen = figures[figures["baseline"] == [figures_named(pack, base) for base in wanted]]
    st.table(_with_ranges(pack, ward, chosen, baseline).set_index("Figure"))
    st.caption(
        "*About*: modelled; the others are printed by their source or counted. *Could be*: how far our own choices "
        f"move it. {fallback_words(pack, chosen, baseline)}"
    )


def ward_reach(pack: AreaPack, ward: str, baseline: str) -> None:
    """Draw the shares of a ward's children who can reach the main services."""
    base = baseline or pack.baselines[0]
    who = MEASURES[counted(pack, base)].label.lower()
    st.markdown(f"Of the {who} in {pack.wards['name'][ward]}:")
    st.markdown("\n".join(f"- {line}" for line in reach_lines(pack, ward, base)))


def every_figure(pack: AreaPack, ward: str) -> None:
    """Draw the table of all figures of a ward, each with its status and source."""
    figures = profile(pack, ward)
    every = _in_words(pack, figures, str(pack.wards["name"][ward]))
    every.insert(1, "Which figures", figures["baseline"].to_numpy())
    show_words(every.assign(Source=figures["source"].to_numpy()), key="profile-all")


def services_in(pack: AreaPack, ward: str) -> None:
    """Draw the list of the services in a ward."""
    show_words(_service_rows(pack, ward), key="profile-services")


def _with_ranges(pack: AreaPack, ward: str, figures: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return each figure of a ward with its range, the borough's figure and its rank."""
    rows, known = [], indicators_of(pack)
    for _, figure in figures.iterrows():
        indicator = known[str(figure["indicator"])]
        row = figures_of(pack, indicator, preferred_baseline(pack, indicator, baseline), "ward").loc[[ward]].iloc[0]
        low, high = (value_words(float(row[end]), indicator) for end in ("low", "high"))
        rows.append(
            {
                "Figure": indicator.label,
                str(pack.wards["name"][ward]): figure_words(row, indicator),
                "Could be": "" if low == high else f"{low} to {high}",
                group_names(pack)["borough"]: value_words(float(figure["borough"]), indicator),
                "Rank": ordinal(int(figure["rank"])),
            }
        )
    return pd.DataFrame(rows)


def figures_named(pack: AreaPack, baseline: str) -> str:
    """Name the figures of a baseline; for an index, which has none, the year of its edition."""
    index = pack.main_index()
    return baseline_words(pack, baseline) if baseline or index is None else index.year


def fallback_words(pack: AreaPack, chosen: pd.DataFrame, baseline: str) -> str:
    """Return a note on the rows of another baseline than the chosen one, since a mix of baselines must be visible.

    Parameters
    ----------
    pack
        The area.
    chosen
        Columns ``label`` and ``baseline`` (as :func:`figures_named` names it), a row an indicator.
    baseline
        The figures that are preferred.
    """
    known = baseline_labels(pack)
    wanted = known.get(baseline, "")
    others = chosen[chosen["baseline"] != wanted].groupby("baseline", sort=False)["label"].agg(list)
    if others.empty:
        return f"All of the {wanted}."
    said = [
        f"From the {name if name in known.values() else f'indices of {name}'}: {' · '.join(labels)}"
        for name, labels in others.items()
    ]
    start = wanted or f"indices of {figures_named(pack, baseline)}"
    return f"From the {start}, but for these.\n\n" + "\n\n".join(said)


def _in_words(pack: AreaPack, figures: pd.DataFrame, ward: str) -> pd.DataFrame:
    known = indicators_of(pack)

    def words(column: str) -> list[str]:
        pairs = zip(figures[column], figures["indicator"], strict=True)
        return [value_words(float(value), known[name]) for value, name in pairs]

    return pd.DataFrame(
        {
            "Figure": figures["label"].to_numpy(),
            ward: words("value"),
            group_names(pack)["borough"]: words("borough"),
            f"Rank of {figures['of'].max()}": [ordinal(position) for position in figures["rank"]],
            "Status": figures["status"].to_numpy(),
        }
    )


def _open_services(pack: AreaPack, ward: str) -> pd.DataFrame:
    rows = pack.services[(pack.services["ward"] == ward) & (pack.services["status"] == "open")]
    return rows[rows["category"].map(lambda name: CATEGORIES[name].shown)]


def _service_rows(pack: AreaPack, ward: str) -> pd.DataFrame:
    rows = _open_services(pack, ward)
    rows = rows.assign(order=rows["category"].map(list(CATEGORIES).index)).sort_values(["order", "name"])
    coded = {"Postcode": rows["postcode"]} if (pack.services["postcode"] != "").any() else {}
    known = "opening_hours" in rows and (rows["opening_hours"] != "").any()
    timed = {"Opening hours": rows["opening_hours"]} if known else {}
    return pd.DataFrame(
        {
            "Kind": rows["category"].map(lambda name: CATEGORIES[name].label),
            "Name": rows["name"],
            "Address": rows["address"],
            **coded,
            **timed,
            "As of": rows["vintage"],
        }
    )


def _services_sentence(pack: AreaPack, ward: str) -> str:
    counts = _open_services(pack, ward)["category"].value_counts()
    missing = without_list(pack, _TOLD)
    parts = []
    for name in _TOLD:
        if name in missing:
            continue
        number, category = int(counts.get(name, 0)), CATEGORIES[name]
        parts.append(f"{number or 'no'} {category.label if number == 1 else category.plural}")
    said = [f"It has {listed(parts)}."] if parts else []
    return " ".join([*said, *([left_out_sentence(missing)] if missing else [])])
