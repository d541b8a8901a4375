"""Words for one's own data: what was read, what is asked, and what is kept."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.shown import ShownFrame, as_shown
from geo.own.counts import Counts
from geo.own.places import APART, SWAPPED, TWO_POSITIONS, Places
from geo.services import Category
from wording.dates import date_words
from wording.languages import english
from wording.numbers import no_figure, people
from wording.rounding import digits


def own_words() -> Mapping[str, str]:
    """Return the words of the page and its controls by name, such as ``"title"``."""
    return english().named("own")


def kind_words() -> Mapping[str, str]:
    """Return the kinds of layers in words."""
    return english().named("own.kinds")


def role_words() -> Mapping[str, str]:
    """Return what a column can mean, in words."""
    return english().named("own.roles")


def answer_words() -> Mapping[str, str]:
    """Return what can be answered to a question, in words."""
    return english().named("own.answer")


def say_own(place: str, /, **values: object) -> str:
    """Return the words of the page with that name, filled in."""
    return english().say(f"own.{place}", **values)


def found_words(found: Places | Counts) -> str:
    """Say how many rows can be used, how many cannot, and how many need an answer; and what was read."""
    words, rows = english(), len(found.table)
    used, questions = len(found.rows), 0
    if isinstance(found, Counts):
        used = found.used
    else:
        questions = len(found.questions)
    bad = len({problem.line for problem in found.problems})
    if used == rows:
        parts = [words.counted("own.found.all", rows)]
    elif used:
        parts = [words.say("own.found.some", used=digits(used), n=digits(rows))]
    else:
        parts = [words.say("own.found.none")]
    if bad:
        parts.append(words.counted("own.found.problems", bad))
    if questions:
        parts.append(words.counted("own.found.questions", questions))
    return " ".join(parts)


def read_words(found: Places | Counts) -> str:
    """Say what was read, and by what the counts are."""
    words = english()
    parts = [words.say("own.found.read", kind=found.table.kind)]
    if isinstance(found, Counts):
        levels = words.named("own.levels")
        parts += [
            words.say("own.found.levels", measure=measure, level=levels.get(level, level))
            for measure, level in found.levels.items()
        ]
    return " ".join(parts)


def question_title(kind: str, count: int) -> str:
    """Ask about the rows of one kind."""
    words = english()
    titles = {
        APART: words.counted("own.question.apart", count),
        SWAPPED: words.counted("own.question.swapped", count),
        TWO_POSITIONS: words.counted("own.question.two_positions", count),
    }
    return titles[kind]


def about_layer(kind: str, rows: int, saved_at: date, saved_by: str) -> str:
    """Say what a layer is, how large, and when and by whom it was kept."""
    words = english()
    parts = [words.counted("own.layer.about", rows, kind=kind_words()[kind])]
    parts.append(words.say("own.layer.when", day=date_words(saved_at)))
    if saved_by:
        parts.append(words.say("own.layer.who", name=saved_by))
    return ", ".join(parts)


def own_category(name: str) -> Category:
    """Return one's own places as a kind of service, to be named in sentences."""
    say = english().say
    return Category("own", say("own.layer.place", name=name), say("own.layer.places", name=name))


def counts_sentence(wards: ShownFrame, measure: str) -> str:
    """Say in which wards the most and the fewest are."""
    known = pd.DataFrame(wards[wards["value"].notna()]).sort_values("value", kind="stable")
    words = english()
    if known.empty:
        return f"## {measure}: {no_figure()}"
    least, most = known.iloc[0], known.iloc[-1]
    count, few = (people(as_shown(float(row["value"]))) for row in (most, least))
    if len(known) == 1:
        return words.say("own.layer.counts_one", measure=measure, most=most["name"], count=count)
    return words.say("own.layer.counts", measure=measure, most=most["name"], count=count, least=least["name"], few=few)


def counts_title(name: str, measure: str) -> str:
    """Return the title of the map of counts."""
    return english().say("own.layer.counts_title", name=name, measure=measure)


def counts_note() -> str:
    """Say what one's own counts are."""
    return english().say("own.layer.counts_note")


def count_tips(wards: ShownFrame, measure: str) -> list[str]:
    """Return the rest of each ward's tooltip: its count, and whether only some of its small areas have one."""
    tips = []
    for value, counted, areas in wards[["value", "counted", "areas"]].itertuples(index=False):
        tip = f"{measure}: {people(as_shown(float(value)))}"
        if 0 < counted < areas:
            tip += "\n" + english().say("own.layer.partly", n=digits(counted), of=digits(areas))
        tips.append(tip)
    return tips
