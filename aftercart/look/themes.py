"""A brand's accent becomes a whole theme, light and dark, in which every text can be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from aftercart.look.colours import contrast, oklch, to_oklch

READABLE = 4.5  # WCAG 2.2 AA for text
VISIBLE = 3.0  # and for the edges of controls
OURS = "#2f5d50"

# Lightness and chroma of the neutrals; their hue is the accent's.
_NEUTRALS = {
    "page": ((0.984, 0.004), (0.185, 0.008)),
    "surface": ((1.0, 0.0), (0.222, 0.009)),
    "sunken": ((0.962, 0.006), (0.155, 0.007)),
    "line": ((0.908, 0.008), (0.31, 0.010)),
    "edge": ((0.62, 0.014), (0.58, 0.014)),
    "ink": ((0.225, 0.014), (0.955, 0.004)),
    "quiet": ((0.48, 0.014), (0.745, 0.010)),
}
# The hue of each state. A state also has an icon and a word: no meaning hangs on colour alone.
_STATES = {"good": 162.0, "watch": 78.0, "late": 33.0, "act": 262.0}

GROUNDS = ("page", "surface", "sunken")
# Which text stands on which ground, and so has to be readable there.
TEXT_ON = {
    **dict.fromkeys(("ink", "quiet", "accent"), GROUNDS),
    "on-accent": ("accent",),
    **{state: (*GROUNDS, f"{state}-wash") for state in _STATES},
}


@dataclass(frozen=True, slots=True)
class Theme:
    light: Mapping[str, str]
    dark: Mapping[str, str]


def _readable(colour: str, grounds: tuple[str, ...], *, darker: bool) -> str:
    """The colour itself, or the nearest of its hue that can be read on every ground."""
    lightness, chroma, hue = to_oklch(colour)
    while min(contrast(colour, ground) for ground in grounds) < READABLE:
        lightness += -0.01 if darker else 0.01
        colour = oklch(lightness, chroma, hue)
    return colour


def _mode(accent: str, *, dark: bool) -> dict[str, str]:
    _, chroma, hue = to_oklch(accent)
    tint = min(1.0, chroma / 0.06)  # a grey accent makes grey neutrals
    colours = {}
    for name, modes in _NEUTRALS.items():
        lightness, trace = modes[dark]
        colours[name] = oklch(lightness, trace * tint, hue)
    grounds = tuple(colours[name] for name in GROUNDS)
    wash_lightness, wash_chroma = (0.285, 0.035) if dark else (0.955, 0.022)
    colours["accent-wash"] = oklch(wash_lightness, wash_chroma * tint, hue)
    colours["accent"] = _readable(accent, (*grounds, colours["accent-wash"]), darker=not dark)
    colours["on-accent"] = grounds[0] if dark else "#ffffff"
    for state, state_hue in _STATES.items():
        wash = oklch(wash_lightness, wash_chroma * 1.4, state_hue)
        start = oklch(0.80 if dark else 0.47, 0.11, state_hue)
        colours[f"{state}-wash"] = wash
        colours[state] = _readable(start, (*grounds, wash), darker=not dark)
    return colours


@lru_cache(maxsize=512)
def theme(accent: str) -> Theme:
    """`accent` is "#rrggbb". Where it can be read it stays as it is; elsewhere its lightness moves, never its hue."""
    return Theme(light=_mode(accent.lower(), dark=False), dark=_mode(accent.lower(), dark=True))


def stylesheet(accent: str) -> str:
    """The colour tokens as CSS, for both modes at once."""
    made = theme(accent)
    lines = (f"    --{name}: light-dark({colour}, {made.dark[name]});" for name, colour in made.light.items())
    return "@layer tokens {\n  :root {\n" + "\n".join(lines) + "\n  }\n}\n"
