"""A small file of SAS (.sas7bdat), written by hand: nothing that tests may install writes one.

The layout is that of M. Shotwell, "SAS7BDAT Database Binary Format" (2013), for 32 bits and little
endian, one page of which the first part describes the columns and the rest holds the rows.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
HEADER = 1024
PAGE = 16384
# Where subheaders are pointed to from, and where they lie.
POINTERS = 24
LATIN_1, UTF_8 = 29, 20
# A number that is missing, and one that is missing for a reason called A.
MISSING = struct.unpack("<d", bytes.fromhex("0000000000d1ffff"))[0]
MISSING_A = struct.unpack("<d", bytes.fromhex("0000000000beffff"))[0]


def _put(space: bytearray, at: int, form: str, *values: object) -> None:
    struct.pack_into(f"<{form}", space, at, *values)


def _subheader(signature: int, size: int) -> bytearray:
    made = bytearray(size)
    _put(made, 0, "I", signature)
    _put(made, 4, "H", size - 12)
    return made


def write_sas7bdat(
    path: Path,
    columns: Sequence[tuple[str, str, Sequence[float] | Sequence[str]]],
    encoding: int = UTF_8,
) -> None:
    """Write columns, each a name, a format of SAS (or nothing) and numbers or text."""
    rows = len(columns[0][2])
    codec = "utf-8" if encoding == UTF_8 else "latin-1"
    # Names and formats lie in one text, in which each begins at a multiple of four.
    words: dict[str, tuple[int, int]] = {}
    text = bytearray(16)
    for word in dict.fromkeys([each for name, form, _ in columns for each in (name, form)]):
        words[word] = (len(text), len(word))
        text += word.encode().ljust(-(-len(word) // 4) * 4)
    cells: list[tuple[int, bool, list[bytes]]] = []
    for _, _, values in columns:
        if any(isinstance(each, str) for each in values):
            texts = [str(each).encode(codec) for each in values]
            width = max(map(len, texts))
            cells.append((width, True, [each.ljust(width) for each in texts]))
        else:
            cells.append((8, False, [struct.pack("<d", each) for each in values]))
    # Numbers stand before text, at multiples of eight.
    order = sorted(range(len(cells)), key=lambda j: cells[j][1])
    place, length = {}, 0
    for j in order:
        place[j], length = length, length + cells[j][0]
    length = -(-length // 8) * 8

    row_size = _subheader(0xF7F7F7F7, 480)
    _put(row_size, 20, "II", length, rows)
    _put(row_size, 36, "II", len(columns), 0)
    _put(row_size, 60, "I", rows)
    column_size = bytearray(struct.pack("<III", 0xF6F6F6F6, len(columns), 0))
    text_size = 4 + len(text)
    texts_of = _subheader(0xFFFFFFFD, text_size + 8)
    texts_of[4 + 16 : text_size] = text[16:]
    names = _subheader(0xFFFFFFFF, 12 + 8 * len(columns) + 8)
    attributes = _subheader(0xFFFFFFFC, 12 + 12 * len(columns) + 8)
    formats = []
    for j, (name, form, _) in enumerate(columns):
        _put(names, 12 + 8 * j, "HHHH", 0, *words[name], 0)
        width, is_text, _ = cells[j]
        _put(attributes, 12 + 12 * j, "IIHBB", place[j], width, 4, 2 if is_text else 1, 0)
        about = bytearray(52)
        _put(about, 0, "I", 0xFFFFFBFE)
        if form:
            _put(about, 34, "HHH", 0, *words[form])
        formats.append(about)
    parts = [row_size, column_size, texts_of, names, attributes, *formats]

    page = bytearray(PAGE)
    # A page with both, of rows and subheaders, and the number of subheaders.
    _put(page, 16, "HHH", 512, rows + len(parts), len(parts))
    end = PAGE
    for i, part in enumerate(parts):
        end -= -(-len(part) // 4) * 4
        page[end : end + len(part)] = part
        _put(page, POINTERS + 12 * i, "IIBBH", end, len(part), 0, int(i == 2), 0)
    at = -(-(POINTERS + 12 * len(parts)) // 8) * 8
    for i in range(rows):
        for j in range(len(columns)):
            start = at + i * length + place[j]
            page[start : start + cells[j][0]] = cells[j][2][i]
    assert at + rows * length <= end, "the page is full"

    header = bytearray(HEADER)
    header[:32] = MAGIC
    # 32 bits, little endian, Unix.
    header[32], header[35], header[37], header[39] = 0x22, 0x22, 1, ord("1")
    header[70] = encoding
    header[84:92] = b"SAS FILE"
    header[92:156] = path.stem.upper().encode().ljust(64)
    header[156:164] = b"DATA    "
    _put(header, 164, "dd", 0.0, 0.0)
    _put(header, 196, "III", HEADER, PAGE, 1)
    header[216:224] = b"9.0401M7"
    header[224:240] = b"Linux".ljust(16)
    path.write_bytes(header + page)
