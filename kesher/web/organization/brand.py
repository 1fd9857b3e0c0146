"""How a colour of the business looks on our grounds, and how well it can be read."""

from __future__ import annotations

from dataclasses import dataclass

from kesher.web.colour import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    WHITE,
    brand_family,
    contrast,
    hex_of,
    rgb_from,
    rgb_of,
)

OURS = "#005c8f"


@dataclass(frozen=True)
class Sample:
    """A button and a link in one theme, with their contrasts."""

    theme: str
    ground: str
    solid: str
    link: str
    solid_contrast: str
    link_contrast: str


def brand_samples(hex_colour: str) -> list[Sample]:
    """Both themes; without a colour of its own, with ours."""
    family = brand_family(hex_colour) or brand_family(OURS)
    grounds = (rgb_from(LIGHT_GROUNDS[0]), rgb_from(DARK_GROUNDS[0]))
    return [
        Sample(
            theme=theme,
            ground=hex_of(ground),
            solid=family["brand-solid"][at],
            link=family["brand"][at],
            solid_contrast=f"{contrast(rgb_of(family['brand-solid'][at]), WHITE):.1f}",
            link_contrast=f"{contrast(rgb_of(family['brand'][at]), ground):.1f}",
        )
        for at, (theme, ground) in enumerate(zip(("light", "dark"), grounds, strict=True))
    ]
