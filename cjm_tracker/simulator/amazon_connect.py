"""Writes contacts with the call centre as Amazon Connect contact trace records.

The record may be written twice: a draft soon after the contact, and later the finished one with
the same ContactId, a later LastUpdateTimestamp and the agent's wrap-up and topic filled in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cjm_tracker.simulator.acts import Contact, Json
from cjm_tracker.simulator.wire import json_bytes, seconds

_ACCOUNT = "111122223333"
_INSTANCE = f"arn:aws:connect:eu-central-1:{_ACCOUNT}:instance/7d1c5f0e-2b7a-4a53-9a0e-5d5c8a4f9e01"
_WRAP_UP = 45  # seconds

QUEUES = {
    "order_question": "Orders",
    "delivery": "Delivery",
    "complaint": "Complaints",
    "return": "Returns",
    "product_advice": "Sales advice",
    "invoice": "Billing",
    "technical_help": "Technical help",
}
SPECIALISTS = "Specialists"
_LINES = {"BG": "+35924000100", "GB": "+442079460100", "RU": "+74950000100"}


def record(contact: Contact, draft: bool = False) -> Json:
    updated_at = contact.draft_at if draft and contact.draft_at else contact.arrives_at
    voice = contact.channel == "VOICE"
    return {
        "AWSAccountId": _ACCOUNT,
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": _agent(contact, draft),
        "AgentConnectionAttempts": 1 if contact.talked else 0,
        "AnsweringMachineDetectionStatus": None,
        "Attributes": _attributes(contact, draft),
        "Campaign": {"CampaignId": None},
        "Channel": contact.channel,
        "ConnectedToSystemTimestamp": seconds(contact.at),
        "ContactDetails": {},
        "ContactId": contact.event_id,
        "CustomerEndpoint": _endpoint(contact.phone) if voice else None,
        "DisconnectReason": contact.ended_by,
        "DisconnectTimestamp": seconds(contact.ended_at),
        "InitialContactId": contact.first_id,
        "InitiationMethod": contact.method,
        "InitiationTimestamp": seconds(contact.at),
        "InstanceARN": _INSTANCE,
        "LastUpdateTimestamp": seconds(updated_at),
        "MediaStreams": [{"Type": "AUDIO" if voice else "CHAT"}],
        "NextContactId": contact.next_id,
        "PreviousContactId": contact.previous_id,
        "Queue": _queue(contact),
        "Recording": None,
        "Recordings": None,
        "References": [],
        "ScheduledTimestamp": None,
        "SystemEndpoint": _endpoint(_LINES[contact.customer.country]) if voice else None,
        "TransferCompletedTimestamp": seconds(contact.ended_at) if contact.next_id else None,
        "TransferredToEndpoint": None,
        "VoiceIdResult": None,
    }


def encode(contact: Contact, draft: bool = False) -> bytes:
    return json_bytes(record(contact, draft))


def _endpoint(address: str | None) -> Json:
    return {"Address": address, "Type": "TELEPHONE_NUMBER"}


def _attributes(contact: Contact, draft: bool) -> Json:
    attributes: Json = {"language": contact.customer.language}
    number = contact.junk_number or contact.customer_number
    if number:
        attributes["customerNumber"] = number
    if not draft:  # the agent chooses the topic while wrapping up
        attributes["topic"] = contact.topic
    return attributes


def _agent(contact: Contact, draft: bool) -> Json | None:
    if contact.agent is None:
        return None
    wrap_up = 0 if draft else _WRAP_UP  # the draft is written before the agent wraps up
    return {
        "ARN": f"{_INSTANCE}/agent/{contact.agent}",
        "AfterContactWorkDuration": wrap_up,
        "AfterContactWorkEndTimestamp": None if draft else _after(contact.ended_at, wrap_up),
        "AfterContactWorkStartTimestamp": None if draft else seconds(contact.ended_at),
        "AgentInteractionDuration": contact.talked - contact.held,
        "ConnectedToAgentTimestamp": seconds(contact.answered_at),
        "CustomerHoldDuration": contact.held,
        "HierarchyGroups": None,
        "LongestHoldDuration": contact.held,
        "NumberOfHolds": 1 if contact.held else 0,
        "RoutingProfile": {"ARN": f"{_INSTANCE}/routing-profile/service", "Name": "Service"},
        "Username": contact.agent,
    }


def _after(moment: datetime, duration: int) -> str:
    return seconds(moment + timedelta(seconds=duration))


def _queue(contact: Contact) -> Json:
    name = SPECIALISTS if contact.previous_id else QUEUES[contact.topic]
    enqueued_at = contact.at + timedelta(seconds=contact.greeted)
    return {
        "ARN": f"{_INSTANCE}/queue/{name.lower().replace(' ', '-')}",
        "DequeueTimestamp": seconds(contact.answered_at),
        "Duration": contact.waited,
        "EnqueueTimestamp": seconds(enqueued_at),
        "Name": name,
    }
