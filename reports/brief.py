"""Parts that the briefs and the scenario report share: pictures with their text, method, licence, the plan."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from analysis.scenario.lab import Effect
from geo.measures import MEASURES
from reports.facts import Facts
from reports.pictures import Picture
from reports.rows import plain_key
from reports.scenario_effect import for_ward
from reports.typeset import typeset
from wording.gaps import pockets_by
from wording.reports import licence_words, method_words, pack_words, sure_sentence

POVERTY = "children_in_poverty"


def brief(template: str, content: Mapping[str, Any], pictures: Mapping[str, Picture], made_on: date) -> bytes:
    """Typeset a report with its pictures.

    Parameters
    ----------
    template
        As for :func:`reports.typeset.typeset`.
    content
        What it prints in addition to its pictures.
    pictures
        By name: the template finds ``name.svg``, and ``alt`` and ``key`` under the name.
    made_on
        Date that is printed on it.

    Returns
    -------
    PDF, tagged.

    Raises
    ------
    InputError
        When it cannot be typeset.
    """
    words = {name: {"alt": one.alt, "key": plain_key(one.key)} for name, one in pictures.items()}
    drawn = {f"{name}.svg": one.svg for name, one in pictures.items()}
    return typeset(template, {**content, **words}, drawn, made_on)


def common_content(facts: Facts, code: str, name: str, effect: Effect | None, planned: str) -> dict[str, Any]:
    """Return the content that every brief prints in the same words.

    Parameters
    ----------
    facts
        The area.
    code, name
        Ward or group of the brief.
    effect
        What the active scenario changes, if there is one.
    planned
        Ward or group whose change is printed.
    """
    return {
        "who": MEASURES[facts.measure].label,
        "poor": MEASURES[POVERTY].label if POVERTY in facts.pack.measure_names(facts.baseline) else None,
        "first": pockets_by(facts.gaps),
        "sure": sure_sentence(facts.gaps, facts.centre_band, facts.readings, code, name),
        "scenario": None if effect is None else for_ward(effect, planned),
        "method": method_words(facts.survey, facts.baseline),
        "licence": licence_words(facts.pack),
        "pack": pack_words(facts.pack),
    }
