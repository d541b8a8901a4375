"""Postcodes from OS Code-Point Open.

Format: Ordnance Survey, *OS Downloads API*: ``/products/CodePointOpen`` states the edition, ``…/downloads`` lists its
files with size and MD5; the ZIP of CSV has ``Data/CSV/ss.csv`` for each postcode area, without a header, which
:mod:`geo.sources.code_point_open` reads. The files of the areas asked for are joined in that order.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, PublisherError, Session
from geo.live.settings import Publisher
from geo.values import made_of


@dataclass(frozen=True)
class Asked:
    """The postcode areas, such as ``["SS"]``, and the product."""

    postcode_areas: tuple[str, ...]
    product: str = "CodePointOpen"


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the postcodes of some areas."""
    want = made_of(Asked, asked, "what is asked of OS Downloads")
    product = f"{at.address}/products/{want.product}"
    about = json.loads(session.get(at, product, kind="json").content)
    offers = json.loads(session.get(at, f"{product}/downloads", kind="json").content)
    try:
        offer = next(one for one in offers if one["format"] == "CSV" and one.get("area", "GB") == "GB")
        url, edition = str(offer["url"]), str(about["version"])
    except (StopIteration, KeyError, TypeError):
        raise PublisherError(f"{product}: offers no CSV of Great Britain in the form that is expected") from None
    content = session.get(at, url, kind="zip").content
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if offer.get("md5", digest).lower() != digest:
        raise PublisherError(f"{offer.get('fileName', url)}: is another file than the list of downloads says (MD5)")
    return Fetched(b"".join(_areas(content, want.postcode_areas)), edition)


def _areas(content: bytes, areas: tuple[str, ...]) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name.rsplit("/", 1)[-1].lower(): name for name in archive.namelist()}
        missing = [area for area in areas if f"{area.lower()}.csv" not in members]
        if missing:
            raise PublisherError(f"Code-Point Open: has no file of the postcode area {', '.join(missing)}")
        parts = [archive.read(members[f"{area.lower()}.csv"]) for area in areas]
    return [part if part.endswith(b"\n") else part + b"\n" for part in parts]
