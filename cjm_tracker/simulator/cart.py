"""What a customer means to buy, and the order it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cjm_tracker.simulator.acts import Json, TillLine
from cjm_tracker.simulator.shop import COUPONS, CURRENCY, HOST, Product


def shown(product: Product) -> Json:
    """A product as the website's events show it."""
    return {
        "product_id": str(product.number),
        "sku": product.sku,
        "category": product.category,
        "name": product.name,
        "brand": product.brand,
        "price": product.price,
        "currency": CURRENCY,
        "url": f"https://{HOST}/p/{product.slug}",
    }


@dataclass(slots=True)
class Cart:
    id: str
    lines: dict[Product, int] = field(default_factory=dict)
    coupon: str | None = None

    def add(self, product: Product) -> None:
        self.lines[product] = self.lines.get(product, 0) + 1

    def remove(self, product: Product) -> None:
        self.lines.pop(product, None)

    @property
    def cents(self) -> int:
        return sum(product.cents * quantity for product, quantity in self.lines.items())

    @property
    def discount(self) -> int:
        return self.cents * COUPONS[self.coupon] // 100 if self.coupon else 0

    @property
    def products(self) -> list[Json]:
        return [
            {**shown(product), "quantity": quantity} for product, quantity in self.lines.items()
        ]

    @property
    def till_lines(self) -> tuple[TillLine, ...]:
        return tuple(TillLine(product, quantity) for product, quantity in self.lines.items())


@dataclass(frozen=True, slots=True)
class Purchase:
    """A cart that was paid for, on the web (with an order id) or at a till (without)."""

    cart: Cart
    at: datetime
    order_id: str | None
    recognised: bool = True  # the shop knows who bought; at a till only by the card

    @property
    def product(self) -> Product:
        return next(iter(self.cart.lines))
