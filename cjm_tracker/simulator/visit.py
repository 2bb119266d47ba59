"""One visit to the website: pages, tracked events and signing in, in Segment's words.

Campaign and referrer belong to the landing page alone, as analytics.js sends them; what comes
after carries the previous page as its referrer.
"""

from __future__ import annotations

from datetime import timedelta

from cjm_tracker.simulator.acts import Identifier, Json, Page, WebAct
from cjm_tracker.simulator.entries import Entry, any_entry
from cjm_tracker.simulator.people import Account, Device
from cjm_tracker.simulator.shop import HOST, NAME
from cjm_tracker.simulator.story import Story

# name of the page call: category, path
PAGES = {
    "Home": ("Main", "/"),
    "Blog": ("Content", "/blog/"),
    "Category": ("Catalogue", "/c/"),
    "Product": ("Catalogue", "/p/"),
    "Store Locator": ("Stores", "/stores/"),
    "Loyalty Programme": ("Content", "/loyalty/"),
    "Account": ("Account", "/account/"),
    "Delivery Tracking": ("Account", "/account/tracking/"),
    "Returns": ("Help", "/help/returns/"),
    "Help": ("Help", "/help/"),
    "Contact": ("Help", "/help/contact/"),
    "Kiosk": ("Stores", "/kiosk/"),
}

# identifier kind: trait of the identify call
TRAITS = {
    "email": "email",
    "phone": "phone",
    "loyalty_card": "loyaltyCard",
    "customer_number": "customerNumber",
}


class Visit:
    def __init__(self, story: Story, device: Device, entry: Entry) -> None:
        self.story = story
        self.device = device
        self._landing: Entry | None = entry
        self._page = Page("", "", "", entry.referrer, entry)
        self.login = self._remembered()

    def go(self, path: str, title: str, search: str = "") -> None:
        """Move to a page without a page call: shop pages speak through their events."""
        entry, self._landing = self._landing, None
        referrer = entry.referrer if entry else f"https://{HOST}{self._page.path}"
        utm = entry.search if entry else ""
        full_path = f"/{self.story.customer.locale.lower()}{path}"
        self._page = Page(full_path, f"{title} | {NAME}", search or utm, referrer, entry)

    def page(self, name: str, path: str | None = None, title: str | None = None) -> None:
        """Open a page that reports itself: the first of every visit, and those without events."""
        category, usual_path = PAGES[name]
        self.go(path or usual_path, title or name)
        self._send("page", name, {"name": name, "category": category, "title": self._page.title})
        self.story.tick(25)

    def track(self, event: str, properties: Json, shown: list[Identifier] | None = None) -> None:
        self._send("track", event, properties, shown or [])
        self.story.tick(35)

    def sign_in(self) -> None:
        """Say who one is, opening an account on the first occasion."""
        account = self.story.customer.account
        if account is None or self.login:
            return
        if self._landing:
            self.page("Account")
        self.login = account.user_id
        self.device.signed_in_before = True
        self.device.remembers = not self.device.shared
        self.identify(account)
        event = "Signed In" if account.opened else "Signed Up"
        account.opened = True
        self.track(event, {"method": "password"})

    def identify(self, account: Account) -> None:
        """Send what the form says about the customer: all of it, or a guest's contact data."""
        story = self.story
        shown = [("email", account.email), ("phone", account.phone)]
        if self.login and account.loyalty_card:
            shown.append(("loyalty_card", account.loyalty_card))
        if self.login and (not story.world.dirty or story.chance(0.85)):
            shown.append(("customer_number", account.customer_number))
        traits: Json = {
            "firstName": account.first_name,
            "lastName": account.last_name,
            "country": story.customer.country,
            **{TRAITS[kind]: value for kind, value in shown},
        }
        self._send("identify", "", traits, shown)
        story.now += timedelta(milliseconds=250)

    def leave(self) -> None:
        """End the visit. In a clean world nobody leaves a device without having signed in on it."""
        if not self.story.world.dirty and not self.device.signed_in_before:
            self.sign_in()
        self.device.remembers = self.device.remembers and self.story.chance(0.7)

    def _remembered(self) -> str | None:
        account = self.story.customer.account
        return account.user_id if account and self.device.remembers else None

    def _send(
        self, kind: str, name: str, body: Json, shown: list[Identifier] | None = None
    ) -> None:
        story = self.story
        act = WebAct(
            at=story.now,
            lag=timedelta(milliseconds=story.rng.randrange(150, 1900)),
            customer=story.customer,
            event_id=f"ajs-next-{int(story.now.timestamp() * 1000)}-{story.world.uuid()}",
            device=self.device,
            page=self._page,
            kind=kind,
            name=name,
            body=body,
            login=self.login,
            shown=shown or [],
        )
        story.keep(act)


def arrive(story: Story, habit: str) -> Visit:
    """Open the website on one of the customer's devices, most often the first."""
    devices = story.customer.devices
    favourite = devices[0] if story.chance(0.55) else story.rng.choice(devices)
    return Visit(story, favourite, any_entry(story.rng, habit))
