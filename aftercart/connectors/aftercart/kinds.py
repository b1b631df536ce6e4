"""Which struct of our JSON is which fact, both ways."""

from __future__ import annotations

from typing import get_args

from aftercart import facts
from aftercart.connectors.aftercart import parts, schema

STRUCTS: dict[type[facts.Fact], type[schema.Told]] = {
    fact: getattr(schema, fact.__name__) for fact in get_args(facts.ANY_FACT)
}
FACTS: dict[type[schema.Told], type[facts.Fact]] = {struct: fact for fact, struct in STRUCTS.items()}
KINDS: dict[type[facts.Fact], str] = {fact: str(struct.__struct_config__.tag) for fact, struct in STRUCTS.items()}
# The names of a kind's fields in JSON.
NAMES: dict[type[facts.Fact], dict[str, str]] = {
    fact: dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    for fact, struct in STRUCTS.items()
}

PARTS: dict[type[parts.Part], type] = {
    parts.Money: facts.Money,
    parts.Place: facts.Place,
    parts.Person: facts.Person,
    parts.Line: facts.Line,
    parts.Clocked: facts.Clocked,
    parts.File: facts.File,
    parts.Call: facts.Call,
}

# Fields that are tuples of plain tuples in a fact, and rows with names in JSON.
ROWS: dict[tuple[type[facts.Fact], str], type[parts.Row]] = {
    (facts.ProductListed, "variants"): parts.Variant,
    (facts.OrderEdited, "changes"): parts.Change,
    (facts.ParcelsShipped, "lines"): parts.Share,
    (facts.RefundIssued, "lines"): parts.Share,
    (facts.ReturnChanged, "lines"): parts.Returned,
}
