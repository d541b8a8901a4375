"""What changed between two packs, in plain words: for the page, the command line and whoever reads aloud."""

import pandas as pd

from analysis.reach.reach import GROUPS
from analysis.trends.pack_changes import PackChanges
from geo.measures import BASELINES, MEASURES
from geo.services import CATEGORIES
from wording.numbers import listed, small
from wording.rounding import per_cent, shortest

KIND_WORDS = {
    "opened": "opened",
    "closed": "closed, or no longer listed",
    "listed": "listed for the first time (new source)",
    "unlisted": "no longer listed (source dropped)",
    "moved": "moved",
    "placed": "placed more exactly",
    "renamed": "renamed",
    "recategorised": "changed category",
    "renumbered": "has another register number",
}
_TOLD = {
    "opened": "opened",
    "closed": "closed or left the list",
    "listed": "came with a new source",
    "unlisted": "went with a source that was dropped",
    "moved": "moved",
    "renamed": "changed name",
    "recategorised": "changed category",
}
WHY_WORDS = {
    "new": "new: there is nothing to compare with",
    "gone": "no longer there",
    "year": "another year",
    "unit": "another unit",
    "source": "another source",
    "status": "another status",
    "method": "made or described in another way",
    "threshold_min": "another threshold, minutes",
    "mode": "another way of travelling",
    "speed_kmh": "another speed, km/h",
    "who is counted": "other people are counted",
    "its wards": "other wards make it up",
}
_MOST_PLACES = 3


def category_words(category: str) -> str:
    """Name a category as people do; one that this version does not know by its own word."""
    return CATEGORIES[category].label if category in CATEGORIES else category.replace("_", " ")


def baseline_words(baseline: str) -> str:
    """Name a baseline as people do; a period of a published series by itself."""
    return BASELINES.get(baseline, baseline).partition(" (")[0]


def sentences(changes: PackChanges) -> list[str]:
    """Say what changed, the weightiest first: services, reach, figures, sources, and what is not compared."""
    if changes.before.digest == changes.after.digest:
        return ["These are the same data: nothing changed."]
    if changes.nothing:
        renewed = " and ".join(changes.parts)
        what = f"The {renewed} were compiled anew, but no" if renewed else "Files were compiled anew, but no"
        return [f"{what} source, service, ward figure or reach changed."]
    told = [_places(changes), _reach(changes), _figures(changes), _sources(changes), _apart(changes)]
    return [sentence for sentence in told if sentence]


def _places(changes: PackChanges) -> str:
    counts = [(changes.count(kind), words) for kind, words in _TOLD.items()]
    told = [f"{number} {words}" for number, words in counts if number]
    if not told:
        return "No service opened, closed, moved or changed its name."
    first = next(number for number, _ in counts if number)
    noun = "service" if first == 1 else "services"
    number, _, words = told[0].partition(" ")
    return f"{listed([f'{number} {noun} {words}', *told[1:]])}."


def _reach(changes: PackChanges) -> str:
    wards = changes.reach[~changes.reach["code"].isin(GROUPS)]
    if wards.empty:
        return "In no ward did the share of children who can reach a service change."
    known = wards[wards["difference"].notna()]
    if known.empty:
        return "Reach changed by too few children to show."
    count = known["code"].nunique()
    head = f"Reach changed in {count} {'ward' if count == 1 else 'wards'}"
    row = known.iloc[int(known["difference"].abs().argmax())]
    people = MEASURES[changes.after.people].label if changes.after.people in MEASURES else "people"
    because = _because(str(row["because"]))
    return (
        f"{head}: most in {row['name']}, where {per_cent(row['before'])} of {small(people)} could "
        f"reach a {category_words(str(row['service']))} within {shortest(row['threshold_min'])} minutes and "
        f"{per_cent(row['after'])} can now{because}."
    )


def _because(because: str) -> str:
    if not because:
        return ""
    causes = because.split("; ")
    more = f"; and {len(causes) - _MOST_PLACES} more" if len(causes) > _MOST_PLACES else ""
    return f" ({'; '.join(causes[:_MOST_PLACES])}{more})"


def _figures(changes: PackChanges) -> str:
    wards = changes.figures[~changes.figures["code"].isin(GROUPS)]
    if wards.empty:
        return "No ward figure changed."
    counts, measures = wards["code"].nunique(), wards[["measure", "baseline"]].drop_duplicates()
    keys = list(measures.itertuples(index=False))[:3]
    names = listed([f"{_label(wards, *key)} ({baseline_words(key[1])})" for key in keys])
    more = f" and {len(measures) - 3} more" if len(measures) > 3 else ""
    return f"Figures changed in {counts} {'ward' if counts == 1 else 'wards'}: {names}{more}."


def _label(rows: pd.DataFrame, measure: str, baseline: str) -> str:
    return str(rows.loc[(rows["measure"] == measure) & (rows["baseline"] == baseline), "label"].iloc[0])


def _sources(changes: PackChanges) -> str:
    counts = changes.sources["change"].value_counts()
    words = {"renewed": "renewed", "added": "added", "dropped": "dropped", "relabelled": "given another date"}
    told = [f"{counts[kind]} {word}" for kind, word in words.items() if kind in counts]
    return f"Sources: {listed(told)}." if told else "No source was renewed."


def _apart(changes: PackChanges) -> str:
    figures = changes.not_compared.drop_duplicates(["subject", "kind", "baseline"])
    remade = figures[~figures["why"].isin(["new", "gone"])]
    if remade.empty:
        return ""
    names = [
        f"{subject} ({baseline_words(baseline)})" if kind == "figure" else _subject(subject, kind)
        for subject, kind, baseline in remade[["subject", "kind", "baseline"]].itertuples(index=False)
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Not compared, since they are made or asked in another way now: {'; '.join(names[:3])}{more}."


def _subject(subject: str, kind: str) -> str:
    return f"reach of a {category_words(subject)}" if kind == "reach" else subject


def subject_words(row: pd.Series) -> str:
    """Name what a row of `not_compared` is about."""
    return _subject(str(row["subject"]), str(row["kind"]))
