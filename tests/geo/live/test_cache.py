"""What was fetched, kept by content."""

from geo.live.cache import Answer, Cache, Edition


def test_bytes_are_kept_once_and_known_by_what_they_are(tmp_path):
    cache = Cache(tmp_path)
    digest = cache.keep(b"some rows")
    assert cache.keep(b"some rows") == digest
    assert [path.name for path in (tmp_path / "bytes").iterdir()] == [digest]
    assert cache.has(digest)
    assert not cache.has("")
    cache.path(digest).write_bytes(b"other rows")
    assert not cache.has(digest), "they are not the bytes of that name any more"


def test_a_record_that_cannot_be_read_is_as_good_as_none(tmp_path):
    cache = Cache(tmp_path)
    answer = Answer("http://x/", cache.keep(b"rows"), "2026-11-26", '"mark"')
    cache.remember(answer)
    assert cache.answer("http://x/") == answer
    (record,) = (tmp_path / "answers").iterdir()
    record.write_text("{", encoding="utf-8")
    assert cache.answer("http://x/") is None


def test_pruning_leaves_what_is_wanted_and_what_was_answered_lately(tmp_path):
    cache = Cache(tmp_path)
    old, new, built, loose = (cache.keep(name) for name in (b"old", b"new", b"built", b"loose"))
    cache.remember(Answer("http://x/20260101.csv", old, "2026-01-01"))
    cache.remember(Answer("http://x/20261126.csv", new, "2026-11-26"))
    for digest in (built, loose):
        cache.remember_edition(digest, Edition("2026-11-26", ""))
    cache.prune({built}, since="2026-10-27")
    assert {path.name for path in (tmp_path / "bytes").iterdir()} == {new, built}
    assert cache.edition(built) == Edition("2026-11-26", "")
    assert cache.edition(loose) is None
    assert cache.answer("http://x/20260101.csv") is None
