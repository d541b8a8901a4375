"""What changed between two packs, in plain words: for the page, the command line and whoever reads aloud."""

import pandas as pd

from analysis.reach.reach import GROUPS
from analysis.trends.pack_changes import PackChanges
from geo.measures import MEASURES
from geo.services import CATEGORIES
from wording.languages import english
from wording.numbers import capital, listed, small
from wording.rounding import per_cent, shortest

KIND_WORDS = english().named("pack_changes.named")
"""A change of a place, by its kind."""
WHY_WORDS = english().named("pack_changes.why")
"""Why two figures are not compared, by the kind of reason."""
_TOLD = ("opened", "closed", "listed", "unlisted", "moved", "renamed", "recategorised")
_SOURCES = ("renewed", "added", "dropped", "relabelled")
_MOST = 3


def category_words(category: str) -> str:
    """Name a category as people do; one that this version does not know by its own word."""
    return CATEGORIES[category].label if category in CATEGORIES else category.replace("_", " ")


def baseline_words(baseline: str) -> str:
    """Spell the name of a baseline out, since a summary holds no label of it; a period of a series stands as it is."""
    return capital(baseline.replace("_", " "))


def sentences(changes: PackChanges) -> list[str]:
    """Say what changed, the weightiest first: services, reach, figures, sources, and what is not compared."""
    say = english().say
    if changes.before.digest == changes.after.digest:
        return [say("pack_changes.same")]
    if changes.nothing:
        renewed = f" {say('words.and')} ".join(changes.parts)
        return [say("pack_changes.renewed_alone" if renewed else "pack_changes.files_alone", parts=renewed)]
    told = [_places(changes), _reach(changes), _figures(changes), _sources(changes), _apart(changes)]
    return [sentence for sentence in told if sentence]


def _places(changes: PackChanges) -> str:
    words = english()
    counts = {kind: count for kind in _TOLD if (count := changes.count(kind))}
    if not counts:
        return words.say("pack_changes.places.none")
    told = [
        words.say("pack_changes.places.other", n=count, told=words.say(f"pack_changes.told.{kind}"))
        for kind, count in counts.items()
    ]
    kind, count = next(iter(counts.items()))
    first = words.counted("pack_changes.places.first", count, n=count, told=words.say(f"pack_changes.told.{kind}"))
    return f"{listed([first, *told[1:]])}."


def _reach(changes: PackChanges) -> str:
    words = english()
    wards = changes.reach[~changes.reach["code"].isin(GROUPS)]
    if wards.empty:
        return words.say("pack_changes.reach.none")
    known = wards[wards["difference"].notna()]
    if known.empty:
        return words.say("pack_changes.reach.too_few")
    row = known.iloc[int(known["difference"].abs().argmax())]
    counted = MEASURES.get(changes.after.people)
    return words.counted(
        "pack_changes.reach.changed",
        known["code"].nunique(),
        name=row["name"],
        before=per_cent(row["before"]),
        people=small(counted.label) if counted else words.say("pack_changes.reach.people"),
        service=category_words(str(row["service"])),
        within=shortest(row["threshold_min"]),
        after=per_cent(row["after"]),
        because=_because(str(row["because"])),
    )


def _because(because: str) -> str:
    if not because:
        return ""
    causes = because.split("; ")
    kind = "because_and_more" if len(causes) > _MOST else "because"
    return english().say(f"pack_changes.{kind}", causes="; ".join(causes[:_MOST]), n=len(causes) - _MOST)


def _figures(changes: PackChanges) -> str:
    words = english()
    wards = changes.figures[~changes.figures["code"].isin(GROUPS)]
    if wards.empty:
        return words.say("pack_changes.figures.none")
    measures = wards[["measure", "baseline"]].drop_duplicates()
    keys = list(measures.itertuples(index=False))[:_MOST]
    figures = listed([_labelled(_label(wards, *key), key[1]) for key in keys])
    if len(measures) > _MOST:
        figures = words.say("pack_changes.figures.more", figures=figures, n=len(measures) - _MOST)
    return words.counted("pack_changes.figures.changed", wards["code"].nunique(), figures=figures)


def _labelled(label: str, baseline: str) -> str:
    return english().say("pack_changes.labelled", label=label, baseline=baseline_words(baseline))


def _label(rows: pd.DataFrame, measure: str, baseline: str) -> str:
    return str(rows.loc[(rows["measure"] == measure) & (rows["baseline"] == baseline), "label"].iloc[0])


def _sources(changes: PackChanges) -> str:
    counts, say = changes.sources["change"].value_counts(), english().say
    told = [say(f"pack_changes.sources.{kind}", n=counts[kind]) for kind in _SOURCES if kind in counts]
    return say("pack_changes.sources.changed", told=listed(told)) if told else say("pack_changes.sources.none")


def _apart(changes: PackChanges) -> str:
    figures = changes.not_compared.drop_duplicates(["subject", "kind", "baseline"])
    remade = figures[~figures["why"].isin(["new", "gone"])]
    if remade.empty:
        return ""
    names = [
        _labelled(subject, baseline) if kind == "figure" else _subject(subject, kind)
        for subject, kind, baseline in remade[["subject", "kind", "baseline"]].itertuples(index=False)
    ]
    say, subjects = english().say, "; ".join(names[:_MOST])
    if len(names) > _MOST:
        subjects = say("pack_changes.apart.more", subjects=subjects, n=len(names) - _MOST)
    return say("pack_changes.apart.told", subjects=subjects)


def _subject(subject: str, kind: str) -> str:
    return english().say("pack_changes.reach_of", service=category_words(subject)) if kind == "reach" else subject


def subject_words(row: pd.Series) -> str:
    """Name what a row of `not_compared` is about."""
    return _subject(str(row["subject"]), str(row["kind"]))
