"""A Collector's archive: files of OTLP JSON documents, read from any byte offset.

Decides where a document begins and ends and which stream it belongs to. A document begins at `{"resourceLogs"` (the bytes cannot occur
inside one: a quote inside a JSON text is escaped) and is complete when it parses, even without the end of its line. An incomplete piece
is skipped and counted once another document begins after it; an incomplete end waits. It must never change a file, and never mistake a
file for another that had its name before.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast

MARKER: Final = b'{"resourceLogs"'
BLOCK: Final = 1 << 20  # bytes read at a time
LONGEST: Final = 128 << 20  # bytes; a longer piece is not a document
HEAD: Final = 4096  # first bytes of a file: they distinguish two files of one path without parsing
BLANK: Final = b" \t\r\n\0"  # after a power cut a file can end in zeros
SUFFIXES: Final = (".jsonl", ".json", ".jsonl.gz", ".json.gz")
GZIP: Final = b"\x1f\x8b"

_decoder: Final = json.JSONDecoder()


class ArchiveError(Exception):
    """The archive cannot be read; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """One complete document: the bytes `start` to `end` of its stream, and how many broken pieces were skipped before it."""

    start: int
    end: int
    content: dict[str, object]
    skipped: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One file that begins with a complete document; `id` is that document's SHA-256, independent of the file's name."""

    id: str
    path: Path
    first: str


@dataclass
class Archive:
    """The streams below a directory, or of one file."""

    path: Path
    _known: dict[tuple[str, bytes], str] = field(default_factory=dict, repr=False)

    def files(self) -> list[Path]:
        """List the archive's files, oldest name first.

        Raises:
            ArchiveError: there is nothing at the path, or it cannot be listed.
        """
        try:
            if self.path.is_file():
                return [self.path]
            if not self.path.is_dir():
                raise ArchiveError(f"there is no archive at {self.path}: give the Collector's archive directory or one of its files")
            found = [path for path in self.path.rglob("*") if path.name.endswith(SUFFIXES) and path.is_file()]
        except OSError as error:
            raise ArchiveError(f"the archive {self.path} cannot be listed: {error.strerror}") from error
        return sorted(path for path in found if not any(part.startswith((".", "_")) for part in path.relative_to(self.path).parts))

    def size(self) -> int:
        """Return the bytes of all files."""
        total = 0
        for path in self.files():
            with contextlib.suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def streams(self) -> list[Stream]:
        """Return the streams of this moment.

        Files that begin alike are one stream if one continues the other (a copy); if they differ later, each is a stream of its own.

        Raises:
            ArchiveError: a file cannot be read.
        """
        groups: dict[str, list[Path]] = {}
        for path in self.files():
            with self._opened(path) as file:
                first = self._first(path, file) if file else None
            if first is not None:
                groups.setdefault(first, []).append(path)
        streams: list[Stream] = []
        for first, paths in groups.items():
            alike = len(paths) == 1 or self._alike(paths)
            streams += [Stream(first if alike else _salted(first, path), path, first) for path in paths]
        return sorted(streams, key=lambda stream: stream.path)

    @contextlib.contextmanager
    def open(self, stream: Stream) -> Iterator[BinaryIO | None]:
        """Open the stream's file; None if the path has been rotated to another file."""
        with self._opened(stream.path) as file:
            yield file if file and self._first(stream.path, file) == stream.first else None

    @contextlib.contextmanager
    def _opened(self, path: Path) -> Iterator[BinaryIO | None]:
        try:
            raw = path.open("rb")
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
        with raw:
            packed = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw

    def _first(self, path: Path, file: BinaryIO) -> str | None:
        file.seek(0)
        key = (str(path), _read(file, HEAD))
        if key not in self._known:
            document = next(documents(file, 0), None)
            if document is None:
                return None
            file.seek(document.start)
            digest = hashlib.sha256(_read(file, document.end - document.start)).hexdigest()
            if len(key[1]) < HEAD:
                return digest
            self._known[key] = digest
        return self._known[key]

    def _alike(self, paths: list[Path]) -> bool:
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(self._opened(path)) for path in paths]
            rest = [file for file in files if file]
            while len(rest) > 1:
                blocks = [(_read(file, BLOCK), file) for file in rest]
                longest = max((block for block, _ in blocks), key=len)
                if not all(longest.startswith(block) for block, _ in blocks):
                    return False
                rest = [file for block, file in blocks if len(block) == BLOCK]
        return True


def documents(file: BinaryIO, offset: int) -> Iterator[Document]:
    """Yield the complete documents of a stream from a byte offset on, each with the number of broken pieces before it."""
    skipped = 0
    for start, piece, final in _pieces(file, offset):
        parsed = _parse(piece)
        if parsed is None:
            skipped += bool(piece.strip(BLANK))
            continue
        content, length = parsed
        yield Document(start, start + length, content, skipped)
        skipped = 0 if final else int(bool(piece[length:].strip(BLANK)))


def left(file: BinaryIO, offset: int) -> int:
    """Return the bytes from an offset to the end that are not blank."""
    rest = 0
    for _, piece, _ in _pieces(file, offset):
        rest += len(piece.strip(BLANK))
    return rest


def _pieces(file: BinaryIO, offset: int) -> Iterator[tuple[int, bytes, bool]]:
    """Cut a stream where documents begin; yield each piece's position, its bytes, and whether it is the last so far."""
    with contextlib.suppress(EOFError, zlib.error):
        file.seek(offset)
    held, searched = bytearray(), 1  # a bytearray grows without a copy for every block
    while block := _read(file, BLOCK):
        held += block
        begin = 0
        while (at := held.find(MARKER, max(begin + 1, searched))) >= 0:
            yield offset + begin, bytes(held[begin:at]), False
            begin = at
        if len(held) - begin > LONGEST:
            cut = len(held) - len(MARKER)
            yield offset + begin, bytes(held[begin:cut]), False
            begin = cut
        del held[:begin]
        offset += begin
        searched = max(1, len(held) - len(MARKER) + 1)
    yield offset, bytes(held), True


def _parse(piece: bytes) -> tuple[dict[str, object], int] | None:
    """Parse the document at the beginning of a piece; return it and its length in bytes."""
    if not piece.startswith(MARKER):
        return None
    text = piece.decode("utf-8", "surrogateescape")
    try:
        content, end = _decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return content, end if text.isascii() else len(text[:end].encode("utf-8", "surrogateescape"))


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return b""  # a compressed file that is still being written


def _salted(first: str, path: Path) -> str:
    return hashlib.sha256(f"{first} {path.name}".encode()).hexdigest()
