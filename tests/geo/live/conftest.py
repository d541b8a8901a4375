"""The publishers on loopback, the town's folder, and a session that never really waits."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from geo.build import build_pack
from geo.errors import SourceError
from geo.live.cache import Cache
from geo.live.http import Session
from geo.live.refresh import refresh
from geo.live.settings import Publisher, Publishers
from geo.packs import file_digest
from geo.recipe import read_recipe
from tests.geo.live import area, server

LIMITS = {
    "timeout_s": 1.0,
    "tries": 3,
    "wait_s": 1.0,
    "longest_wait_s": 60.0,
    "pause_s": 0.0,
    "key_variable": "TEST_KEY",
}


class Clock:
    """A clock that waiting moves on; what was waited for is kept."""

    def __init__(self):
        self.time, self.waits = datetime(2026, 11, 26, 12, tzinfo=UTC), []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.waits.append(round(seconds, 3))
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def loopback():
    """The publishers of the town, for all tests: each leaves them without faults."""
    made = server.Publishers()
    area.answer_as_publishers(made)
    yield made
    made.close()


@pytest.fixture
def publishers(loopback, monkeypatch):
    """The server, with nothing wrong and nobody having asked."""
    routes = dict(loopback.routes)
    loopback.faults.clear()
    loopback.asked.clear()
    monkeypatch.setenv("TEST_KEY", "a key")
    yield loopback
    loopback.routes = routes


@pytest.fixture
def settings(publishers):
    """The settings that point at the server."""
    every = {name: Publisher(f"{publishers.address}/{name}", **LIMITS) for name in publishers.routes}
    return Publishers("ServiceReach/test", every)


@pytest.fixture
def told():
    """What the program said while it worked."""
    return []


@pytest.fixture
def session(tmp_path, clock, told):
    cache = Cache(tmp_path / "cache")
    with Session(cache, "ServiceReach/test", sleep=clock.sleep, now=clock.now, tell=told.append) as made:
        yield made


@pytest.fixture(scope="session")
def disk(tmp_path_factory):
    """The folder of the town's files."""
    folder = tmp_path_factory.mktemp("town")
    return area.lay_out(folder / "files", area.on_disk(folder))


@pytest.fixture(scope="session")
def built(tmp_path_factory, disk):
    """A folder of packs with the town's recipe, and the pack built from the folder of files."""
    root = tmp_path_factory.mktemp("built")
    (root / "recipes").mkdir()
    (root / "recipes" / "smalltown.toml").write_text(area.recipe(), encoding="utf-8")
    build_pack("smalltown", disk, root=root)
    return root


@pytest.fixture(scope="session")
def quick_build(built):
    """A builder that takes no time: the pack that there is, with the provenance of what it was given."""

    def build(area_name, sources, *, root, progress=lambda *_: None):
        recipe = read_recipe(area_name, root)
        progress("writing", 1, 1)
        new = root / "new"
        shutil.copytree(built / area_name, new)
        provenance = json.loads((new / "provenance.json").read_text(encoding="utf-8"))
        for row in provenance["sources"]:
            file = sources / row["file"]
            if not file.is_file():
                raise SourceError(f"{row['file']}: no such file under the folder of sources ({row['key']})")
            content = file.read_bytes()
            row |= {"sha256": sha256(content).hexdigest(), "vintage": recipe.sources[row["key"]].vintage}
            row["rows"] = content.count(b"\n")
        (new / "provenance.json").write_text(json.dumps(provenance, indent=1), encoding="utf-8")
        manifest = json.loads((new / "pack.json").read_text(encoding="utf-8"))
        manifest["files"]["provenance.json"] = file_digest(new / "provenance.json")
        (new / "pack.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        shutil.rmtree(root / area_name, ignore_errors=True)
        return new.rename(root / area_name)

    return build


@pytest.fixture
def town(tmp_path, built, disk, quick_build):
    """A folder of packs of one's own, with the town's pack in it."""
    root = tmp_path / "data"
    shutil.copytree(built / "recipes", root / "recipes")
    quick_build("smalltown", disk, root=root)
    return root


@pytest.fixture
def refreshed(town, disk, settings, clock, told, quick_build):
    """Refresh the town, with the quick builder and its folder of files; options as for `refresh`."""

    def run(**options):
        usual = {
            "root": town, "sources": disk, "publishers": settings, "tell": told.append,
            "sleep": clock.sleep, "now": clock.now, "build": quick_build,
        }  # fmt: skip
        return refresh("smalltown", **{**usual, **options})

    return run
