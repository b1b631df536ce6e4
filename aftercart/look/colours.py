"""Colour arithmetic: sRGB hex strings, OKLCH (Björn Ottosson's space of even lightness) and WCAG contrast. Pure."""

from __future__ import annotations

import math
import re

_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text.lower()) is not None


def _channels(colour: str) -> tuple[float, float, float]:
    """Linear-light red, green and blue, 0 to 1."""
    values = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in degrees."""
    r, g, b = _channels(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """The hex colour, with as much of the chroma as a screen can show."""
    while chroma > 0 and not all(-1e-4 <= v <= 1.0001 for v in _linear(lightness, chroma, hue)):
        chroma = max(0.0, chroma - 0.004)
    screen = (min(1.0, max(0.0, v)) for v in _linear(lightness, chroma, hue))
    encoded = (v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in screen)
    return "#" + "".join(f"{round(v * 255):02x}" for v in encoded)
