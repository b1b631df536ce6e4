"""Canada Post's clocks: the letters that it writes behind an hour, in English or French, as minutes from UTC.

They are believed as written: EST in July is five hours, as it says, and not the four that Toronto then keeps.
"""

from __future__ import annotations

_HOURS = {
    -150: "NDT HAT",
    -180: "ADT HAA",
    -210: "NST HNT",
    -240: "EDT HAE AST HNA",
    -300: "CDT HAC EST HNE",
    -360: "MDT HAR CST HNC",
    -420: "PDT HAP MST HNR YST",
    -480: "PST HNP",
    0: "UTC GMT Z",
}
OFFSETS = {letters: minutes for minutes, all_letters in _HOURS.items() for letters in all_letters.split()}
