"""The cache on disk: whole entries or none, whoever writes at the same time."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from harness.compiler.cache import Cache, cache_directory, content_hash

KEY = content_hash("a key")


def test_what_was_stored_is_loaded(cache):
    cache.store(KEY, {"a": [1, None]})

    assert cache.load(KEY) == {"a": [1, None]}
    assert cache.load(content_hash("another")) is None


def test_the_hash_ignores_the_order_of_keys_only():
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


@pytest.mark.parametrize("damage", [lambda raw: b"", lambda raw: raw[:-9], lambda raw: b"junk" + raw])
def test_a_damaged_entry_counts_as_none(cache, damage):
    cache.store(KEY, {"a": "b" * 1000})
    path = cache._path(KEY)
    path.write_bytes(damage(path.read_bytes()))

    assert cache.load(KEY) is None

    cache.store(KEY, {"a": 2})
    assert cache.load(KEY) == {"a": 2}


def test_an_entry_under_the_wrong_name_counts_as_none(cache):
    cache.store(KEY, {"a": 1})
    other = content_hash("another")
    cache._path(other).parent.mkdir(parents=True, exist_ok=True)
    cache._path(KEY).rename(cache._path(other))

    assert cache.load(other) is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")

    cache.store(KEY, {"a": 1})

    assert cache.load(KEY) is None


def test_the_environment_says_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("POOLPROOF_CACHE", str(tmp_path / "here"))
    assert cache_directory() == tmp_path / "here"
    monkeypatch.delenv("POOLPROOF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "poolproof"


def _hammer(folder: Path, seed: int, failures: multiprocessing.Queue) -> None:
    cache = Cache(folder)
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        cache.store(KEY, {"writer": seed, "payload": [seed] * 5000})
        entry = cache.load(KEY)
        if entry is None or set(entry["payload"]) != {entry["writer"]}:
            failures.put(entry)


def test_parallel_writers_and_readers_only_ever_see_whole_entries(tmp_path):
    context = multiprocessing.get_context("spawn")
    failures = context.Queue()
    writers = [context.Process(target=_hammer, args=(tmp_path, seed, failures)) for seed in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0] * 4
    assert failures.empty()
    assert not list(tmp_path.rglob("*.part"))
