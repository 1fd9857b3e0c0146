"""The mark of Kesher, two linked rings, in the forms that browsers and phones ask for."""

import struct
import zlib
from collections.abc import Callable

Put = Callable[[str, bytes], None]

RINGS = '<circle cx="8.5" cy="12" r="5.5"/><path d="M12.2 8A5.5 5.5 0 1 1 12.2 16"/>'
STROKE = 'fill="none" stroke-width="2.4" stroke-linecap="round"'
BLUE, WHITE = (0x00, 0x5B, 0x8B), (0xFF, 0xFF, 0xFF)
SIDE = 180  # what an iPhone wants on its home screen


def logo() -> bytes:
    """The rings alone, in the colour of the text around them."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" {STROKE}'
    return f'{svg} stroke="currentColor">{RINGS}</svg>\n'.encode()


def favicon() -> bytes:
    """White rings on a blue tile: seen on light and on dark tabs alike."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    tile = '<rect width="32" height="32" rx="7" fill="#005b8b"/>'
    rings = f'<g transform="translate(1.3 1.6)scale(1.2)" {STROKE} stroke="#fff">{RINGS}</g>'
    return f"{svg}{tile}{rings}</svg>\n".encode()


def is_ink(x: float, y: float) -> bool:
    """Whether a point of the unit square lies on one of the rings, drawn as in the favicon."""
    x, y = (x * 32 - 1.3) / 1.2, (y * 32 - 1.6) / 1.2
    to_left, to_right = (((x - centre) ** 2 + (y - 12) ** 2) ** 0.5 for centre in (8.5, 15.975))
    return abs(to_left - 5.5) <= 1.2 or (x >= 12.2 and abs(to_right - 5.5) <= 1.2)


def touch_icon() -> bytes:
    """A PNG, since home screens do not take SVG; four samples a point keep the rings smooth."""
    steps = [0.25, 0.75]
    rows = bytearray()
    for row in range(SIDE):
        rows.append(0)
        for column in range(SIDE):
            hits = sum(is_ink((column + a) / SIDE, (row + b) / SIDE) for a in steps for b in steps)
            pairs = zip(BLUE, WHITE, strict=True)
            rows.extend(round(dark + (light - dark) * hits / 4) for dark, light in pairs)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in chunks)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_marks(put: Put) -> None:
    put("logo.svg", logo())
    put("favicon.svg", favicon())
    put("touch-icon.png", touch_icon())
