"""Mail, coupon and store of 2,469 households in one year: all under one loyalty card.

The mails are campaign events and the redemptions coupon events of the website source, the baskets
are the tills' own transactions. Mails and redemptions have a day and no time: they stand at its
beginning, before the baskets of the day. No clock names a zone; UTC is taken for all of them.

The steps are counted again in plain Python, the money by ClickHouse straight from the files.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from cjm_tracker.warehouse import Warehouse

from ..shared import shared
from .loading import NOW, Message, Tracker, segment

# It takes a minute; other real logs are read every time.
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.long]

FOLDER = "data/complete_journey"
NEW_YEAR = "2017-01-01T00:00:00Z"
FORTNIGHT = timedelta(days=14)
MAPPING = {
    "version": "complete_journey",
    "stages": ["awareness", "consideration", "purchase"],
    "formats": {"poslog": {"timezone": "UTC"}},
    "journeys": [
        {"name": "fortnight", "inactivity": "14d", "goals": ["coupon_redeemed"]},
        {"name": "year", "inactivity": "9999d", "goals": ["coupon_redeemed"]},
    ],
    # Their order is the order of what happens at one instant.
    "sources": {
        "website": {
            "channel": "mail",
            "rules": [
                {
                    "when": {"event": "Campaign Mailed"},
                    "touchpoint": "campaign_mailed",
                    "stage": "awareness",
                },
                {
                    "when": {"event": "Coupon Redeemed"},
                    "touchpoint": "coupon_redeemed",
                    "stage": "consideration",
                    "channel": "coupon",
                },
            ],
        },
        "store": {
            "channel": "store",
            "rules": [
                {"when": {"event": "sale"}, "touchpoint": "store_purchase", "stage": "purchase"}
            ],
        },
        "crm": {"channel": "crm", "rules": [{"drop": "identity_only"}]},
    },
}
POSLOG = (
    "<Transaction><RetailStoreID>{store}</RetailStoreID><WorkstationID>1</WorkstationID>"
    "<BusinessDayDate>{day}</BusinessDayDate><SequenceNumber>{basket}</SequenceNumber>"
    "<EndDateTime>{time}</EndDateTime><RetailTransaction>"
    '<Total TotalType="TransactionGrandAmount">{total}</Total>'
    "<LoyaltyAccount><LoyaltyID>{card}</LoyaltyID></LoyaltyAccount>"
    "</RetailTransaction></Transaction>"
)
QUERIES = {
    "campaign_mailed": """
        SELECT household_id, campaign_id, formatDateTime(start_date, '%FT%T')
        FROM file('{folder}/campaigns.parquet', Parquet) AS mailed
        INNER JOIN file('{folder}/campaign_descriptions.parquet', Parquet) AS campaign
            ON campaign.campaign_id = mailed.campaign_id""",
    "coupon_redeemed": """
        SELECT household_id, campaign_id, coupon_upc, formatDateTime(redemption_date, '%FT%T')
        FROM file('{folder}/coupon_redemptions.parquet', Parquet)""",
    # The file has prices as binary fractions; in whole cents their sums are exact.
    "store_purchase": """
        SELECT any(household_id), any(store_id), basket_id,
            formatDateTime(any(transaction_timestamp), '%FT%T'),
            sum(toInt64(round(sales_value * 100)))
        FROM file('{folder}/transactions.parquet', Parquet)
        GROUP BY basket_id ORDER BY basket_id""",
}


class Deed(NamedTuple):
    """What a household got or did. The first three members put its deeds in order, as the tracker
    does: by time, source and id."""

    time: str
    source: int
    id: str
    household: int
    touchpoint: str
    campaign: int = 0
    cents: int = 0
    store: int = 0
    basket: int = 0


# 17 coupons are redeemed on the day their campaign begins: of these ids the mail's comes first.


def mailed(household: int, campaign: int, time: str) -> Deed:
    id_ = f"campaign {campaign} {household}"
    return Deed(time, 0, id_, household, "campaign_mailed", campaign)


def redeemed(household: int, campaign: int, upc: int, time: str) -> Deed:
    id_ = f"coupon {campaign} {household} {upc} {time}"
    return Deed(time, 0, id_, household, "coupon_redeemed", campaign)


def bought(household: int, store: int, basket: int, time: str, cents: int) -> Deed:
    id_ = f"{store}/1/{time[:10]}/{basket}"
    return Deed(time, 1, id_, household, "store_purchase", 0, cents, store, basket)


DEEDS = {"campaign_mailed": mailed, "coupon_redeemed": redeemed, "store_purchase": bought}


def card(household: int) -> str:
    """The household's loyalty card, as long as cards are."""
    return str(6_000_000_000 + household)


