"""The packages that the product needs, with the versions installed here: one ``name==version`` a line.

Not those of the tests and the documentation: what a council runs is what a list of parts and a check of known faults
are about.
"""

import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("app", "build", "reports", "postgres")
PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def product_packages() -> dict[str, Distribution]:
    """Return every package that the product needs, by its name; `PackageNotFoundError` when one is not installed."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    own = canonicalize_name(project["name"])
    asked = project["dependencies"] + [one for name in EXTRAS for one in project["optional-dependencies"][name]]
    waiting = [Requirement(one) for one in asked]
    seen: set[tuple[str, frozenset[str]]] = set()
    found: dict[str, Distribution] = {}
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if name == own or (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = distribution(name)
        for line in found[name].requires or ():
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras or {""}):
                waiting.append(inner)
    return dict(sorted(found.items()))


if __name__ == "__main__":
    try:
        for name, one in product_packages().items():
            print(f"{name}=={one.version}")
    except PackageNotFoundError as error:
        raise SystemExit(f"not installed: {error}") from error
