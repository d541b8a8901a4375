"""Streets fetched live: the real code against a server on loopback that answers as Overpass does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import osmnx as ox
import pytest
import shapely

from geo.errors import SourceError
from geo.sources.osm import compile_network, fetch_graph

NODES = {1: (0.7100, 51.5400), 2: (0.7120, 51.5400), 3: (0.7120, 51.5412), 4: (0.7140, 51.5400)}
WAYS = {
    10: ([1, 2], {"highway": "residential", "name": "Live Road"}),
    11: ([2, 3], {"highway": "steps"}),
    12: ([2, 4], {"highway": "tertiary", "name": "Fetched Street", "oneway": "yes"}),
}
AREA = shapely.box(0.705, 51.535, 0.72, 51.545)


def answer():
    elements = [{"type": "node", "id": ref, "lon": lon, "lat": lat} for ref, (lon, lat) in NODES.items()]
    elements += [{"type": "way", "id": ref, "nodes": nodes, "tags": tags} for ref, (nodes, tags) in WAYS.items()]
    return {"version": 0.6, "generator": "Overpass API", "elements": elements}


class Overpass(BaseHTTPRequestHandler):
    reply, asked = b"", []

    def do_POST(self):
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.reply)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def overpass(monkeypatch):
    handler = type("Handler", (Overpass,), {"reply": json.dumps(answer()).encode(), "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(ox.settings, "overpass_url", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(ox.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(ox.settings, "use_cache", False)
    # osmnx looks the host's address up over DNS-over-HTTPS unless told otherwise
    monkeypatch.setattr(ox.settings, "doh_url_template", None)
    yield handler
    server.shutdown()
    server.server_close()


def test_live_streets_become_the_same_arrays_as_a_file(overpass):
    network, islands = compile_network(fetch_graph(AREA, "EPSG:27700"))
    assert network.n_edges == 3
    assert set(network.class_names) == {"residential", "steps", "tertiary"}
    assert {"Live Road", "Fetched Street"} <= set(network.street_names)
    assert len(islands.frame) == 0
    one_way = network.edge_forward != network.edge_backward
    assert [network.street_names[i] for i in network.edge_name[one_way]] == ["Fetched Street"]
    assert "way" in overpass.asked[0]
    assert "highway" in overpass.asked[0]


def test_an_empty_answer_says_so(overpass):
    overpass.reply = json.dumps({**answer(), "elements": []}).encode()
    with pytest.raises(SourceError, match="Overpass"):
        fetch_graph(AREA, "EPSG:27700")


def test_an_answer_that_is_not_json_says_so(overpass):
    overpass.reply = b"<html>too busy</html>"
    with pytest.raises(SourceError, match="Overpass"):
        fetch_graph(AREA, "EPSG:27700")
