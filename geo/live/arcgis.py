"""Boundaries from the ONS Open Geography portal.

Format: Esri, *ArcGIS REST API, query (feature service/layer)*: ``…/FeatureServer/0/query`` with ``f=geojson`` gives
pages of a GeoJSON FeatureCollection; ``exceededTransferLimit`` (beside ``features``, or in ``properties``) says that
more follow. The pages become one GeoJSON in WGS 84, features in order of their code, which :mod:`geo.boundaries.load`
reads. How many there must be is asked first. An error comes with the status 200 and an ``error`` in the JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, PublisherError, Session
from geo.live.settings import Publisher
from geo.values import made_of


@dataclass(frozen=True)
class Asked:
    """A part of a layer.

    Attributes
    ----------
    layer
        Service and number, such as ``"Output_Areas_December_2011_Boundaries_EW_BGC/FeatureServer/0"``.
    where
        Which features, in SQL: ``"LAD11CD = 'E06000001'"``.
    fields
        The publisher's name of each property that is kept, and ours; the first is the code.
    """

    layer: str
    where: str
    fields: Mapping[str, str]


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the features of a layer, page after page."""
    want = made_of(Asked, asked, "what is asked of Open Geography")
    url, code = f"{at.address}/{want.layer}/query", next(iter(want.fields))
    count = _answer(session, at, url, {"where": want.where, "returnCountOnly": "true", "f": "json"}).get("count")
    features: list[dict[str, Any]] = []
    while True:
        page = _answer(
            session,
            at,
            url,
            {
                "where": want.where,
                "outFields": ",".join(want.fields),
                "orderByFields": code,
                "outSR": 4326,
                "resultOffset": len(features),
                "resultRecordCount": at.page,
                "f": "geojson",
            },
        )
        more = page.get("exceededTransferLimit") or (page.get("properties") or {}).get("exceededTransferLimit")
        found = page.get("features")
        if not isinstance(found, list):
            raise PublisherError(f"{url}: the answer has no features")
        features += found
        session.tell(f"{len(features)} of {count} areas")
        if not more or not found:
            break
    if len(features) != count:
        raise PublisherError(f"{url}: {len(features)} features came, {count} were announced")
    return Fetched(_collection(features, want.fields, url), dated=None)


def _answer(session: Session, at: Publisher, url: str, params: Mapping[str, Any]) -> dict[str, Any]:
    content = json.loads(session.get(at, url, params, kind="json").content)
    if not isinstance(content, dict) or "error" in content:
        told = content.get("error", {}).get("message", "") if isinstance(content, dict) else ""
        raise PublisherError(f"{url}: the portal refuses the question {told!r}")
    return content


def _collection(features: list[dict[str, Any]], fields: Mapping[str, str], url: str) -> bytes:
    kept: list[dict[str, Any]] = []
    for feature in features:
        given = feature.get("properties") or {}
        missing = [name for name in fields if name not in given]
        if missing:
            raise PublisherError(f"{url}: has no property {', '.join(missing)}; it has: {', '.join(given)}")
        named = {ours: given[theirs] for theirs, ours in fields.items()}
        kept.append({"type": "Feature", "properties": named, "geometry": feature.get("geometry")})
    code = next(iter(fields.values()))
    kept.sort(key=lambda feature: str(feature["properties"][code]))
    whole = {"type": "FeatureCollection", "features": kept}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
