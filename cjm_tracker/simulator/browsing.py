"""Looking around on the website: lists, searches, products, and a cart filled and emptied."""

from __future__ import annotations

from urllib.parse import quote_plus

from cjm_tracker.simulator.cart import Cart, shown
from cjm_tracker.simulator.shop import PRODUCTS, Product
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import Visit

_BUDGET_STEPS = (0.5, 2.0)  # an alternative costs between half and twice as much


def look_around(visit: Visit, goal: Product) -> None:
    """Come in, find the shelf, compare a few products and end at the one in mind."""
    story = visit.story
    _come_in(visit, goal)
    for _ in range(story.rng.choices((0, 1, 2, 3), (44, 32, 16, 8))[0]):
        view(visit, _alternative(story, goal))
    view(visit, goal)
    if story.chance(0.15):
        view(visit, _alternative(story, goal))
        view(visit, goal)


def view(visit: Visit, product: Product) -> None:
    visit.go(f"/p/{product.slug}", product.name)
    visit.track("Product Viewed", shown(product))


def view_cart(visit: Visit, cart: Cart) -> None:
    visit.go("/cart", "Cart")
    visit.track("Cart Viewed", {"cart_id": cart.id, "products": cart.products})


def fill_cart(visit: Visit, cart: Cart, goal: Product) -> None:
    """Add the product, perhaps another one, hesitate, take out, look again."""
    story = visit.story
    _add(visit, cart, goal)
    if story.chance(0.3):
        other = _alternative(story, goal)
        view(visit, other)
        _add(visit, cart, other)
    if story.chance(0.65):
        view_cart(visit, cart)
    if story.chance(0.12 + story.customer.persona.coupons / 4):
        _take_out(visit, cart, goal)
        view(visit, goal)
        if story.chance(0.6):
            _add(visit, cart, goal)


def _come_in(visit: Visit, goal: Product) -> None:
    """The first page and, unless it was the product's own, the way to the shelf."""
    door = visit.story.rng.choices(("Home", "Blog", "Category", "Product"), (34, 10, 34, 22))[0]
    if door == "Product":
        visit.page("Product", f"/p/{goal.slug}", goal.name)
        return
    if door == "Category":
        visit.page("Category", f"/c/{_shelf(goal)}", goal.category)
    else:
        visit.page(door)
    if door != "Category" and visit.story.chance(0.45):
        _search(visit, goal)
    else:
        _list(visit, goal)


def _search(visit: Visit, goal: Product) -> None:
    query = visit.story.rng.choice((goal.name, goal.category)).lower()
    visit.go("/search", "Search", f"?q={quote_plus(query)}")
    visit.track("Products Searched", {"query": query})


def _list(visit: Visit, goal: Product) -> None:
    visit.go(f"/c/{_shelf(goal)}", goal.category)
    listed = [shown(product) for product in PRODUCTS if product.category == goal.category]
    visit.track(
        "Product List Viewed",
        {"list_id": _shelf(goal), "category": goal.category, "products": listed[:3]},
    )


def _shelf(product: Product) -> str:
    return product.category.lower().replace(" & ", "-").replace(" ", "-")


def _alternative(story: Story, goal: Product) -> Product:
    low, high = (goal.cents * step for step in _BUDGET_STEPS)
    similar = [
        product
        for product in PRODUCTS
        if product is not goal
        and (product.category == goal.category or low <= product.cents <= high)
    ]
    return story.rng.choice(similar)


def _add(visit: Visit, cart: Cart, product: Product) -> None:
    cart.add(product)
    visit.track("Product Added", {"cart_id": cart.id, **shown(product), "quantity": 1})


def _take_out(visit: Visit, cart: Cart, product: Product) -> None:
    cart.remove(product)
    visit.track("Product Removed", {"cart_id": cart.id, **shown(product), "quantity": 1})