def message(deed: Deed) -> Message:
    """A mail or a redemption."""
    return segment(
        "track",
        messageId=deed.id,
        timestamp=f"{deed.time}Z",
        event=deed.touchpoint.replace("_", " ").title(),
        context={
            "traits": {"loyaltyCard": card(deed.household)},
            "campaign": {"name": str(deed.campaign)},
        },
    )


def crosswalk(household: int) -> Message:
    """The household's number in the files, which no other record of ours carries."""
    fields = ["customer_number", str(household), "loyalty_card", card(household), NEW_YEAR]
    return NOW, ",".join(fields).encode()


def transaction(deed: Deed) -> Message:
    """A basket."""
    written = POSLOG.format(
        store=deed.store,
        day=deed.time[:10],
        basket=deed.basket,
        time=deed.time,
        total=Decimal(deed.cents).scaleb(-2),
        card=card(deed.household),
    )
    return NOW, written.encode()


class Loaded(NamedTuple):
    folder: Path
    households: dict[int, list[Deed]]  # each with its deeds in order
    tracker: Tracker


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Iterator[Loaded]:
    folder = shared(FOLDER)
    tracker = Tracker(engine, MAPPING)
    deeds = [
        make(*row)
        for touchpoint, make in DEEDS.items()
        for row in tracker.rows(QUERIES[touchpoint].format(folder=folder))
    ]
    households: dict[int, list[Deed]] = defaultdict(list)
    for deed in sorted(deeds):
        households[deed.household].append(deed)
    tracker.take("poslog", (transaction(deed) for deed in deeds if deed.basket))
    tracker.take("segment", (message(deed) for deed in deeds if not deed.basket))
    tracker.take("crosswalk", map(crosswalk, households))
    tracker.stitch()
    yield Loaded(folder, households, tracker)


def test_figures_are_the_published_ones(loaded: Loaded) -> None:
    counts = dict(
        loaded.tracker.rows(
            "SELECT touchpoint, (count(), uniqExact(customer_id)) FROM touchpoints"
            " GROUP BY touchpoint"
        )
    )
    assert counts == {
        "campaign_mailed": (6_589, 1_559),
        "coupon_redeemed": (2_102, 410),
        "store_purchase": (155_848, 2_469),
    }
    assert loaded.tracker.rows(
        "SELECT (SELECT count() FROM unmapped), (SELECT count() FROM dead_letters),"
        " (SELECT countIf(source != 'crm') FROM drops)"
    ) == [(0, 0, 0)]


def test_sales_are_exact_in_every_view(loaded: Loaded) -> None:
    total = Decimal("4596039.58")
    for view in ("touchpoints", "customers", "steps", "journeys"):
        where = "WHERE definition = 'year'" if view in ("steps", "journeys") else ""
        assert loaded.tracker.rows(f"SELECT sum(value) FROM {view} {where}") == [(total,)], view


def test_sales_of_each_household_are_the_files(loaded: Loaded) -> None:
    """Added up by ClickHouse from the lines of the file, without a journey or a basket."""
    found = loaded.tracker.rows(
        "SELECT known.value, customers.value FROM customers"
        " INNER JOIN identities AS known ON known.customer_id = customers.customer_id"
        " WHERE known.kind = 'loyalty_card'"
    )
    expected = loaded.tracker.rows(
        "SELECT household_id, sum(toDecimal64(toString(sales_value), 2))"
        f" FROM file('{loaded.folder}/transactions.parquet', Parquet) GROUP BY household_id"
    )
    assert dict(found) == {card(household): value for household, value in expected}


def test_mail_coupon_and_store_are_one_path_of_each_household(loaded: Loaded) -> None:
    found = dict(
        loaded.tracker.rows(
            "SELECT known.value, groupArray(event_id) FROM"
            " (SELECT * FROM steps WHERE definition = 'year' ORDER BY customer_id, position)"
            " AS taken INNER JOIN identities AS known ON known.customer_id = taken.customer_id"
            " WHERE known.kind = 'loyalty_card' GROUP BY known.value"
        )
    )
    assert len(found) == 2_469
    for household, deeds in loaded.households.items():
        assert list(found[card(household)]) == [deed.id for deed in deeds], household


def test_each_redemption_stands_between_its_mail_and_what_was_bought_from_that_day_on(
    loaded: Loaded,
) -> None:
    """By position, for all 410 households that redeem."""
    places = {
        event_id: (customer, position)
        for event_id, customer, position in loaded.tracker.rows(
            "SELECT event_id, customer_id, position FROM steps WHERE definition = 'year'"
        )
    }
    redeeming = set()
    for household, deeds in loaded.households.items():
        assert len({places[deed.id][0] for deed in deeds}) == 1
        baskets = [deed for deed in deeds if deed.basket]
        days = [basket.time[:10] for basket in baskets]
        for redemption in deeds:
            if redemption.touchpoint != "coupon_redeemed":
                continue
            redeeming.add(household)
            place = places[redemption.id]
            later = bisect_left(days, redemption.time[:10])
            assert places[f"campaign {redemption.campaign} {household}"] < place
            assert all(places[basket.id] < place for basket in baskets[:later])
            assert all(places[basket.id] > place for basket in baskets[later:])
    assert len(redeeming) == 410


