"""Published payloads of shop systems, each file read to its end: what becomes of its records."""

from __future__ import annotations

import pytest

from .outcomes import Outcome, file_names, outcome

pytestmark = pytest.mark.real

SEEDS = "shopify/fivetran_seeds"

# Folder: the format that reads it, its files and their records.
FILES: dict[str, tuple[str, dict[str, Outcome]]] = {
    "shopify": (
        "shopify",
        {
            "carts.json": Outcome(2, stored=2),
            "checkouts.json": Outcome(1, stored=1),
            "order.json": Outcome(1, stored=1),
            "orders.json": Outcome(1, stored=1),
            "refund.json": Outcome(1, stored=1),
            "customer.json": Outcome(1, dropped={"identity_only": 1}),
            "draft_order.json": Outcome(1, dropped={"not_a_contact": 1}),
            "events.json": Outcome(3, dropped={"not_a_contact": 3}),
            "fulfillment.json": Outcome(1, dropped={"not_a_contact": 1}),
            "gift_card.json": Outcome(1, dropped={"not_a_contact": 1}),
            "locations.json": Outcome(2, dropped={"not_a_contact": 2}),
            "tender_transactions.json": Outcome(3, dropped={"not_a_contact": 3}),
            "transaction.json": Outcome(1, dropped={"not_a_contact": 1}),
            "transactions.json": Outcome(1, dropped={"not_a_contact": 1}),
            # Campaigns and staff of the shop: no webhook sends them, and they have no clock.
            "marketing_events.json": Outcome(1, dead_letters={"wrong_layout": 1}),
            "users.json": Outcome(1, dead_letters={"wrong_layout": 1}),
        },
    ),
    SEEDS: (
        "shopify_csv",
        {
            "shopify_abandoned_checkout_data.csv": Outcome(3, stored=3),
            "shopify_customer_data.csv": Outcome(4, dropped={"identity_only": 4}),
            "shopify_gql_abandoned_checkout_data.csv": Outcome(10, stored=10),
            "shopify_gql_customer_data.csv": Outcome(10, dropped={"identity_only": 10}),
            "shopify_gql_order_data.csv": Outcome(
                9, stored=6, dropped={"voided_sale": 1, "not_a_contact": 2}
            ),
            "shopify_gql_refund_data.csv": Outcome(10, stored=10),
            "shopify_order_data.csv": Outcome(8, stored=8),
            # Without any amount: it is in the transactions, another table.
            "shopify_refund_data.csv": Outcome(5, dead_letters={"wrong_layout": 5}),
        },
    ),
    "woocommerce": (
        "woocommerce",
        {
            "customers_0.json": Outcome(1, dropped={"identity_only": 1}),
            "customers_1.json": Outcome(1, dropped={"identity_only": 1}),
            "customers_2.json": Outcome(2, dropped={"identity_only": 2}),
            "order-refunds_0.json": Outcome(1, stored=1),
            "order-refunds_1.json": Outcome(1, stored=1),
            "order-refunds_2.json": Outcome(2, stored=2),
            "orders_0.json": Outcome(1, stored=1),
            "orders_1.json": Outcome(1, stored=1),
            "orders_2.json": Outcome(2, stored=2),
            "webhooks_0.json": Outcome(1, dropped={"not_a_contact": 1}),
            "webhooks_1.json": Outcome(1, dropped={"not_a_contact": 1}),
            "webhooks_2.json": Outcome(2, dropped={"not_a_contact": 2}),
        },
    ),
    "square": (
        "square",
        {
            "payment.created.json": Outcome(1, stored=1),
            "payment.updated.json": Outcome(1, stored=1),
        },
    ),
    # GS1's examples are about goods between businesses, a train and a hospital; none is a sale.
    "epcis": (
        "epcis",
        {
            "ErrorDeclarationAndCorrectiveEvent.jsonld": Outcome(
                2, dropped={"withdrawn": 1, "supply_chain": 1}
            ),
            "Example-TransactionEvent-2020_07_03y.xml": Outcome(2, dropped={"supply_chain": 2}),
            "Example-TransactionEvents-2020_07_03y.jsonld": Outcome(2, dropped={"supply_chain": 2}),
            "Example_9.6.1-ObjectEvent-2020_06_18a.xml": Outcome(2, dropped={"supply_chain": 2}),
            "Example_9.6.1-ObjectEvent.jsonld": Outcome(2, dropped={"supply_chain": 2}),
            "Example_9.6.2-ObjectEvent.jsonld": Outcome(1, dropped={"supply_chain": 1}),
            "object_event_all_possible_fields.jsonld": Outcome(1, dropped={"withdrawn": 1}),
            "transaction_event_all_possible_fields.jsonld": Outcome(1, dropped={"withdrawn": 1}),
        },
    ),
    "poslog": (
        "poslog",
        {"SMALL.xml": Outcome(2, stored=1, dropped={"control_transaction": 1})},
    ),
}
# What is no log, with the reason.
PART = "a part of orders, checkouts or refunds that another table has"
OURS = "the shop's own"
MONEY = "the money side of orders and refunds that other tables have"
NO_LOGS = {
    "shopify": {"fivetran_seeds": "a folder of its own"},
    SEEDS: {
        "shopify_abandoned_checkout_discount_code_data.csv": PART,
        "shopify_abandoned_checkout_shipping_line_data.csv": PART,
        "shopify_discount_allocation_data.csv": PART,
        "shopify_fulfillment_event_data.csv": OURS,
        "shopify_gql_abandoned_checkout_discount_code_data.csv": PART,
        "shopify_gql_customer_visit_data.csv": PART,
        "shopify_gql_discount_allocation_data.csv": PART,
        "shopify_gql_fulfillment_event_data.csv": OURS,
        "shopify_gql_fulfillment_order_line_item_data.csv": OURS,
        "shopify_gql_location_data.csv": OURS,
        "shopify_gql_order_line_data.csv": PART,
        "shopify_gql_order_line_refund_data.csv": PART,
        "shopify_gql_order_line_tax_line_data.csv": PART,
        "shopify_gql_refund_line_item_data.csv": PART,
        "shopify_gql_tender_transaction_data.csv": MONEY,
        "shopify_gql_transaction_data.csv": MONEY,
        "shopify_location_data.csv": OURS,
        "shopify_order_line_data.csv": PART,
        "shopify_order_line_refund_data.csv": PART,
        "shopify_tender_transaction_data.csv": MONEY,
        "shopify_transaction_data.csv": MONEY,
    },
}


@pytest.mark.parametrize("folder", FILES)
def test_every_file_is_read_or_no_log(folder: str) -> None:
    assert file_names(folder) == FILES[folder][1].keys() | NO_LOGS.get(folder, {}).keys()


@pytest.mark.parametrize("name", NO_LOGS[SEEDS])
def test_another_table_is_refused_row_by_row(name: str) -> None:
    refused = outcome("shopify_csv", f"{SEEDS}/{name}")
    assert refused.dead_letters == {"wrong_layout": refused.records}
    assert refused.records > 0


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, (_, names) in FILES.items() for name in names]
)
def test_what_becomes_of_the_records_of_a_file(folder: str, name: str) -> None:
    format_name, names = FILES[folder]
    assert outcome(format_name, f"{folder}/{name}") == names[name]
