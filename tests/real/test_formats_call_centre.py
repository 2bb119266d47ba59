"""Published payloads of telephone systems, each file read to its end: what becomes of its records.

Asterisk's own examples ring between extensions, so their calls are internal; the examples of its
call detail records use few call ids over and over, so 54 lines come to five calls.
"""

from __future__ import annotations

import pytest

from .outcomes import Outcome, file_names, outcome

pytestmark = pytest.mark.real

# File: the format that reads it, and its records.
FILES = {
    "amazon_connect": {
        "contact_trace_record.json": ("amazon_connect", Outcome(1, stored=1)),
        "contact_event_connected_to_agent.json": ("amazon_connect_events", Outcome(1, stored=1)),
        "contact_event_disconnected_eventbridge.json": (
            "amazon_connect_events",
            Outcome(1, stored=1),
        ),
        # Printed with a comma too many.
        "contact-events_1.invalid.txt": (
            "amazon_connect_events",
            Outcome(1, dead_letters={"not_json": 1}),
        ),
        # Printed with comments; and it is about an agent's status, not about a contact.
        "sample-agent-event-stream_0.invalid.txt": (
            "amazon_connect_events",
            Outcome(1, dead_letters={"not_json": 1}),
        ),
    },
    "asterisk": {
        "cdr_spec_examples.csv": ("asterisk_cdr", Outcome(5, dropped={"internal_call": 5})),
        "cel_3way_call_42_events.csv": ("asterisk_cel", Outcome(5, dropped={"internal_call": 5})),
        "queue_log_sample.txt": (
            "asterisk_queue_log",
            Outcome(6, stored=2, dropped={"phantom_call": 4}),
        ),
    },
    "twilio": {
        "voice_incoming_ringing.urlencoded": ("twilio_voice", Outcome(1, stored=1)),
        "voice_status_completed.urlencoded": ("twilio_voice", Outcome(1, stored=1)),
    },
    "zendesk_talk": {
        # Four outbound calls that nobody took, one of them twice, and the legs of two.
        "calls_and_legs.jsonl": (
            "zendesk_talk",
            Outcome(6, stored=2, dropped={"outbound_call": 4}),
        ),
    },
    "zendesk_support_fivetran_seeds": {
        "ticket_data.csv": (
            "zendesk_tickets_csv",
            Outcome(10, stored=8, dropped={"withdrawn": 2}),
        ),
        "user_data.csv": (
            "zendesk_tickets_csv",
            Outcome(10, dropped={"identity_only": 9, "not_a_contact": 1}),
        ),
    },
}
NO_LOGS = {
    "amazon_connect": {},
    "asterisk": {"queue_log_event_reference.md": "documentation"},
    "twilio": {},
    "zendesk_talk": {},
    # Tables that Fivetran keeps beside the tickets: their rows are no contacts of their own.
    "zendesk_support_fivetran_seeds": {
        "audit_log_data.csv": "what administrators changed",
        "ticket_chat_data.csv": "table: which chat is of which ticket, without a clock",
        "ticket_chat_event_data.csv": "table: the messages of a chat",
        "ticket_comment_data.csv": "table: the messages of a ticket",
        "ticket_field_history_data.csv": "table: which field changed when",
        "ticket_form_history_data.csv": "table: forms",
        "ticket_schedule_data.csv": "table: business hours",
        "ticket_sla_policy_data.csv": "table: which agreement holds",
        "ticket_tag_data.csv": "table: tags",
    },
}


@pytest.mark.parametrize("folder", FILES)
def test_every_file_is_read_or_no_log(folder: str) -> None:
    assert file_names(folder) == FILES[folder].keys() | NO_LOGS[folder].keys()


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, names in FILES.items() for name in names]
)
def test_what_becomes_of_the_records_of_a_file(folder: str, name: str) -> None:
    format_name, expected = FILES[folder][name]
    assert outcome(format_name, f"{folder}/{name}") == expected


@pytest.mark.parametrize("name", NO_LOGS["zendesk_support_fivetran_seeds"])
def test_another_table_is_refused_row_by_row(name: str) -> None:
    refused = outcome("zendesk_tickets_csv", f"zendesk_support_fivetran_seeds/{name}")
    assert refused.dead_letters == {"wrong_layout": refused.records}
    assert refused.records > 0