def test_journeys_in_which_a_redemption_follows_a_mail(loaded: Loaded) -> None:
    found = loaded.tracker.rows(
        "SELECT definition, count(), sum(is_converted),"
        " countIf(has(arraySlice(path, indexOf(path, 'campaign_mailed')), 'coupon_redeemed')"
        "  AND has(path, 'campaign_mailed'))"
        " FROM journeys GROUP BY definition ORDER BY definition"
    )
    fortnights = [
        journey for deeds in loaded.households.values() for journey in cut(deeds, FORTNIGHT)
    ]
    assert found == [
        ("fortnight", *outcome(fortnights)),
        ("year", *outcome([*loaded.households.values()])),
    ]


def test_mail_coupon_and_purchase_by_campaign(loaded: Loaded) -> None:
    """How far its households come, and how much oftener they redeem than all that get mail."""
    steps = ["campaign_mailed", "coupon_redeemed", "store_purchase"]
    asked = {"definition": "year", "of": "touchpoint", "steps": ",".join(steps)}

    def counted(*where: str) -> list[int]:
        return [row["journeys"] for row in loaded.tracker.ask("funnel", where, **asked)]

    came = {
        household: came_to([deed.touchpoint for deed in deeds], steps)
        for household, deeds in loaded.households.items()
    }
    everybody = counted()
    assert everybody == [sum(depth >= k for depth in came.values()) for k in (1, 2, 3)]
    for campaign in (8, 18):
        theirs = counted(f"attribute.campaign={campaign}")
        sent = [
            came[household]
            for household, deeds in loaded.households.items()
            if campaign in {deed.campaign for deed in deeds}
        ]
        assert theirs == [sum(depth >= k for depth in sent) for k in (1, 2, 3)]
        assert theirs[0] == len(sent) > theirs[1] > 100
        assert theirs[1] / theirs[0] > everybody[1] / everybody[0]


def test_who_redeems_against_who_does_not(loaded: Loaded) -> None:
    """Of the same mail: what they spend in the year, and how often they come."""
    campaign = 18
    said = f"attribute.campaign={campaign}"
    rows = loaded.tracker.ask(
        "totals", [said, "converted=yes"], [said, "converted=no"], definition="year"
    )
    found = {row["figure"]: row for row in rows}
    sides: tuple[list[list[Deed]], list[list[Deed]]] = ([], [])
    for deeds in loaded.households.values():
        if campaign in {deed.campaign for deed in deeds}:
            redeems = any(deed.touchpoint == "coupon_redeemed" for deed in deeds)
            sides[not redeems].append(deeds)
    for figure, of in (("value_each", cents), ("steps_each", len)):
        one, other = (sum(map(of, side)) / len(side) for side in sides)
        row = found[figure]
        assert (row["value"], row["against"]) == pytest.approx((one, other))
        assert row["difference"] == pytest.approx(one - other)
        assert (row["n"], row["against_n"]) == tuple(map(len, sides))
        assert one > other


def cents(deeds: list[Deed]) -> float:
    return sum(deed.cents for deed in deeds) / 100


def came_to(path: list[str], steps: list[str]) -> int:
    """How many of the steps it takes, each after the one before."""
    place = 0
    for count, step in enumerate(steps):
        if step not in path[place:]:
            return count
        place = path.index(step, place) + 1
    return len(steps)


def test_every_household_number_of_the_files_names_somebody(loaded: Loaded) -> None:
    """The numbers run from 1 to 2500, so some are written with one digit only."""
    found = loaded.tracker.rows("SELECT value FROM identities WHERE kind = 'customer_number'")
    assert {int(number) for (number,) in found} == set(loaded.households)


def cut(deeds: list[Deed], patience: timedelta) -> Iterator[list[Deed]]:
    """A household's deeds, parted where nothing happens for longer than `patience`."""
    journey = deeds[:1]
    for before, deed in pairwise(deeds):
        if datetime.fromisoformat(deed.time) - datetime.fromisoformat(before.time) > patience:
            yield journey
            journey = []
        journey.append(deed)
    yield journey


def outcome(journeys: list[list[Deed]]) -> tuple[int, int, int]:
    """How many there are, how many have a redemption, and how many have one after a mail."""
    paths = [[deed.touchpoint for deed in journey] for journey in journeys]
    redeeming = [path for path in paths if "coupon_redeemed" in path]
    after_a_mail = [
        path
        for path in redeeming
        if "campaign_mailed" in path and "coupon_redeemed" in path[path.index("campaign_mailed") :]
    ]
    return len(paths), len(redeeming), len(after_a_mail)
