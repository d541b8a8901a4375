"""Requests: waiting, asking again, resuming, and refusing what is not whole."""

import gzip
import io
import zipfile
from datetime import timedelta
from email.utils import format_datetime

import pytest

from geo.live.contents import fault_of
from geo.live.http import NotThereError, PublisherError
from geo.live.settings import Publisher
from tests.geo.live.server import (
    Reply,
    announces,
    becomes,
    cut_off,
    files,
    page,
    refuses,
    reset,
    says_nothing,
    send,
    unmeasured,
    write,
)

ROWS = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(20_000))


def zipped(content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", content)
    return made.getvalue()


@pytest.fixture
def at(publishers):
    """A publisher of a CSV file, a ZIP file and a gzip file."""
    held = {"rows.csv": ROWS, "rows.zip": zipped(ROWS), "rows.gz": gzip.compress(ROWS, mtime=0)}
    publishers.routes["files"] = files(held)
    return Publisher(
        f"{publishers.address}/files", timeout_s=0.3, tries=3, wait_s=1.0, longest_wait_s=60.0, pause_s=0.0, most_mb=1.0
    )


def get(session, at, name="rows.csv", kind="csv"):
    return session.get(at, f"{at.address}/{name}", kind=kind)


FAULTS = {
    "busy": refuses(429),
    "broken": refuses(500),
    "silent": says_nothing(0.6),
    "cut off": cut_off(),
    "reset": reset(),
    "page": becomes(page, "text/html"),
    "longer": announces(+10),
    "shorter": announces(-12),
    "half a row": becomes(lambda body: body[:-12]),
    "no length": unmeasured(lambda body: body[:-3]),
    "nothing": becomes(lambda _: b""),
    "bytes": becomes(lambda body: body[:100] + b"\0\1\2" + body[100:]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_passing_fault_is_mended_by_asking_again(session, at, publishers, clock, told, name):
    publishers.faults["files"] = [FAULTS[name]]
    assert get(session, at).content == ROWS
    assert len(publishers.asked) == 2
    assert len(clock.waits) == 1
    assert "try 2 of 3" in told[0]


@pytest.mark.parametrize("name", ["busy", "broken", "reset", "page", "longer", "nothing", "bytes"])
def test_a_lasting_fault_is_given_up_and_named(session, at, publishers, clock, name):
    publishers.faults["files"] = [FAULTS[name]] * 9
    with pytest.raises(PublisherError, match=r"files/rows\.csv"):
        get(session, at)
    assert len(publishers.asked) == at.tries
    assert not list((session.cache.folder / "bytes").iterdir()), "nothing of it is kept"


def test_each_wait_is_longer_than_the_one_before(session, at, publishers, clock):
    publishers.faults["files"] = [refuses(503)] * 2
    get(session, at)
    first, second = clock.waits
    assert 1 <= first <= 2 <= second <= 3


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_it_waits_as_long_as_the_publisher_asks(session, at, publishers, clock, told, form):
    asked = 17 if form == "seconds" else format_datetime(clock.now() + timedelta(seconds=17), usegmt=True)
    publishers.faults["files"] = [refuses(429, Retry_After=asked)]
    assert get(session, at).content == ROWS
    assert clock.waits == [17]
    assert told[0].startswith("waits 17 s before try 2 of 3:")


def test_a_publisher_that_asks_for_too_long_a_wait_is_left_for_another_day(session, at, publishers, clock):
    publishers.faults["files"] = [refuses(429, Retry_After=3600)]
    with pytest.raises(PublisherError, match=r"is busy \(HTTP 429\), and asks to wait 3600 s; asked 1 time"):
        get(session, at)
    assert clock.waits == []
    assert len(publishers.asked) == 1


@pytest.mark.parametrize(("status", "kind"), [(404, NotThereError), (403, NotThereError), (400, PublisherError)])
def test_a_refusal_is_not_asked_again(session, at, publishers, status, kind):
    publishers.faults["files"] = [refuses(status)]
    with pytest.raises(kind, match=f"HTTP {status}"):
        get(session, at)
    assert len(publishers.asked) == 1


def test_a_download_goes_on_where_it_was_cut_off(session, at, publishers):
    publishers.faults["files"] = [cut_off(0.5)]
    assert get(session, at).content == ROWS
    assert publishers.asked[1][2]["Range"] == f"bytes={len(ROWS) // 2}-"


def test_a_mark_that_stands_for_two_files_joins_no_parts(session, at, publishers):
    publishers.faults["files"] = [cut_off(0.5, weak="W/")]
    assert get(session, at).content == ROWS
    assert "Range" not in publishers.asked[1][2]


def test_a_download_goes_on_in_a_later_run(session, at, publishers):
    publishers.faults["files"] = [cut_off(0.4), refuses(500), refuses(500)]
    with pytest.raises(PublisherError, match="HTTP 500"):
        get(session, at)
    assert get(session, at).content == ROWS
    assert publishers.asked[-1][2]["Range"] == f"bytes={int(len(ROWS) * 0.4)}-"
    assert not list((session.cache.folder / "parts").iterdir())


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(session, at, publishers):
    publishers.faults["files"] = [cut_off(0.5)]
    newer = ROWS.replace(b"a,b", b"c,d")

    def change(handler, reply):
        publishers.routes["files"] = files({"rows.csv": newer})
        send(handler, Reply(newer))

    publishers.faults["files"].append(change)
    assert get(session, at).content == newer


def test_parts_that_do_not_fit_together_are_not_joined(session, at, publishers):
    def elsewhere(handler, reply):
        write(
            handler,
            206,
            reply.kind,
            {"Content-Range": f"bytes 7-{len(reply.body)}/9"},
            reply.body[7:],
            len(reply.body) - 7,
        )

    publishers.faults["files"] = [cut_off(0.5), elsewhere]
    assert get(session, at).content == ROWS
    assert "Range" not in publishers.asked[2][2]


def test_what_has_not_changed_is_not_sent_again(session, at, publishers, clock):
    first = get(session, at)
    clock.sleep(86400)
    assert get(session, at) == first
    assert publishers.asked[1][2]["If-None-Match"]
    kept = session.cache.answer(f"{at.address}/rows.csv")
    assert kept.date == "2026-11-27", "the day on which it was still so"


def test_kept_bytes_that_were_damaged_are_fetched_again(session, at, publishers):
    get(session, at)
    session.cache.path(session.cache.keep(ROWS)).write_bytes(b"x")
    assert get(session, at).content == ROWS
    assert "If-None-Match" not in publishers.asked[1][2]


def test_it_says_who_it_is(session, at, publishers):
    get(session, at)
    assert publishers.asked[0][2]["User-Agent"] == "ServiceReach/test"


def test_a_file_that_is_too_large_is_refused_whatever_length_it_states(session, at, publishers):
    large = Reply(b"a,b\n" * 400_000)
    publishers.routes["files"] = files({"rows.csv": large})
    with pytest.raises(PublisherError, match="limit of 1 MB"):
        get(session, at)

    publishers.faults["files"] = [unmeasured(lambda body: body)]
    with pytest.raises(PublisherError, match="limit of 1 MB"):
        get(session, at)
    assert len(publishers.asked) == 2
    assert not list((session.cache.folder / "parts").iterdir())


def test_a_publisher_that_drips_is_given_up(session, at, publishers, clock):
    session.now = iter(clock.time + timedelta(minutes=n) for n in range(100)).__next__
    with pytest.raises(PublisherError, match="not done after 120 s"):
        get(session, Publisher(at.address, longest_s=120.0))


def test_requests_to_one_publisher_keep_their_distance(session, at, publishers, clock):
    slow = Publisher(at.address, pause_s=2.0)
    for _ in range(3):
        get(session, slow)
    assert clock.waits == [2.0, 2.0]


@pytest.mark.parametrize(("name", "kind"), [("rows.zip", "zip"), ("rows.gz", "gzip")])
@pytest.mark.parametrize("share", [0.2, 0.9, 0.999])
def test_half_an_archive_is_refused_and_asked_for_again(session, at, publishers, name, kind, share):
    publishers.faults["files"] = [becomes(lambda body: body[: int(len(body) * share)])]
    assert fault_of(get(session, at, name, kind).content, kind) == ""
    assert len(publishers.asked) == 2


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "csv", "is empty"),
        (b" \n", "json", "is empty"),
        (b"\xef\xbb\xbf\n <HTML><body>", "csv", "web page"),
        (b'{"a": 1', "json", "not whole JSON"),
        (b"<a><b></a>", "xml", "not whole XML"),
        (b"PK\3\4" + b"x" * 40, "zip", "not a whole ZIP"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "gzip", "not a whole gzip"),
        (b"not gzip", "gzip", "not a whole gzip"),
        (b"a,b\n1,2\n3", "csv", "rows of 1 to 2 columns"),
        (b'a,b\n1,"2', "csv", "not well-formed CSV"),
        (b"a\0b\n", "csv", "is not text"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(content, kind, words):
    assert words in fault_of(content, kind)


def test_a_damaged_member_of_a_zip_is_found():
    whole = zipped(ROWS)
    broken = whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]
    assert "a.csv" in fault_of(broken, "zip")
    assert fault_of(whole, "zip") == ""
