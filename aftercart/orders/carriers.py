"""Carriers by one name, whatever a shop or an aggregator calls them."""

from __future__ import annotations

import re
import unicodedata

# slug: the name that customers know, then other words for it. Sources add services and countries ("UPS Ground",
# "dpd-uk"), so the longest known beginning of the words decides.
CARRIERS: dict[str, tuple[str, ...]] = {
    "4px": ("4PX", "4px worldwide express"),
    "amazon": ("Amazon Logistics", "amazon shipping", "amazon", "amzl", "swiship"),
    "an_post": ("An Post",),
    "apc": ("APC Postal Logistics", "apc logistics"),
    "aramex": ("Aramex",),
    "asendia": ("Asendia",),
    "australia_post": ("Australia Post", "auspost"),
    "austrian_post": ("Österreichische Post", "austrian post", "post at", "austria post"),
    "bpost": ("bpost", "belgian post", "bpost international"),
    "brt": ("BRT", "bartolini", "brt bartolini"),
    "cainiao": ("Cainiao", "aliexpress standard shipping"),
    "canada_post": ("Canada Post", "postes canada", "postescanada"),
    "china_post": ("China Post", "china ems", "ems china", "epacket"),
    "chronopost": ("Chronopost",),
    "cj_logistics": ("CJ Logistics", "cj korea express", "cjlogistics", "cj"),
    "correios": ("Correios", "brazil correios", "correios do brasil"),
    "correos": ("Correos", "correos spain", "correos de españa", "spain correos es"),
    "correos_express": ("Correos Express",),
    "ctt": ("CTT", "ctt correios", "portugal ctt", "ctt express"),
    "deutsche_post": ("Deutsche Post", "deutschepost", "deutsche post mail"),
    "dhl": ("DHL", "deutsche post dhl group"),
    "dhl_ecommerce": ("DHL eCommerce", "dhl global mail", "dhl globalmail", "dhl ecommerce us"),
    "dhl_express": ("DHL Express", "dhlexpress", "dhl worldwide express", "dhl active tracing"),
    "dhl_paket": ("DHL Paket", "deutsche post dhl", "dhl germany", "dhl de", "dhl paket deutschland"),
    "dhl_parcel": ("DHL Parcel", "dhlparcel", "dhl parcel nl", "dhl for you"),
    "dpd": ("DPD", "dpd group", "dynamic parcel distribution", "interlink express"),
    "dx": ("DX", "dx delivery", "dx freight"),
    "estafeta": ("Estafeta",),
    "evri": ("Evri", "hermes uk", "myhermes", "myhermes uk"),
    "fedex": ("FedEx", "federal express", "fedexdefault"),
    "fedex_smartpost": ("FedEx Ground Economy", "fedex smartpost", "fedexsmartpost"),
    "gls": ("GLS", "general logistics systems"),
    "hermes": ("Hermes", "hermes germany", "hermes de", "hermesworld"),
    "hongkong_post": ("Hongkong Post", "hong kong post"),
    "inpost": ("InPost", "inpost paczkomaty", "paczkomaty"),
    "japan_post": ("Japan Post", "日本郵便", "jp post", "japanpost", "yu pack", "ゆうパック"),
    "korea_post": ("Korea Post", "우체국", "epost korea"),
    "la_poste": ("La Poste", "colissimo", "la poste colissimo", "lettre suivie", "laposte"),
    "landmark_global": ("Landmark Global", "landmark"),
    "lasership": ("OnTrac", "lasership", "ontrac lasership"),
    "mondial_relay": ("Mondial Relay", "mondialrelay"),
    "mrw": ("MRW",),
    "new_zealand_post": ("NZ Post", "new zealand post", "nzpost", "courierpost"),
    "osm": ("OSM Worldwide",),
    "parcelforce": ("Parcelforce", "parcelforce worldwide", "parcel force"),
    "passport": ("Passport", "passport shipping"),
    "pitney_bowes": ("Pitney Bowes", "newgistics", "pitneybowes"),
    "poczta_polska": ("Poczta Polska", "pocztex"),
    "poste_italiane": ("Poste Italiane", "posteitaliane", "italy poste", "sda"),
    "postnl": ("PostNL", "postnl 3s", "postnl international", "post nl", "tnt post"),
    "postnord": ("PostNord", "post nord"),
    "purolator": ("Purolator", "purolator courier"),
    "royal_mail": ("Royal Mail", "royalmail", "royal mail tracked"),
    "sagawa": ("Sagawa", "佐川急便", "sagawa express"),
    "sendle": ("Sendle",),
    "seur": ("SEUR", "international seur", "seur international"),
    "sf_express": ("SF Express", "顺丰", "順豐", "sfexpress", "sf"),
    "singapore_post": ("Singapore Post", "singpost"),
    "swiss_post": ("Swiss Post", "die post", "la poste suisse", "swisspost", "schweizerische post"),
    "tnt": ("TNT", "tnt express"),
    "toll": ("Toll", "toll ipec", "toll priority"),
    "uds": ("United Delivery Service", "uds"),
    "ups": ("UPS", "united parcel service", "upsdap", "ups dap"),
    "ups_mail_innovations": ("UPS Mail Innovations", "ups mi", "upsmailinnovations"),
    "ups_surepost": ("UPS SurePost", "upssurepost", "ups ground saver"),
    "usps": (
        "USPS",
        "united states postal service",
        "us postal service",
        "u s postal service",
        "us post",
        "usps returns",
    ),
    "yamato": ("Yamato", "ヤマト運輸", "クロネコヤマト", "kuroneko yamato", "yamato transport", "taqbin", "ta q bin"),
    "yanwen": ("Yanwen", "yan wen"),
    "yodel": ("Yodel", "yodel direct", "yodel international"),
    "yunexpress": ("YunExpress", "yun express"),
}
NOBODY = frozenset({"", "other", "custom", "unknown", "none", "null", "n a", "na", "manual", "not available"})

