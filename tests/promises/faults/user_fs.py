"""A file system in another process, like sshfs: `python user_fs.py PLACE` mounts one that keeps its files in memory.

It speaks as much of the kernel's FUSE protocol as a directory of small files needs, and answers ENOSYS to the rest. It prints "mounted"
and ends when it is killed; whoever started it unmounts. Exit code 77: this user may not mount one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
import time

HEADER = struct.Struct("<IIQQIIII")
ROOT = 1


class Node:
    """A file or directory."""

    def __init__(self, mode: int) -> None:
        self.mode, self.content, self.names, self.time = mode, bytearray(), dict[bytes, int](), int(time.time())


class Files:
    """A file system in memory that answers the kernel's questions."""

    def __init__(self) -> None:
        self.nodes = {ROOT: Node(stat.S_IFDIR | 0o700)}

    def attributes(self, number: int) -> bytes:
        node, when = self.nodes[number], self.nodes[number].time
        size = len(node.content)
        return struct.pack("<6Q10I", number, size, size // 512 + 1, when, when, when, 0, 0, 0, node.mode, 1, 0, 0, 0, 4096, 0)

    def entry(self, number: int) -> bytes:
        return struct.pack("<4Q2I", number, 0, 0, 0, 0, 0) + self.attributes(number)

    def make(self, parent: int, name: bytes, mode: int) -> int:
        number = max(self.nodes) + 1
        self.nodes[number], self.nodes[parent].names[name] = Node(mode), number
        return number

    def answer(self, kind: int, number: int, body: bytes) -> bytes:  # noqa: PLR0911, PLR0912, C901  one case for each question
        """Return the answer's body; an OSError is its error."""
        name = body.rstrip(b"\0")
        match kind:
            case 1:  # LOOKUP
                return self.entry(self.found(number, name))
            case 3:  # GETATTR
                return struct.pack("<Q2I", 0, 0, 0) + self.attributes(number)
            case 4:  # SETATTR
                self.set(number, *struct.unpack_from("<I4xQQ", body), struct.unpack_from("<I", body, 68)[0])
                return struct.pack("<Q2I", 0, 0, 0) + self.attributes(number)
            case 9:  # MKDIR
                return self.entry(self.make(number, body[8:].rstrip(b"\0"), stat.S_IFDIR | struct.unpack_from("<I", body)[0]))
            case 10 | 11:  # UNLINK, RMDIR
                self.found(number, name)
                del self.nodes[number].names[name]
                return b""
            case 12 | 45:  # RENAME, RENAME2
                old, new = body[8 if kind == 12 else 16 :].rstrip(b"\0").split(b"\0")
                self.nodes[struct.unpack_from("<Q", body)[0]].names[new] = self.nodes[number].names.pop(old)
                return b""
            case 14 | 27:  # OPEN, OPENDIR
                return bytes(16)
            case 15:  # READ
                _, offset, size = struct.unpack_from("<QQI", body)
                return bytes(self.nodes[number].content[offset : offset + size])
            case 16:  # WRITE
                _, offset, size = struct.unpack_from("<QQI", body)
                content = self.nodes[number].content
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + size] = body[40 : 40 + size]
                return struct.pack("<II", size, 0)
            case 17:  # STATFS
                return struct.pack("<5Q4I6I", 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 4096, 255, 4096, *(0,) * 7)
            case 18 | 20 | 25 | 29 | 34:  # RELEASE, FSYNC, FLUSH, RELEASEDIR, ACCESS
                return b""
            case 26:  # INIT
                return struct.pack("<4I2H2I2H9I", 7, 31, 65_536, 0, 12, 9, 65_536, 1, 16, 0, *(0,) * 9)[:64]
            case 28:  # READDIR
                return self.listing(number, struct.unpack_from("<QQ", body)[1])
            case 35:  # CREATE
                made = self.make(number, body[16:].rstrip(b"\0"), stat.S_IFREG | struct.unpack_from("<4xI", body)[0] & 0o7777)
                return self.entry(made) + bytes(16)
        raise OSError(errno.ENOSYS, "")

    def found(self, number: int, name: bytes) -> int:
        if name not in self.nodes[number].names:
            raise OSError(errno.ENOENT, "")
        return self.nodes[number].names[name]

    def set(self, number: int, what: int, _: int, size: int, mode: int) -> None:
        node = self.nodes[number]
        if what & 1:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        if what & 8:
            node.content[size:] = bytes(max(0, size - len(node.content)))

    def listing(self, number: int, start: int) -> bytes:
        found = b""
        for place, (name, child) in enumerate(self.nodes[number].names.items(), 1):
            if place > start:
                entry = struct.pack("<QQII", child, place, len(name), self.nodes[child].mode >> 12) + name
                found += entry + bytes(-len(entry) % 8)
        return found[:4096]  # a directory of a few files


def main(place: str) -> None:
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        sys.exit(77)
    options = f"fd={device},rootmode=40700,user_id={os.geteuid()},group_id={os.getegid()}".encode()
    if ctypes.CDLL(None).mount(b"elsewhere", place.encode(), b"fuse.elsewhere", 0, options) != 0:
        sys.exit(77)
    print("mounted", flush=True)
    files = Files()
    while True:
        asked = os.read(device, 200_000)
        _, kind, unique, number, *_ = HEADER.unpack_from(asked)
        if kind in {2, 42}:  # FORGET, BATCH_FORGET want no answer
            continue
        try:
            error, body = 0, files.answer(kind, number, asked[HEADER.size :])
        except OSError as refused:
            error, body = -(refused.errno or errno.EIO), b""
        os.write(device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)


if __name__ == "__main__":
    main(sys.argv[1])
