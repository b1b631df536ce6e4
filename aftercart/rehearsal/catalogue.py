"""What Maren & Oak sells: home textiles and ceramics. Prices in euro cents, converted for other markets."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from aftercart.facts import Line, Money


@dataclass(frozen=True, slots=True)
class Product:
    slug: str
    title: str
    price: int
    variants: tuple[str, ...]
    weight: float = 1.0

    @property
    def picture(self) -> str:
        """Served by us: a real shop's pictures come from wherever the shop keeps them."""
        return f"/static/rehearsal/{self.slug}.svg"

    @property
    def id(self) -> str:
        return str(8_100_000_000_000 + 13 * (PRODUCTS.index(self) + 1))

    def variant_id(self, variant: str) -> str:
        return str(44_000_000_000_000 + 100 * (PRODUCTS.index(self) + 1) + self.variants.index(variant))

    def sku(self, variant: str) -> str:
        return f"{self.slug}-{variant}".upper().replace(" ", "-")


PRODUCTS = (
    Product("tide-mug", "Tide mug", 2400, ("Chalk", "Moss", "Ink"), 3.0),
    Product("tide-bowl", "Tide bowl, set of two", 3900, ("Chalk", "Moss"), 2.0),
    Product("ember-vase", "Ember vase", 5900, ("Small", "Tall"), 1.5),
    Product("harbour-plate", "Harbour dinner plate", 2800, ("Chalk", "Ink"), 2.0),
    Product("dune-throw", "Dune wool throw", 12900, ("Sand", "Rust", "Pine"), 1.6),
    Product("loom-blanket", "Loom weighted blanket", 17900, ("Oat", "Slate"), 0.7),
    Product("fern-cushion", "Fern cushion cover", 4500, ("45 cm", "60 cm"), 2.2),
    Product("linen-sheet", "Washed linen sheet set", 18900, ("Double", "King"), 1.2),
    Product("linen-towel", "Waffle linen towel", 3200, ("Oat", "Rust", "Pine"), 2.6),
    Product("oak-board", "Oak serving board", 4900, ("Round", "Long"), 1.4),
    Product("quiet-candle", "Quiet candle", 2900, ("Cedar", "Fig", "Rain"), 2.4),
    Product("tea-cloth", "Tea cloths, set of three", 2600, ("Stripe", "Check"), 1.8),
    Product("stone-teapot", "Stoneware teapot", 7900, ("Chalk", "Ink"), 0.9),
    Product("reed-basket", "Reed storage basket", 6400, ("Medium", "Large"), 0.9),
)

CURRENCIES = {"GB": ("GBP", 0.86), "US": ("USD", 1.08), "CA": ("CAD", 1.47), "JP": ("JPY", 1.62)}


def product(slug: str) -> Product:
    return next(item for item in PRODUCTS if item.slug == slug)


def price(product: Product, country: str) -> Money:
    currency, rate = CURRENCIES.get(country, ("EUR", 1.0))
    # Yen have no minor unit: 24 euros are about 3,900 yen, which is the same number of minor units × 1.62.
    step = 100
    return Money(amount=max(step, round(product.price * rate / step) * step), currency=currency)


def basket(rng: Random, order_id: str, country: str, *, always: str = "") -> tuple[Line, ...]:
    """One to four lines; `always` puts a product (a launch, something sold out) into the basket."""
    count = rng.choices((1, 2, 3, 4), (52, 29, 13, 6))[0]
    chosen = {product(always): None} if always else {}
    while len(chosen) < count:
        chosen[rng.choices(PRODUCTS, [item.weight for item in PRODUCTS])[0]] = None
    return tuple(_line(rng, order_id, n, item, country) for n, item in enumerate(chosen, start=1))


def _line(rng: Random, order_id: str, n: int, item: Product, country: str) -> Line:
    variant = rng.choice(item.variants)
    return Line(
        external_id=f"{order_id}{n}",
        title=item.title,
        quantity=rng.choices((1, 2, 4), (80, 15, 5))[0],
        product_id=item.id,
        variant_id=item.variant_id(variant),
        sku=item.sku(variant),
        variant=variant,
        price=price(item, country),
    )
