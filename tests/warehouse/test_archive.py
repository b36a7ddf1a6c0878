"""A document is found wherever it begins, and a stream keeps its identity."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.warehouse import archive
from mlflow_usage.warehouse.archive import Archive, ArchiveError, documents
from warehouse.building import batch, document, record, text


def read(content: bytes, offset: int = 0) -> list[archive.Document]:
    return list(documents(io.BytesIO(content), offset))


def whole(number: int) -> bytes:
    return text(batch(number)).rstrip(b"\n")


def test_lines_are_documents_and_their_ends_are_offsets() -> None:
    content = text(batch(1), batch(2), batch(3))
    found = read(content)
    assert [json.dumps(each.content) for each in found] == [json.dumps(batch(number)) for number in (1, 2, 3)]
    assert [content[each.start : each.end] for each in found] == [whole(number) for number in (1, 2, 3)]
    for index, each in enumerate(found):
        assert [later.content for later in read(content, each.end)] == [later.content for later in found[index + 1 :]]


def test_two_documents_glued_by_a_kill_are_two() -> None:
    found = read(whole(1) + whole(2) + b"\n" + whole(3))
    assert [each.content for each in found] == [batch(1), batch(2), batch(3)]
    assert [each.skipped for each in found] == [0, 0, 0]


def test_a_broken_end_waits_and_is_read_when_it_is_complete() -> None:
    content = text(batch(1)) + whole(2)
    for cut in range(len(text(batch(1))), len(content) - 1, 7):
        assert [each.content for each in read(content[:cut])] == [batch(1)]
    end = read(content[:-1])[-1].end
    assert [each.content for each in read(content, end)] == [batch(2)]


@pytest.mark.parametrize("torn", [whole(9)[:-30], whole(9)[:10], b"\0\0\0\0garbage", b"{", b"\xff\xfe"])
def test_what_is_broken_in_the_middle_is_skipped_and_counted(torn: bytes) -> None:
    for glue in (b"", b"\n"):
        found = read(whole(1) + glue + torn + whole(2) + b"\n" + whole(3))
        assert [each.content for each in found] == [batch(1), batch(2), batch(3)]
        assert [each.skipped for each in found] == [0, 1, 0]


def test_zeros_after_a_power_cut_are_no_broken_piece() -> None:
    found = read(text(batch(1)) + b"\0" * 4096 + text(batch(2)))
    assert [(each.content, each.skipped) for each in found] == [(batch(1), 0), (batch(2), 0)]


@pytest.mark.parametrize("bad", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 6000, b'"\xff"', b"nul"])
def test_no_content_of_a_document_stops_the_reader(bad: bytes) -> None:
    found = read(b'{"resourceLogs":' + bad + whole(2))
    assert [each.content for each in found] == [batch(2)]


def test_text_beyond_ascii_does_not_move_offsets() -> None:
    strange = text(document(record(flavor="naïve 🜁 \u2028", event="mlflow.log_model"))).rstrip()
    content = strange + b"\xc3 torn \xe2\x82" + whole(2)
    found = read(content)
    assert [content[each.start : each.end] for each in found] == [strange, whole(2)]
    assert found[1].skipped == 1


@given(
    pieces=st.lists(st.one_of(st.integers(0, 5), st.sampled_from([b"\n", b"", b'{"resource', b'{"resourceLogs":[{"x', b"}\n", b"\0"]))),
    block=st.integers(1, 200),
)
def test_every_whole_document_is_found_whatever_lies_between_and_however_it_is_read(pieces: list[int | bytes], block: int) -> None:
    content = b"".join(whole(piece) if isinstance(piece, int) else piece for piece in pieces)
    before, archive.BLOCK = archive.BLOCK, block  # type: ignore[misc]
    try:
        found = read(content)
    finally:
        archive.BLOCK = before  # type: ignore[misc]
    assert [each.content for each in found] == [batch(piece) for piece in pieces if isinstance(piece, int)]
    assert all(content[each.start : each.end] == text(each.content).rstrip() for each in found)


def test_what_is_too_long_for_a_document_is_passed_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "BLOCK", 100)
    monkeypatch.setattr(archive, "LONGEST", 3_000)
    found = read(b'{"resourceLogs":["' + b"x" * 50_000 + whole(2))
    assert [each.content for each in found] == [batch(2)]
    assert found[0].skipped > 0


def test_a_stream_keeps_its_identity_when_it_is_renamed_grows_or_is_packed(tmp_path: Path) -> None:
    live = tmp_path / "events.jsonl"
    live.write_bytes(whole(1))
    store = Archive(tmp_path)
    (first,) = store.streams()
    with live.open("ab") as file:
        file.write(b"\n" + text(*(batch(number) for number in range(2, 20))))
    assert [stream.id for stream in store.streams()] == [first.id]
    rotated = live.rename(tmp_path / "events-2026-11-20T12-00-00.000-size.jsonl")
    assert [stream.id for stream in store.streams()] == [first.id]
    (tmp_path / "elsewhere").mkdir()
    packed = tmp_path / "elsewhere" / "copy.json.gz"
    packed.write_bytes(gzip.compress(rotated.read_bytes()))
    rotated.unlink()
    (found,) = store.streams()
    assert found.id == first.id
    with store.open(found) as file:
        assert file is not None
        assert len(list(documents(file, 0))) == 19


def test_a_new_file_under_an_old_name_is_another_stream(tmp_path: Path) -> None:
    live = tmp_path / "events.jsonl"
    live.write_bytes(text(*(batch(number) for number in range(20))))
    store = Archive(tmp_path)
    (before,) = store.streams()
    live.rename(tmp_path / "events-2026-size.jsonl")
    live.write_bytes(text(*(batch(number) for number in range(20, 40))))
    with store.open(before) as file:
        assert file is None
    assert len({stream.id for stream in store.streams()}) == 2


def test_a_copy_is_the_same_stream_and_a_fork_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(text(batch(1), batch(2)))
    (tmp_path / "b.jsonl").write_bytes(text(batch(1)))
    assert len({stream.id for stream in Archive(tmp_path).streams()}) == 1
    (tmp_path / "b.jsonl").write_bytes(text(batch(1), batch(3)))
    assert len({stream.id for stream in Archive(tmp_path).streams()}) == 2


def test_a_half_uploaded_packed_file_gives_what_it_has(tmp_path: Path) -> None:
    packed = gzip.compress(text(*(batch(number) for number in range(2_000))), compresslevel=1)
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(packed[: len(packed) // 2])
    (stream,) = Archive(tmp_path).streams()
    with Archive(tmp_path).open(stream) as file:
        assert file is not None
        part = list(documents(file, 0))
        assert [each.content for each in part] == [batch(number) for number in range(len(part))]
    path.write_bytes(packed)
    (again,) = Archive(tmp_path).streams()
    assert again.id == stream.id
    with Archive(tmp_path).open(again) as file:
        assert file is not None
        assert len(list(documents(file, part[-1].end if part else 0))) == 2_000 - len(part)


def test_files_that_are_no_documents_are_no_streams(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "_delta_log" / "0.json").write_bytes(text(batch(1)))
    (tmp_path / "notes.json").write_text('{"a": 1}')
    (tmp_path / "empty.jsonl").touch()
    assert Archive(tmp_path).streams() == []


def test_a_missing_archive_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="give the Collector's archive directory"):
        Archive(tmp_path / "nowhere").files()
