"""The colours of a business: from one colour, a family that can be read in light and in dark.

A colour is turned in OKLCH, where lightness means what the eye sees: its hue stays, its lightness
moves until white text on it, and it on our grounds, reach the contrast that WCAG asks for.
"""

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

Rgb = tuple[float, float, float]
Lch = tuple[float, float, float]

HEX = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5
MARGIN = 0.1  # what rounding to eight bits may take away
WHITE: Rgb = (1.0, 1.0, 1.0)
LIGHT_GROUNDS = ((1.0, 0.0, 0.0), (0.962, 0.005, 85.0))
STATE_HUES = (24.0, 78.0, 155.0)  # bad, warn, ok
NEAR = 26.0
DARK_GROUNDS = ((0.22, 0.009, 255.0), (0.27, 0.011, 255.0))


def rgb_of(hex_colour: str) -> Rgb:
    red, green, blue = (int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def hex_of(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(min(1, max(0, part)) * 255):02x}" for part in rgb)


def luminance(rgb: Rgb) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (_linear(part) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lch_of(rgb: Rgb) -> Lch:
    """Lightness 0-1, chroma and hue in degrees of a colour (Ottosson's OKLab)."""
    red, green, blue = (_linear(part) for part in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def rgb_from(lch: Lch) -> Rgb:
    """The nearest colour a screen can show: chroma shrinks until all three parts fit."""
    lightness, chroma, hue = lch
    while True:
        rgb = _rgb_unfitted(lightness, chroma, hue)
        if chroma <= 0.0 or all(-0.0005 <= part <= 1.0005 for part in rgb):
            red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
            return red, green, blue
        chroma -= 0.002


def _rgb_unfitted(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return _shown(red), _shown(green), _shown(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _shown(part: float) -> float:
    if part <= 0.0031308:
        return part * 12.92
    return 1.055 * part ** (1 / 2.4) - 0.055


def _moved(start: Lch, step: float, reads: Callable[[Rgb], bool]) -> Rgb:
    """The first colour on the way to black or white that can be read."""
    lightness, chroma, hue = start
    while 0.0 < lightness < 1.0 and not reads(rgb_from((lightness, chroma, hue))):
        lightness += step
    return rgb_from((min(1.0, max(0.0, lightness)), chroma, hue))


def _reads_on(grounds: Iterable[Rgb]) -> Callable[[Rgb], bool]:
    kept = tuple(grounds)
    return lambda colour: all(contrast(colour, ground) >= READABLE + MARGIN for ground in kept)


@lru_cache(maxsize=32)
def brand_family(hex_colour: str) -> dict[str, tuple[str, str]]:
    """Each brand role with its light and its dark value; empty for what is not a colour."""
    if not HEX.fullmatch(hex_colour):
        return {}
    own_lightness, chroma, hue = lch_of(rgb_of(hex_colour))
    tint = chroma * (0.35 if _means_a_state(hue) else 1.0)
    soft_light = rgb_from((0.955, min(tint * 0.17, 0.022), hue))
    soft_dark = rgb_from((0.3, min(tint * 0.43, 0.05), hue))
    light_grounds = [*(rgb_from(ground) for ground in LIGHT_GROUNDS), soft_light]
    dark_grounds = [*(rgb_from(ground) for ground in DARK_GROUNDS), soft_dark]
    deep = (min(max(own_lightness, 0.35), 0.56), min(chroma, 0.17), hue)
    ink = _moved(deep, -0.005, _reads_on([*light_grounds, WHITE]))
    glow = _moved((0.76, min(chroma * 0.86, 0.13), hue), 0.005, _reads_on(dark_grounds))
    solid_dark = _moved((0.56, min(chroma, 0.15), hue), -0.005, _reads_on([WHITE]))
    return {
        "brand": (hex_of(ink), hex_of(glow)),
        "brand-solid": (hex_of(ink), hex_of(solid_dark)),
        "brand-press": (hex_of(_darker(ink)), hex_of(_darker(solid_dark))),
        "brand-soft": (hex_of(soft_light), hex_of(soft_dark)),
        "brand-line": (
            hex_of(rgb_from((0.85, min(chroma * 0.43, 0.06), hue))),
            hex_of(rgb_from((0.42, min(chroma * 0.67, 0.08), hue))),
        ),
    }


def _means_a_state(hue: float) -> bool:
    """Whether a fill of this hue would be taken for overdue, unconfirmed or kept."""
    return any(abs((hue - state + 180) % 360 - 180) < NEAR for state in STATE_HUES)


def _darker(colour: Rgb) -> Rgb:
    lightness, chroma, hue = lch_of(colour)
    return rgb_from((max(0.0, lightness - 0.05), chroma, hue))


def theme_css(hex_colour: str) -> str:
    """A stylesheet that puts a business's colours over ours; empty without a colour."""
    rules = "".join(
        f"--{role}:light-dark({light},{dark});"
        for role, (light, dark) in brand_family(hex_colour).items()
    )
    return f":root{{{rules}}}" if rules else ""
