"""An animated GIF without what it should not say: comments and application data go, every frame stays byte for byte.

Re-encoding would quantise the colours again; walking the blocks keeps palette, timing and loop as the artist made them.
Spec: GIF89a; the NETSCAPE2.0 and ANIMEXTS1.0 application extensions carry the loop count.
"""

from __future__ import annotations

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def strip(data: bytes) -> bytes:
    """Return the GIF with frames, delays and loop count only.

    Raises: ValueError when the blocks do not add up.
    """
    position = 13 + _table_bytes(_byte(data, 10))
    kept = [data[:position]]
    while (block := _byte(data, position)) != _TRAILER:
        if block == _IMAGE:
            end = _end_of_sub_blocks(data, position + 11 + _table_bytes(_byte(data, position + 9)))
            is_kept = True
        elif block == _EXTENSION:
            end = _end_of_sub_blocks(data, position + 2)
            label = _byte(data, position + 1)
            is_loop = label == _APPLICATION and data[position + 3 : position + 14] in _LOOPING
            is_kept = label == _GRAPHIC_CONTROL or is_loop
        else:
            raise ValueError(f"unknown GIF block {block:#04x}")
        if is_kept:
            kept.append(data[position:end])
        position = end
    return b"".join([*kept, bytes([_TRAILER])])


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_sub_blocks(data: bytes, position: int) -> int:
    while length := _byte(data, position):
        position += 1 + length
    return position + 1


def _byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise ValueError("the GIF ends within a block")
    return data[position]
