"""The files are what real systems write: names, shapes, ids and languages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cjm_tracker.simulator import SampleLogs

from .reading import ACS, NS, SOURCES, sales, understood


def test_ids_are_unique_in_a_clean_world(clean: SampleLogs) -> None:
    ids = [seen.event_id for source in SOURCES for seen in understood(clean, source)]
    assert len(ids) == len(set(ids))


def test_segment_messages_follow_the_spec(dirty: SampleLogs) -> None:
    for seen in understood(dirty, "website"):
        message = seen.content
        assert message["anonymousId"]
        stamps = ("originalTimestamp", "sentAt", "receivedAt", "timestamp")
        assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", message[stamp]) for stamp in stamps)
        assert message["originalTimestamp"] <= message["timestamp"] <= message["receivedAt"]
        wanted = {"track": "event", "page": "name", "identify": "traits"}[message["type"]]
        assert message[wanted]
        assert message["context"]["page"]["path"].startswith("/")


def test_all_event_names_occur(dirty: SampleLogs) -> None:
    names = {seen.content.get("event") for seen in understood(dirty, "website")}
    assert names >= {
        "Products Searched",
        "Product List Viewed",
        "Product Viewed",
        "Product Added",
        "Product Removed",
        "Cart Viewed",
        "Checkout Started",
        "Payment Info Entered",
        "Payment Failed",
        "Order Completed",
        "Coupon Applied",
        "Product Reviewed",
        "Product Shared",
        "Support Article Viewed",
        "Return Requested",
        "Signed In",
        "Signed Up",
        "Referral Sent",
        "Email Link Clicked",
    }


def test_visitors_come_by_every_way(dirty: SampleLogs) -> None:
    contexts = [seen.content["context"] for seen in understood(dirty, "website")]
    mediums = {context["campaign"]["medium"] for context in contexts if "campaign" in context}
    referrers = {context["referrer"]["type"] for context in contexts if "referrer" in context}
    assert mediums == {"cpc", "paid_social", "email"}
    assert referrers == {"search", "social", "referral"}
    assert {context["locale"] for context in contexts} == {"en-GB", "ru-RU", "bg-BG"}


def test_contacts_speak_of_all_topics(dirty: SampleLogs) -> None:
    contacts = [seen.content for seen in understood(dirty, "call_centre")]
    topics = {contact["Attributes"].get("topic") for contact in contacts}
    assert topics - {None} == {
        "order_question",
        "delivery",
        "complaint",
        "return",
        "product_advice",
        "invoice",
        "technical_help",
    }
    assert {contact["Channel"] for contact in contacts} == {"VOICE", "CHAT"}
    methods = [contact["InitiationMethod"] for contact in contacts]
    assert methods.count("INBOUND") > 0.75 * len(methods)
    assert set(methods) == {"INBOUND", "OUTBOUND", "TRANSFER", "API"}


def test_a_clean_poslog_is_one_well_formed_document(clean: SampleLogs) -> None:
    root = ElementTree.fromstring(clean.store.read_bytes())
    assert root.tag == f"{NS}POSLog"
    assert len(root) == clean.records["store"]
    assert {child.tag for child in root} == {f"{NS}Transaction"}


def test_tills_count_without_gaps(clean: SampleLogs) -> None:
    numbers: dict[str, list[int]] = {}
    for seen in understood(clean, "store"):
        store, till, _, sequence = seen.event_id.split("/")
        numbers.setdefault(f"{store}/{till}", []).append(int(sequence))
    for found in numbers.values():
        assert sorted(found) == list(range(min(found), min(found) + len(found)))


def test_tills_add_up(dirty: SampleLogs) -> None:
    signs = set()
    for seen in sales(dirty):
        retail = seen.content.find(f"{NS}RetailTransaction")
        totals = {total.get("TotalType"): float(total.text) for total in retail.iter(f"{NS}Total")}
        lines = sum(float(amount.text) for amount in retail.iter(f"{NS}ExtendedAmount"))
        tendered = float(retail.find(f".//{NS}Tender/{NS}Amount").text)
        grand = totals["TransactionGrandAmount"]
        assert abs(lines - totals["acs:DiscountTotal"] - grand) < 0.005
        assert grand == tendered
        signs.add(grand > 0)
    assert signs == {True, False}


def test_a_loyalty_card_is_shown_at_most_tills(dirty: SampleLogs) -> None:
    cards = [seen.content.find(f".//{ACS}LoyaltyID") for seen in sales(dirty)]
    share = sum(card is not None for card in cards) / len(cards)
    assert 0.6 < share < 0.8
    assert all(len(card.text) == 25 for card in cards if card is not None)


def test_scores_stay_on_their_scales(dirty: SampleLogs) -> None:
    scales = {"csat": range(1, 6), "nps": range(11), "ces": range(1, 8)}
    for seen in understood(dirty, "survey"):
        answer = seen.content["answers"][0]
        assert answer["number"] in scales[answer["field"]["ref"]]
        refs = {field["ref"] for field in seen.content["definition"]["fields"]}
        assert refs == {answer["field"]["ref"], "comment"}


def test_comments_come_in_three_languages(dirty: SampleLogs) -> None:
    texts: dict[str, set[str]] = {"en": set(), "ru": set(), "bg": set()}
    for seen in understood(dirty, "survey"):
        for answer in seen.content["answers"]:
            if answer["type"] == "text":
                texts[seen.content["hidden"]["lang"]].add(answer["text"])
    assert all(len(found) > 20 for found in texts.values())
    assert all(text.isascii() for text in texts["en"])
    for language in ("ru", "bg"):
        assert all(re.search(r"[а-я]", text) for text in texts[language])
