"""How long it takes to check 50,000 rows of one's own: ``python -m benchmarks.own_data``."""

import io
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.own.counts import read_counts
from geo.own.files import read_bytes
from geo.own.grid import degrees
from geo.own.places import read_places
from geo.own.table import MOST_ROWS
from geo.pack import AreaPack
from geo.packs import list_packs, open_pack

BUDGET_S = 5.0


def inputs(pack: AreaPack, count: int = MOST_ROWS) -> dict[str, tuple[bytes, str]]:
    """Make files of `count` rows: good ones, ones of which every row is wrong or in doubt, and counts by postcode."""
    random = np.random.default_rng(1)
    homes = pack.demand.iloc[random.integers(0, len(pack.demand), count)]
    xy = homes[["easting", "northing"]].to_numpy(np.float64) + random.normal(0, 50, (count, 2))
    lonlat = degrees(xy, pack.crs).round(6)
    good = pd.DataFrame(
        {
            "name": [f"Place {number}" for number in range(count)],
            "postcode": homes["postcode"].to_numpy(),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
        }
    )
    bad = good.assign(lat=good["lat"].astype(str).where(np.arange(count) % 2 == 0, "far"), lon=good["lon"] - 0.1)
    swapped = good.rename(columns={"lon": "lat", "lat": "lon"})
    counts = pd.DataFrame({"postcode": homes["postcode"].to_numpy(), "children": random.integers(0, 30, count)})
    book = io.BytesIO()
    good.to_excel(book, index=False)
    return {
        "places, CSV": (good.to_csv(index=False).encode(), "places"),
        "places, CSV with decimal commas": (good.to_csv(index=False, sep=";", decimal=",").encode(), "places"),
        "places, workbook": (book.getvalue(), "places"),
        "places, every row wrong or far apart": (bad.to_csv(index=False).encode(), "places"),
        "places, every row swapped": (swapped.to_csv(index=False).encode(), "places"),
        "counts by postcode, CSV": (counts.to_csv(index=False).encode(), "counts"),
    }


def checked(content: bytes, kind: str, pack: AreaPack, progress: Callable[[float], None]) -> str:
    """Read and check a file; return what was found in a few words."""
    table = read_bytes(content, kind, progress=progress)
    if kind == "counts":
        counts = read_counts(table, pack, progress=progress)
        return f"{counts.used} rows, {len(counts.problems)} problems"
    places = read_places(table, pack, progress=progress)
    return f"{len(places.rows)} rows, {len(places.problems)} problems, {len(places.questions)} questions"


def main() -> None:
    """Time each file, print the seconds, and end in an error when one takes longer than `BUDGET_S`."""
    pack = open_pack(list_packs()[0])
    slow = []
    for name, (content, kind) in inputs(pack).items():
        told: list[float] = []
        start = time.perf_counter()
        said = checked(content, kind, pack, told.append)
        seconds = time.perf_counter() - start
        print(f"{seconds:5.2f} s  {name}: {said}; progress told {len(told)} times")
        if seconds > BUDGET_S:
            slow.append(name)
    if slow:
        raise SystemExit(f"slower than {BUDGET_S:.0f} s: {', '.join(slow)}")


if __name__ == "__main__":
    main()
