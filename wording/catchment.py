"""Words for the catchment of one site: who lives inside, whom it alone reaches, and what its closing means."""

import math
from collections.abc import Mapping
from typing import Any

from geo.measures import measure_named
from geo.pack import AreaPack
from geo.services import category_named
from wording.columns import Column
from wording.languages import english
from wording.numbers import capital, minutes, people
from wording.rounding import shortest
from wording.scenario import travelling


def catchment_sentences(
    row: Mapping[str, Any], *, service: str, mode: str, measure: str, within_min: float
) -> tuple[str, str]:
    """Say who lives in the catchment of a site, and what it means for them if the site closes.

    Parameters
    ----------
    row
        A row of :meth:`analysis.reach.catchment.Catchments.shown`.
    service, mode, measure
        Category of the site, how families travel, and who is counted.
    within_min
        Threshold in minutes.
    """
    say, inside, alone = english().say, row["inside"], row["alone"]
    who, within = measure_named(measure).counted, shortest(within_min)
    service_label = category_named(service).label
    if not inside:
        return say("catchment.nobody", name=row["name"], who=who, within=within, way=travelling(mode)), ""
    first = say(
        "catchment.inside", name=row["name"], inside=people(inside), who=who, within=within, way=travelling(mode)
    )
    if not alone:
        return first, say("catchment.closes_nothing", service=service_label)
    second = say(
        "catchment.alone_all" if alone == inside else "catchment.alone", alone=people(alone), service=service_label
    )
    extra = float(row["extra_min"])
    if not math.isfinite(extra):
        return first, f"{second} {say('catchment.closes_no_way', alone=people(alone))}"
    return first, f"{second} {say('catchment.closes', alone=people(alone), extra=minutes(extra))}"


def all_sites_sentence(
    total: Mapping[str, Any], first: Mapping[str, Any], *, service: str, measure: str, within_min: float
) -> str:
    """Say how many people all sites together reach, and which site reaches most of them alone.

    Parameters
    ----------
    total
        The row of :meth:`analysis.reach.catchment.Catchments.shown_reached`.
    first
        The first row of :meth:`~analysis.reach.catchment.Catchments.shown`.
    service, measure, within_min
        Category of the sites, who is counted, and the threshold in minutes.
    """
    say, plural = english().say, category_named(service).plural
    said = say(
        "catchment.all",
        services=plural,
        reached=people(total["reached"]),
        total=people(total["total"]),
        who=measure_named(measure).counted,
        shared=people(total["shared"]),
        within=shortest(within_min),
    )
    if not first["alone"]:
        return said
    return f"{said} {say('catchment.most', name=first['name'], alone=people(first['alone']))}"


def catchment_columns(measure: str, within_min: float) -> dict[str, Column]:
    """Return the columns of the table of all sites, by name."""
    say = english().say
    who = capital(measure_named(measure).counted)
    return {
        "name": Column(say("catchment.site"), pinned=True),
        "ward_name": Column(say("catchment.ward")),
        "inside": Column(say("catchment.column_inside"), "people", help=say("catchment.help_inside", who=who)),
        "alone": Column(
            say("catchment.column_alone"), "people", help=say("catchment.help_alone", within=shortest(within_min))
        ),
        "extra_min": Column(say("catchment.column_extra"), "minutes", help=say("catchment.help_extra")),
    }


def ward_name(pack: AreaPack, code: str) -> str:
    """Return the name of the ward that a site stands in; words for a site that stands outside the area."""
    return str(pack.wards["name"].get(code, english().say("catchment.outside")))


def catchment_key(service: str) -> tuple[str, str]:
    """Return the words of the legend for what one site reaches: alone, and together with others."""
    label = category_named(service).label
    return english().say("catchment.key_alone", service=label), english().say("catchment.key_shared", service=label)


def panel_words(service: str) -> Mapping[str, str]:
    """Return what stands on the controls of the panel, by name, such as ``choose`` and ``hint``."""
    say, kind = english().say, category_named(service)
    return {
        "choose": say("catchment.choose", service=kind.label),
        "hint": say("catchment.hint"),
        "key": say("catchment.key"),
        "table": say("catchment.table", services=kind.plural),
        "wards": say("catchment.wards"),
        "outside": say("catchment.key_outside"),
        **{name: say(f"catchment.{name}") for name in ("edge", "drawing", "geojson", "geopackage")},
    }


def no_area_sentence(name: str, within_min: float) -> str:
    """Say that no street is near a site, so that it has no area."""
    return english().say("catchment.no_area", name=name, within=shortest(within_min))
