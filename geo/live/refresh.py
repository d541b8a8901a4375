"""Refresh of a pack: fetch each source from its publisher, build, check, swap; and the way back.

What a publisher gives is taken only when the whole pack builds with it and passes its checks. Otherwise that source
keeps the bytes that the present pack was built from, which the pack's own provenance names by their SHA-256.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from geo.build import build_pack
from geo.builder.writing import sweep
from geo.errors import PackError, ReachError, SourceError, UnknownNameError
from geo.live.cache import Cache, Edition
from geo.live.http import Session
from geo.live.publishers import fetch_live
from geo.live.report import Done, RefreshReport, SourceLine
from geo.live.settings import Publishers, read_publishers
from geo.packs import packs_folder
from geo.recipe import Recipe, read_recipe, with_vintage
from geo.reconcile import check_pack
from geo.scratch import put_in_place, scratch_folder
from geo.timetable.assumed import assumed_path

CACHE = ".sources"
PREVIOUS = ".previous"
# A source that had this much more before has lost half a file, or its publisher has changed a word.
_LEAST_SHARE = 0.5
_DAYS_KEPT = 30


@dataclass(frozen=True)
class _Before:
    """A source in the present pack; ``rows`` is 0 where the pack does not count them."""

    sha256: str
    rows: int


def refresh(
    area: str,
    *,
    sources: Path | None = None,
    only: Collection[str] = (),
    offline: bool = False,
    root: Path | None = None,
    publishers: Publishers | None = None,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    build: Callable[..., Path] = build_pack,
) -> RefreshReport:
    """Fetch the sources of an area from their publishers, and put the pack built from them in the place of the old one.

    Parameters
    ----------
    area
        Name of its recipe.
    sources
        Folder of files for what no publisher is asked for, and for what was never fetched.
    only
        Keys of the sources to fetch; all that have a ``live`` table when left out.
    offline
        Ask nobody; build from what was fetched before.
    root, publishers
        Folder of packs and recipes, and the settings of the publishers; the usual ones when left out.
    tell, sleep, now, build
        Where it says what it does and waits for; how it waits, what time it is, and how it builds.

    Raises
    ------
    UnknownNameError
        When there is no such recipe, or `only` names a source that nobody can be asked for.
    SourceError, PackError
        When no whole pack could be built; the old one is as it was.
    """
    root = packs_folder() if root is None else root
    recipe = read_recipe(area, root)
    live = [key for key, source in recipe.sources.items() if source.live]
    unknown = sorted(set(only) - set(live))
    if unknown:
        raise UnknownNameError("source with a live table", unknown[0], live)
    publishers = read_publishers() if publishers is None else publishers
    asked = [] if offline else [key for key in live if not only or key in only]
    with (
        scratch_folder(root, area) as (scratch, swept),
        Session(Cache(root / CACHE), publishers.agent, sleep=sleep, now=now, tell=tell) as session,
    ):
        sweep(root / recipe.code)
        run = _Run(recipe, root, scratch, session.cache, build, tell)
        previous = run.previous(sources)
        fetched, faults = _fetch(recipe, asked, previous, session, publishers, tell)
        taken = {key: digest for key, digest in fetched.items() if previous.get(key) != digest}
        needed = [key for key, source in recipe.sources.items() if not source.optional]
        missing = [key for key in needed if key not in previous and key not in taken]
        if missing:
            told = "; ".join(f"{key}: {faults.get(key, recipe.sources[key].file)}" for key in missing)
            raise SourceError(f"there are no bytes for {told}. Give a folder that has these files with --sources")
        taken, refused = run.settle(previous, taken)
        changed = run.swap()
        present = {**previous, **taken}
        report = RefreshReport(
            area,
            root / recipe.code,
            changed,
            tuple(
                run.line(key, present.get(key, ""), taken, asked, {**faults, **refused}, sources)
                for key in recipe.sources
            ),
            swept,
        )
        session.cache.prune(_digests(root), (now().date() - timedelta(days=_DAYS_KEPT)).isoformat())
    return report


def rollback(area: str, root: Path | None = None) -> Path:
    """Bring back the pack from before the last refresh; the present one becomes the kept one.

    Returns
    -------
    The folder of the pack.

    Raises
    ------
    PackError
        When no earlier pack is kept, or it is damaged.
    """
    root = packs_folder() if root is None else root
    kept = root / PREVIOUS
    if not (kept / area / "pack.json").is_file():
        raise PackError(f"no earlier pack of {area!r} is kept: a refresh keeps one when it changes the pack")
    check_pack(area, kept)
    with scratch_folder(root, area) as (scratch, _):
        shutil.copytree(kept / area, scratch / "back")
        present = _is_whole(area, root)
        if present:
            shutil.copytree(root / area, scratch / "kept")
        put_in_place(scratch / "back", root / area, scratch)
        if present:
            put_in_place(scratch / "kept", kept / area, scratch)
    return root / area


def _fetch(
    recipe: Recipe,
    asked: Collection[str],
    previous: Mapping[str, str],
    session: Session,
    publishers: Publishers,
    tell: Callable[[str], None],
) -> tuple[dict[str, str], dict[str, str]]:
    """Fetch sources; return the SHA-256 of each that came, and why each other one did not."""
    fetched: dict[str, str] = {}
    faults: dict[str, str] = {}
    for number, key in enumerate(asked, start=1):
        about = f"{number}/{len(asked)} {key}"

        def say(text: str, about: str = about) -> None:
            tell(f"{about}: {text}")

        session.tell = say
        say(f"asks {recipe.sources[key].publisher}")
        try:
            got = fetch_live(session, recipe.sources[key].live, publishers)
        except ReachError as error:
            faults[key] = _short(error)
        except Exception as error:  # an answer in a form that nobody thought of must cost this source alone
            faults[key] = f"the answer has another form than is expected ({type(error).__name__}: {_short(error)})"
        else:
            fetched[key] = session.cache.keep(got.content)
            if session.cache.edition(fetched[key]) is None:
                # What has not changed keeps the vintage of the recipe.
                same = got.dated is None or fetched[key] == previous.get(key)
                vintage = "" if same else got.dated or session.today
                session.cache.remember_edition(fetched[key], Edition(session.today, vintage))
            continue
        say(f"not fetched: {faults[key]}")
    return fetched, faults


class _Run:
    """One refresh: its folders, and what the present pack was built from."""

    def __init__(
        self,
        recipe: Recipe,
        root: Path,
        scratch: Path,
        cache: Cache,
        build: Callable[..., Path],
        tell: Callable[[str], None],
    ) -> None:
        self.recipe, self.root, self.scratch, self.cache, self.build, self.tell = (
            recipe, root, scratch, cache, build, tell
        )  # fmt: skip
        self.before = _built_from(root / recipe.code)

    def previous(self, folder: Path | None) -> dict[str, str]:
        """Return the SHA-256 of the bytes that each source has without a publisher; those bytes are in the cache then.

        What a publisher is asked for comes from the present pack, before the user's folder; anything else the other
        way round, because the folder is the only place where it can be renewed.
        """
        found: dict[str, str] = {}
        for key, source in self.recipe.sources.items():
            file = folder / source.file if folder is not None else None
            given = self.cache.keep(file.read_bytes()) if file is not None and file.is_file() else ""
            had = self.before[key].sha256 if key in self.before else ""
            had = had if self.cache.has(had) else ""
            digest = (had or given) if source.live else (given or had)
            if digest:
                found[key] = digest
        return found

    def settle(self, previous: Mapping[str, str], taken: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Build with all that was fetched; put back, source by source, what does not build.

        Returns
        -------
        What was taken, and why each other source was refused.
        """
        left, refused = dict(taken), dict[str, str]()
        while True:
            try:
                self._attempt({**previous, **left})
                return left, refused
            except ReachError as error:
                spare = {key for key in left if key in previous or self.recipe.sources[key].optional}
                blamed = [key for key in left if key in spare and self._is_about(error, key)]
                if not blamed:
                    if not spare:
                        raise
                    break
                for key in blamed:
                    refused[key] = self._refusal(key, error, previous)
                    del left[key]
        # The fault names no source, so each is tried in turn upon those that build.
        good = {key: digest for key, digest in left.items() if key not in spare}
        for key in [key for key in left if key in spare]:
            try:
                self._attempt({**previous, **good, key: left[key]})
                good[key] = left[key]
            except ReachError as error:
                refused[key] = self._refusal(key, error, previous)
        self._attempt({**previous, **good})
        return good, refused

    def _refusal(self, key: str, error: Exception, previous: Mapping[str, str]) -> str:
        """Tell that a source does not build, and return why."""
        why = f"does not build: {_short(error)}"
        instead = "its bytes from before are put back" if key in previous else "the pack is built without it"
        self.tell(f"{key}: {why}; {instead}")
        return why

    def swap(self) -> bool:
        """Put the pack that was built in the place of the present one, which is kept; False when they are the same."""
        area, new, present = self.recipe.code, self.scratch / "packs" / self.recipe.code, self.root / self.recipe.code
        if _is_whole(area, self.root):
            if (present / "pack.json").read_bytes() == (new / "pack.json").read_bytes():
                return False
            # A copy, so that there is a pack in its place at each moment.
            shutil.copytree(present, self.scratch / "kept")
            put_in_place(self.scratch / "kept", self.root / PREVIOUS / area, self.scratch)
        self.tell("the new pack takes its place")
        put_in_place(new, present, self.scratch)
        return True

    def line(
        self,
        key: str,
        digest: str,
        taken: Mapping[str, str],
        asked: Collection[str],
        faults: Mapping[str, str],
        folder: Path | None,
    ) -> SourceLine:
        """Say what became of a source."""
        source = self.recipe.sources[key]
        if not digest:
            why = faults.get(key, "not asked for" if source.live else "not in the folder of sources")
            return SourceLine(key, source.file, "absent", why, 0, "", "", failed=key in faults)
        edition = self.cache.edition(digest)
        date = edition.fetched if edition is not None else source.vintage
        from_folder = folder is not None and (self.before.get(key) is None or self.before[key].sha256 != digest)
        why = faults.get(key, "")
        done: Done = "from folder" if from_folder else "kept"
        if key in taken:
            done = "fetched"
        elif key in asked and not why:
            done = "unchanged"
        elif not why:
            why = "not asked for" if source.live else "no publisher is asked for it"
        size = self.cache.path(digest).stat().st_size
        return SourceLine(key, source.file, done, why, size, date, digest, failed=key in faults)

    def _attempt(self, chosen: Mapping[str, str]) -> None:
        """Build the pack from these bytes in the scratch folder, and check it.

        The present pack lies beside the recipe there, as in its own folder, in case the build compares with it.
        """
        area, packs, files = self.recipe.code, self.scratch / "packs", self.scratch / "files"
        for folder in (packs, files):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.root / "recipes", packs / "recipes")
        assumed = assumed_path(area, self.root)
        if assumed.is_file():  # the check of the pack finds out whether the stops that it names are still there
            assumed_path(area, packs).parent.mkdir(parents=True)
            shutil.copyfile(assumed, assumed_path(area, packs))
        if (self.root / area).is_dir():
            shutil.copytree(self.root / area, packs / area)
        self._date_recipe(packs, chosen)
        for key, digest in chosen.items():
            file = files / self.recipe.sources[key].file
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.cache.path(digest), file)

        def say(step: str, number: int, total: int) -> None:
            self.tell(f"builds {number}/{total} {step}")

        try:
            self.build(area, files, root=packs, progress=say)
            self.tell("checks the pack")
            check_pack(area, packs)
        except ReachError:
            raise
        except Exception as error:
            raise SourceError(f"the pack could not be built: {type(error).__name__}: {_short(error)}") from error
        self._check_rows(packs, chosen)

    def _date_recipe(self, packs: Path, chosen: Mapping[str, str]) -> None:
        """Give the recipe that is built from the vintages of what was fetched."""
        editions = {key: self.cache.edition(digest) for key, digest in chosen.items() if self.recipe.sources[key].live}
        dated = {key: one.vintage for key, one in editions.items() if one is not None and one.vintage}
        path = packs / "recipes" / f"{self.recipe.code}.toml"
        text = path.read_text(encoding="utf-8")
        for key, vintage in dated.items():
            text = with_vintage(text, key, vintage)
        path.write_text(text, encoding="utf-8")
        made = read_recipe(self.recipe.code, packs).sources
        wrong = [key for key, vintage in dated.items() if made[key].vintage != vintage]
        if wrong:
            raise SourceError(
                f"{path.name}: the vintage of {', '.join(wrong)} could not be dated; write it as a line of its own, "
                f"vintage = …, below [sources.{wrong[0]}]"
            )

    def _check_rows(self, packs: Path, chosen: Mapping[str, str]) -> None:
        after = _built_from(packs / self.recipe.code)
        for key, had in self.before.items():
            if key in after and chosen.get(key) != had.sha256 and after[key].rows < _LEAST_SHARE * had.rows:
                raise SourceError(
                    f"{Path(self.recipe.sources[key].file).name}: only {after[key].rows} rows are of use, "
                    f"{had.rows} were before; if that is right, take the file with reach data build"
                )

    def _is_about(self, error: Exception, key: str) -> bool:
        name = Path(self.recipe.sources[key].file).name
        return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", str(error)) is not None


def _built_from(folder: Path) -> dict[str, _Before]:
    """Return what a pack was built from, by key of the source; nothing where there is no readable pack."""
    try:
        content: Any = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        given = [row for row in content["sources"] if row.get("given", True)]
        return {row["key"]: _Before(str(row["sha256"]), int(row.get("rows") or 0)) for row in given}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_whole(area: str, root: Path) -> bool:
    try:
        check_pack(area, root)
    except ReachError:
        return False
    return True


def _digests(root: Path) -> set[str]:
    """Return the SHA-256 of all that the packs in a folder, and the kept ones, were built from."""
    folders = [path.parent for pattern in ("*/pack.json", f"{PREVIOUS}/*/pack.json") for path in root.glob(pattern)]
    return {source.sha256 for folder in folders for source in _built_from(folder).values()}


def _short(error: Exception) -> str:
    """Return the first two lines of an error as one."""
    return " ".join(line.strip() for line in str(error).splitlines()[:2])
