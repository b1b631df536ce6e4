"""Where a carrier shows a parcel itself, and lets its receiver choose another day or place. Pure."""

from __future__ import annotations

from urllib.parse import quote

_PAGES = {
    "canada_post": "https://www.canadapost-postescanada.ca/track-reperage/en#/details/{}",
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={}",
    "correos": "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={}",
    "ctt": "https://www.ctt.pt/feapl_2/app/open/objectSearch/objectSearch.jspx?objects={}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dhl_express": "https://www.dhl.com/global-en/home/tracking/tracking-express.html?tracking-id={}",
    "dhl_paket": "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode={}",
    "evri": "https://www.evri.com/track/parcel/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/track/{}",
    "japan_post": "https://trackings.post.japanpost.jp/services/srv/search/direct?locale=ja&reqCodeNo1={}",
    "la_poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "postnl": "https://jouw.postnl.nl/track-and-trace/{}",
    "royal_mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}


def page_of_parcel(carrier: str, number: str) -> str:
    """The address of the carrier's page of this parcel, or "" where we know none."""
    page = _PAGES.get(carrier)
    return page.format(quote(number, safe="")) if page and number else ""
