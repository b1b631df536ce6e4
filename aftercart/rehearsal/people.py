"""The customers: nobody who lives. First and family names are common ones, drawn apart from each other."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from aftercart.facts import Person
from aftercart.rehearsal.chance import dice, draw
from aftercart.rehearsal.places import TOWNS, Town, postal_code

LANGUAGES: dict[str, dict[str, float]] = {
    "NL": {"nl-NL": 0.9, "en-NL": 0.1},
    "DE": {"de-DE": 0.95, "en-DE": 0.05},
    "FR": {"fr-FR": 1.0},
    "ES": {"es-ES": 1.0},
    "PT": {"pt-PT": 1.0},
    "GB": {"en-GB": 1.0},
    "US": {"en-US": 0.87, "es-US": 0.13},
    "CA": {"en-CA": 0.75, "fr-CA": 0.25},
    "JP": {"ja-JP": 1.0},
}

# First names / family names. Every country's list mixes the origins that live there.
NAMES: dict[str, tuple[str, str]] = {
    "NL": (
        "Sanne Daan Fleur Bram Noor Youssef Anouk Ravi Lotte Sem Aylin Jip Marit Thijs Esra",
        "Bakker Visser Mulder Dekker Hoekstra Yılmaz Postma Ramdin Vermeer Kuipers Benali Schouten Blom",
    ),
    "DE": (
        "Lena Jonas Mia Felix Hannah Emre Clara Paul Leyla Moritz Greta Anton Ida Minh Frieda",
        "Brandt Vogel Winkler Krämer Aydın Lorenz Seidel Nowak Böhm Hartwig Nguyen Sommer Richter Maurer",
    ),
    "FR": (
        "Camille Louis Inès Hugo Chloé Mathis Aïcha Jules Manon Amadou Élise Théo Jeanne Karim Zoé",
        "Lefèvre Moreau Garnier Diallo Chevalier Roussel Benoît Haddad Marchand Perrin Traoré Gaillard",
    ),
    "ES": (
        "Lucía Hugo Carmen Álvaro Paula Iker Nerea Mateo Valentina Joan Rocío Adrián Montse Diego",
        "Navarro Iglesias Ortega Vidal Castaño Etxeberria Molina Ferrer Quispe Blanco Serrano Pascual",
    ),
    "PT": (
        "Beatriz Tiago Inês Rui Matilde Duarte Leonor Gonçalo Joana Nelson Marta Vasco",
        "Carvalho Teixeira Moura Pinheiro Tavares Lobo Cardoso Nunes Évora Figueiredo Matos",
    ),
    "GB": (
        "Imogen Callum Priya Rhys Amelia Kwame Niamh Tariq Freya Owen Zara Hamish Olu Bethan",
        "Ashworth Pritchard Okafor Mackenzie Hussain Whitlock Gallagher Patel Thornley Bevan Adeyemi Rowe",
    ),
    "US": (
        "Maya Jordan Elena Marcus Naomi Tyler Guadalupe Andre Hana Caleb Ximena Wren Darius Leilani Priya",
        "Whitaker Delgado Nakamura Brooks Osei Lindqvist Ramirez Castellanos Hayes Kapoor Bennett Tran Moss",
    ),
    "CA": (
        "Sophie Liam Aanya Étienne Mei Noah Maëlle Gurpreet Isla Olivier Farah Wyatt",
        "Tremblay Singh Bouchard MacLeod Chen Gagnon Fraser Kowalchuk Dhillon Pelletier Wong Arsenault",
    ),
}
JAPANESE = (
    (("結衣", "yui"), ("蓮", "ren"), ("葵", "aoi"), ("陽翔", "haruto"), ("美咲", "misaki"), ("拓也", "takuya")),
    (
        ("佐伯", "saeki"),
        ("森田", "morita"),
        ("藤井", "fujii"),
        ("大野", "ono"),
        ("水谷", "mizutani"),
        ("長瀬", "nagase"),
    ),
)
STREETS = {
    "NL": "Lindengracht Molenstraat Oosterkade Parklaan Wilgenweg",
    "DE": "Gartenstraße Lindenallee Bahnhofstraße Ahornweg Schillerstraße",
    "FR": "rue_des_Tilleuls avenue_de_la_Gare rue_du_Moulin place_du_Marché",
    "ES": "calle_Mayor calle_del_Olivo avenida_del_Parque calle_Nueva",
    "PT": "Rua_das_Flores Rua_do_Carmo Avenida_da_Praia Rua_Nova",
    "GB": "Station_Road Mill_Lane Orchard_Street Victoria_Terrace",
    "US": "Maple_Street Oak_Avenue Cedar_Lane 3rd_Street Willow_Court",
    "CA": "Maple_Crescent King_Street rue_Principale Birch_Avenue",
    "JP": "中央1丁目 本町2丁目 緑が丘3丁目 栄町4丁目",
}
DOMAINS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    person: Person
    town: Town
    postal_code: str
    street: str


@lru_cache(maxsize=20_000)
def customer(seed: str, country: str, index: int) -> Customer:
    """The `index`-th customer of a country: always the same one for the same seed."""
    rng = dice(seed, "customer", country, index)
    if country == "JP":
        (first, spelt_first), (last, spelt_last) = (rng.choice(names) for names in JAPANESE)
        name = f"{last} {first}"
    else:
        first, last = (rng.choice(names.split()) for names in NAMES[country])
        name, spelt_first, spelt_last = f"{first} {last}", _plain(first), _plain(last)
    town = rng.choice(TOWNS[country])
    person = Person(
        external_id=str(7_000_000_000_000 + _country_number(country) * 10_000_000 + index),
        email=f"{spelt_first}.{spelt_last}{index}@{rng.choice(DOMAINS)}",
        name=name,
        locale=draw(rng, LANGUAGES[country]),
    )
    street = rng.choice(STREETS[country].split()).replace("_", " ")
    return Customer(
        person=person,
        town=town,
        postal_code=postal_code(town, rng),
        street=_addressed(country, street, rng.randrange(1, 140)),
    )


def _country_number(country: str) -> int:
    return list(LANGUAGES).index(country) + 1


def _addressed(country: str, street: str, number: int) -> str:
    if country in {"US", "CA", "GB", "FR"}:
        return f"{number} {street}"
    return f"{street}{'-' if country == 'JP' else ' '}{number}"


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ø", "o").replace("ß", "ss"))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalpha()).lower()
