"""Writes what happened on the website as messages of the Segment spec."""

from __future__ import annotations

from datetime import timedelta

from cjm_tracker.simulator.acts import Json, Page, WebAct
from cjm_tracker.simulator.shop import HOST
from cjm_tracker.simulator.wire import json_bytes, milliseconds

_ON_THE_WIRE = timedelta(milliseconds=90)  # between the browser's sending and our receiving
_LIBRARY = {"name": "analytics.js", "version": "next-1.77.0"}


def message(act: WebAct) -> Json:
    received_at = milliseconds(act.arrives_at)
    # Segment corrects the browser's clock: timestamp = receivedAt - (sentAt - originalTimestamp)
    corrected = milliseconds(act.at + _ON_THE_WIRE)
    built: Json = {
        "anonymousId": act.device.cookie,
        "channel": "browser",
        "context": _context(act),
        "integrations": {},
        "messageId": act.event_id,
        "originalTimestamp": milliseconds(act.at),
        "receivedAt": received_at,
        "sentAt": milliseconds(act.arrives_at - _ON_THE_WIRE),
        "timestamp": corrected,
        "type": act.kind,
        "userId": act.junk_login or act.login,
        "version": 2,
    }
    built.update(_content(act))
    return built


def encode(act: WebAct) -> bytes:
    return json_bytes(message(act))


def _content(act: WebAct) -> Json:
    if act.kind == "identify":
        return {"traits": act.body}
    if act.kind == "page":
        url = f"https://{HOST}{act.page.path}"
        return {
            "name": act.name,
            "category": act.body["category"],
            "properties": {**act.body, "url": url},
        }
    return {"event": act.name, "properties": act.body}


def _context(act: WebAct) -> Json:
    browser, customer = act.device.browser, act.customer
    context: Json = {
        "ip": act.device.address,
        "library": _LIBRARY,
        "locale": customer.locale,
        "page": _page(act.page),
        "timezone": customer.timezone,
        "userAgent": browser.user_agent,
    }
    if browser.brands:
        context["userAgentData"] = {
            "brands": [{"brand": brand, "version": version} for brand, version in browser.brands],
            "mobile": browser.mobile,
            "platform": browser.platform,
        }
    if act.page.landing and act.page.landing.campaign:
        context["campaign"] = dict(act.page.landing.campaign)
    if act.page.landing and act.page.landing.referrer:
        entry = act.page.landing
        context["referrer"] = {"type": entry.referrer_type, "url": entry.referrer}
    if act.kind == "track" and act.shown:
        context["traits"] = dict(act.shown)
    return context


def _page(page: Page) -> Json:
    return {
        "path": page.path,
        "referrer": page.referrer,
        "search": page.search,
        "title": page.title,
        "url": f"https://{HOST}{page.path}{page.search}",
    }