# Brands of one house print each other's labels, and sources rarely tell them apart.
HOUSES = {
    "deutsche_post": "dhl",
    "dhl_ecommerce": "dhl",
    "dhl_express": "dhl",
    "dhl_paket": "dhl",
    "dhl_parcel": "dhl",
    "fedex_smartpost": "fedex",
    "tnt": "fedex",
    "ups_mail_innovations": "ups",
    "ups_surepost": "ups",
    "chronopost": "la_poste",
    "correos_express": "correos",
    "parcelforce": "royal_mail",
    "hermes": "evri",
}
# They carry a parcel part of the way and leave the door to somebody else, under the same number.
HAND_OVER = frozenset(
    {
        "4px", "apc", "asendia", "cainiao", "dhl_ecommerce", "fedex_smartpost", "landmark_global", "osm", "passport",
        "pitney_bowes", "ups_mail_innovations", "ups_surepost", "yanwen", "yunexpress",
    }
)  # fmt: skip
# Numbers of the Universal Postal Union belong to one item in the whole world, whichever post scans it.
POSTAL = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
MARKS = re.compile(r"[®™©]|\((?:r|tm|c)\)", re.IGNORECASE)
LONGEST = 40


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", MARKS.sub(" ", text)).casefold()
    return "".join(c if c.isalnum() else " " for c in folded).split()


# Run together, so that "Royal Mail", "royalmail" and "royal-mail" are one.
_KNOWN = {"".join(_words(word)): slug for slug, words in CARRIERS.items() for word in (slug, *words)}
_READ: dict[str, str] = {}


def carrier(word: str) -> str:
    """The slug of whoever `word` means: "" where it means nobody, a slug of its own where we do not know it."""
    slug = _READ.get(word)
    if slug is None:
        slug = _read(word)
        if len(_READ) < 10_000:
            _READ[word] = slug
    return slug


def _read(word: str) -> str:
    words = _words(word)
    if " ".join(words) in NOBODY:
        return ""
    for length in range(len(words), 0, -1):
        if slug := _KNOWN.get("".join(words[:length])):
            return slug
    return "_".join(words)[:LONGEST].rstrip("_")


def carrier_name(slug: str) -> str:
    """What customers call it."""
    words = CARRIERS.get(slug)
    return words[0] if words else slug.replace("_", " ").title()


def compatible(one: str, other: str, number: str = "") -> bool:
    """Can a scan by one carrier belong to a parcel of the other? Yes, unless both are known and strangers."""
    if one == other or not one or not other:
        return True
    if HOUSES.get(one, one) == HOUSES.get(other, other):
        return True
    return one in HAND_OVER or other in HAND_OVER or POSTAL.fullmatch(number) is not None
