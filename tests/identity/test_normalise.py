from __future__ import annotations

import unicodedata
from typing import Any, get_args

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Identifier
from cjm_tracker.identity import (
    IdentityConfig,
    Kind,
    Known,
    Normaliser,
    Who,
    declared_standing,
    identifier_number,
)
from cjm_tracker.identity.forms import Form, in_form
from cjm_tracker.identity.kinds import KINDS
from cjm_tracker.identity.nobody import BLOCKED
from cjm_tracker.warehouse import Warehouse

PLAIN = IdentityConfig(region="BG", plain=True)


def who(*named: tuple[str, str], region: str = "", config: IdentityConfig = PLAIN) -> Who:
    """Whom an event with these identifiers names."""
    return Normaliser(config, b"key")(tuple(Identifier(*one) for one in named), region)


def normal(kind: str, value: str, region: str = "", config: IdentityConfig = PLAIN) -> str | None:
    """The stored value of one identifier; None where it means nobody."""
    found = who((kind, value), region=region, config=config).identifiers
    return found[0].value if found else None


# --- telephone numbers


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("0888 123 456", "BG", "+359888123456"),
        ("(0888) 12-34-56", "BG", "+359888123456"),
        ("+359 (88) 812-34-56", "BG", "+359888123456"),
        ("+359 0888 123 456", "BG", "+359888123456"),
        ("00359888123456", "BG", "+359888123456"),
        ("359888123456", "BG", "+359888123456"),
        ("tel:+359-888-123-456", "BG", "+359888123456"),
        ("tel:0888-123-456;phone-context=+359", "GB", "+359888123456"),
        ("тел. 0888 123 456", "BG", "+359888123456"),
        ("0888 123 456 вътр. 12", "BG", "+359888123456"),
        ("0888 123 456, в. 12", "BG", "+359888123456"),
        ("+359888123456;ext=12", "BG", "+359888123456"),
        ("＋３５９ ８８８ １２３ ４５６", "BG", "+359888123456"),
        ("٠٨٨٨ ١٢٣ ٤٥٦", "BG", "+359888123456"),
        ("۰۸۸۸۱۲۳۴۵۶", "BG", "+359888123456"),
        ("02 400 0100", "BG", "+35924000100"),
        ("+359 2 400 01 00", "BG", "+35924000100"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+7 916 123 45 67", "RU", "+79161234567"),
        ("+7 8 916 123 45 67", "RU", "+79161234567"),
        ("8-10-7-916-123-45-67", "RU", "+79161234567"),
        ("79161234567", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("tel:+7-916-123-45-67", "RU", "+79161234567"),
        ("8 (916) 123-45-67 доб. 5", "RU", "+79161234567"),
        ("8 (916) 123-45-67 (внутр. 5)", "RU", "+79161234567"),
        ("８ ９１６ １２３ ４５ ６７", "RU", "+79161234567"),
        ("07700 900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "GB", "+447700900123"),
        ("447700900123", "GB", "+447700900123"),
        ("tel:+44-7700-900123;ext=9", "GB", "+447700900123"),
        ("07700 900123 ext. 9", "GB", "+447700900123"),
        ("07700 900123 x9", "GB", "+447700900123"),
        ("+32 (0)15 91 92 83", "BE", "+3215919283"),
        ("+320 15 91 92 83", "BE", "+3215919283"),
    ],
)
def test_phones_become_e164(written: str, region: str, e164: str) -> None:
    assert normal("phone", written, region) == e164


def test_an_international_number_needs_no_region() -> None:
    assert normal("phone", "+447700900123", "BG") == "+447700900123"


@pytest.mark.parametrize("region", ["", "EN", "Bulgaria", "XX", "bg"])
def test_where_the_event_names_no_country_the_mappings_region_holds(region: str) -> None:
    assert normal("phone", "0888123456", region) == "+359888123456"


@pytest.mark.parametrize(
    "written",
    ["12", "call me", "+", "+999123", "0888", "81234", "1" * 40, "x" * 400,
     "0888123456/0888123457", "+359 888 *** 456"],
)  # fmt: skip
def test_what_can_be_no_number_is_nobodys(written: str) -> None:
    assert normal("phone", written) is None


# --- e-mail addresses


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Ana.Kirova@Shop.Example", "ana.kirova@shop.example"),
        ("  ana@shop.example\n", "ana@shop.example"),
        ("ana+lamps@shop.example", "ana+lamps@shop.example"),
        ("ａｎａ@shop.example", "ana@shop.example"),
        ("ana@xn--90ae.example", "ana@бг.example"),
        ("АНА@БГ.example", "ана@бг.example"),
        ("user@пример.рф", "user@пример.рф"),
        ("USER@XN--E1AFMKFD.XN--P1AI", "user@пример.рф"),
        ("user@ПРИМЕР。РФ", "user@пример.рф"),
        ("ana@straße.example", "ana@straße.example"),
    ],
)
def test_addresses_lose_their_case_and_nothing_else(written: str, address: str) -> None:
    assert normal("email", written) == address


@pytest.mark.parametrize(
    "written", ["ana", "ana@", "@shop.example", "a b@shop.example", "ana@shop", "a@b@c.example",
                "ana@shop..example", "ana@" + "x" * 300 + ".example"],
)  # fmt: skip
def test_what_can_be_no_address_is_nobodys(written: str) -> None:
    assert normal("email", written) is None


# --- texts


@pytest.mark.parametrize(
    ("written", "same_as"),
    [("ｕ－５０１", "u-501"), ("①②", "12"), ("ﬁrst", "first"), ("\u3000u1\t", "u1"),
     ("e\u0301va", "\u00e9va"), ("u\u00a01", "u 1")],
)  # fmt: skip
def test_one_text_written_in_two_ways_is_one(written: str, same_as: str) -> None:
    assert normal("user_id", written) == normal("user_id", same_as) == same_as


@pytest.mark.parametrize(
    ("one", "other"),
    [("u1", "U1"), ("cat", "сat"), ("u1", "u\u200b1"), ("u1", "\ufeffu1"), ("u1", "u\u00ad1")],
    ids=["case", "Cyrillic letter", "zero width", "byte order mark", "soft hyphen"],
)
def test_what_nfkc_keeps_apart_stays_apart(one: str, other: str) -> None:
    assert normal("user_id", one) != normal("user_id", other)


def test_a_kind_in_lower_form_loses_its_case() -> None:
    config = IdentityConfig(kinds={"login": Kind(form="lower")})
    assert normal("login", "Ana.K", config=config) == "ana.k"


# --- cards


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("6391 2345 678", "63912345678"),
        ("6391-2345-678", "63912345678"),
        ("6391–2345\u20115678", "639123455678"),
        ("63.91/23\u00a045", "63912345"),
        ("6391\u200b2345", "63912345"),
        ("６３９１ ٢٣٤٥", "63912345"),
        ("00639123", "639123"),
        ("000-639-123", "639123"),
        ("0012AB", "0012AB"),
        ("ab-12-cd", "AB12CD"),
        ("авекмнорстухѕіј 1", "ABEKMHOPCTYXSIJ1"),
        ("ВС-204417", "BC204417"),
        ("BС-204417", "BC204417"),
        ("ЖЙ-204417", "ЖЙ204417"),
        ("7", "7"),
    ],
)
def test_one_card_typed_in_two_ways_is_one(written: str, same_as: str) -> None:
    assert normal("loyalty_card", written) == normal("loyalty_card", same_as) == same_as


@pytest.mark.parametrize(
    ("one", "other"),
    [("0A639", "A639"), ("AB12O", "AB120"), ("И-12", "Й-12"), ("12+34", "1234")],
    ids=["zero before a letter", "O and 0", "И and Й", "plus"],
)
def test_what_is_no_spelling_of_the_same_card_stays_apart(one: str, other: str) -> None:
    assert normal("loyalty_card", one) != normal("loyalty_card", other)


@given(st.text("AВЕKМHOРCТУХ1234 -.", min_size=1, max_size=20), st.data())
def test_a_card_is_one_whatever_keyboard_each_letter_comes_from(card: str, data) -> None:
    pairs = dict(zip("AВЕKМHOРCТУХ", "АBEКMНОPСTYX", strict=True))
    other = "".join(data.draw(st.sampled_from([sign, pairs.get(sign, sign)])) for sign in card)
    assert normal("loyalty_card", card) == normal("loyalty_card", other.lower())


@pytest.mark.parametrize(
    ("check_digit", "form", "written", "stored"),
    [
        ("luhn", "card", "7992 7398 713", "79927398713"),
        ("luhn", "card", "79927398710", None),
        ("luhn", "card", "A9927398713", None),
        ("luhn", "text", "79927398713", "79927398713"),
        ("luhn", "text", "7992 7398 713", None),
        ("ean", "card", "7351-3537", "73513537"),
        ("ean", "card", "036000291452", "36000291452"),
        ("ean", "card", "36000291452", "36000291452"),
        ("luhn", "card", "0079927398713", "79927398713"),
        ("ean", "card", "4006381333931", "4006381333931"),
        ("ean", "card", "98412345678908", "98412345678908"),
        ("ean", "card", "4006381333932", None),
        ("ean", "card", "9992739871", None),
        ("none", "card", "4006381333932", "4006381333932"),
    ],
)
def test_a_card_with_a_wrong_check_digit_is_nobodys(
    check_digit: str, form: str, written: str, stored: str | None
) -> None:
    config = IdentityConfig.model_validate(
        {"kinds": {"loyalty_card": {"check_digit": check_digit, "form": form}}}
    )
    assert normal("loyalty_card", written, config=config) == stored


# --- every form

FORMS: tuple[Form, ...] = get_args(Form)
ANYTHING = st.one_of(
    st.text(max_size=40),
    st.text("+0123456789 -()/.;ext=*x", max_size=20),
    st.emails(),
    st.text(st.characters(codec=None), max_size=10),  # half characters too
)


@pytest.mark.parametrize("form", FORMS)
@given(written=ANYTHING)
@settings(max_examples=100, deadline=None)
def test_a_normal_form_is_its_own_normal_form(form: Form, written: str) -> None:
    once = in_form(form, written, "BG")
    assert once is None or in_form(form, once, "BG") == once


@pytest.mark.parametrize("kind", KINDS)
@given(written=ANYTHING, region=st.sampled_from(["", "BG", "RU", "XX"]))
@settings(max_examples=100, deadline=None)
def test_any_text_is_somebodys_or_nobodys(kind: str, written: str, region: str) -> None:
    found = who((kind, written), region=region)
    stored = [known.value for known in (*found.identifiers, found.account) if known]
    assert len(stored) <= 1 and not any(who((kind, value)) != found for value in stored)


# --- nobody's


PIECES = [
    "a", "B", "9", ".", "..", "-", "_", "+", "@", "x" * 30, "y" * 64, "gmail", "com", "Ж", "ß",
    ".com", " ", "xn--", "é", "'", "%",
]  # fmt: skip
DOMAINS = [
    "gmail.com", "Gmail.COM", "a-.com", "-a.com", "a..b", "localhost", "straße.de", "1.2.3.4",
    "xn--strae-oqa.de", "example.com", "b" * 70 + ".com", "d.c0m", "invalid.", "x_y.com",
]  # fmt: skip


@given(
    local=st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    domain=st.sampled_from(["", *(f"@{domain}" for domain in DOMAINS)]),
)
@settings(max_examples=100, deadline=None)
def test_the_short_way_of_plain_addresses_is_the_librarys(local: str, domain: str) -> None:
    def by_the_library(written: str) -> str | None:
        try:
            checked = validate_email(
                unicodedata.normalize("NFKC", written).strip(),
                check_deliverability=False,
                test_environment=True,
            )
        except EmailNotValidError:
            return None
        folded = unicodedata.normalize("NFKC", checked.local_part.casefold())
        return f"{folded}@{checked.domain}"

    assert in_form("email", local + domain, "BG") == by_the_library(local + domain)


@pytest.mark.parametrize("literal", sorted(BLOCKED))
@pytest.mark.parametrize("kind", ["user_id", "cookie", "email", "phone", "loyalty_card"])
def test_what_systems_write_for_nobody_is_nobodys(kind: str, literal: str) -> None:
    assert normal(kind, literal) is None and normal(kind, f" {literal.upper()} ") is None


@pytest.mark.parametrize(
    "value", ["", " ", "\u3000", "-", "+ -", "0000000000", "000", "xxxx", "+00000"]
)
def test_blanks_and_one_sign_repeated_are_nobodys(value: str) -> None:
    assert normal("user_id", value) is None


@pytest.mark.parametrize(
    "value",
    ["{{user_id}}", "u-{{ user.id }}", "%{uid}", "${USER_ID}", "#{id}", "<%= id %>", "*|UNIQID|*",
     "63912****78", "••••1234", "u\ud8001"],
    ids=ascii,
)  # fmt: skip
def test_what_nobody_filled_in_is_nobodys(value: str) -> None:
    assert normal("user_id", value) is normal("loyalty_card", value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [("loyalty_card", "111111"), ("loyalty_card", "1-1-1"), ("loyalty_card", "123456"),
     ("loyalty_card", "12-34-56"), ("loyalty_card", "0123456789"), ("loyalty_card", "987654321"),
     ("loyalty_card", "1234567890123"), ("loyalty_card", "XXXX XXXX 1234"),
     ("phone", "111111"), ("phone", "123456789"), ("phone", "0123456789"),
     ("phone", "+359 123 456 789"), ("phone", "+7 999 999-99-99"), ("phone", "8 123 456-78-90")],
)  # fmt: skip
def test_a_finger_along_the_keys_is_nobodys(kind: str, value: str) -> None:
    assert normal(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [("user_id", "123456"), ("cookie", "0123456789"), ("user_id", "a*b"),
     ("cookie", '{"a":{"b":1}}'), ("loyalty_card", "12345"), ("loyalty_card", "345678"),
     ("loyalty_card", "1234568"), ("email", "reply@shop.example"), ("user_id", "testov"),
     ("user_id", "Нетов")],
)  # fmt: skip
def test_what_only_looks_like_nobodys_is_somebodys(kind: str, value: str) -> None:
    assert normal(kind, value) == value


@pytest.mark.parametrize("mailbox", ["noreply", "No-Reply", "donotreply", "mailer-daemon"])
def test_a_mailbox_of_machines_is_nobodys_at_every_domain(mailbox: str) -> None:
    assert normal("email", f"{mailbox}@shop.example") is None


@pytest.mark.parametrize("value", ["7", "77", "7778", "-1a", "null2", "0x"])
def test_short_and_mixed_values_are_somebodys(value: str) -> None:
    assert normal("user_id", value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [("user_id", "kiosk-sofia"), ("user_id", "KIOSK-SOFIA"), ("email", "info@shop.example")],
)
def test_a_company_names_its_own_nobodies(kind: str, value: str) -> None:
    config = IdentityConfig(blocked=frozenset({" Kiosk-Ｓofia", "info@"}))
    assert normal(kind, value, config=config) is None


def test_the_longest_value_has_512_characters() -> None:
    assert normal("cookie", "ab" * 256) == "ab" * 256 and normal("cookie", "ab" * 256 + "c") is None


# --- hashing


def hashed(value: str, key: bytes = b"key", kind: str = "email") -> Known:
    found = Normaliser(IdentityConfig(region="BG"), key)((Identifier(kind, value),), "")
    return found.identifiers[0]


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "ana@shop.example"), ("phone", "+359888123456")]
)
def test_personal_values_are_stored_as_hashes(kind: str, value: str) -> None:
    stored = hashed(value, kind=kind).value
    assert len(stored) == 32 and set(stored) <= set("0123456789abcdef")


def test_two_spellings_have_one_hash() -> None:
    assert hashed("0888 123 456", kind="phone") == hashed("+359888123456", kind="phone")


def test_another_key_gives_another_hash() -> None:
    assert hashed("ana@shop.example", b"one").value != hashed("ana@shop.example", b"two").value


def test_without_the_key_the_hash_cannot_be_recomputed() -> None:
    import hashlib

    value = b"ana@shop.example"
    plain_hashes = {hashlib.new(name, value).hexdigest()[:32] for name in ("md5", "sha1", "sha256")}
    assert hashed(value.decode()).value not in plain_hashes


def test_one_value_of_two_kinds_is_two_identifiers() -> None:
    one, other = who(("user_id", "4400"), ("loyalty_card", "4400")).identifiers
    assert one.value == other.value and one.number != other.number


# --- an event's identifiers together


def test_the_first_ranked_identifier_comes_first() -> None:
    found = who(
        ("cookie", "c1"),
        ("email", "ana@shop.example"),
        ("user_id", "u1"),
        ("customer_number", "C1"),
    )
    kinds = [known.kind for known in found.identifiers]
    assert kinds == ["customer_number", "user_id", "email", "cookie"]


def test_of_one_kind_the_order_does_not_depend_on_the_payload() -> None:
    one = (("cookie", "c1"), ("cookie", "c2"))
    assert who(*one) == who(*one[::-1])


def test_an_identifier_given_twice_counts_once() -> None:
    found = who(("email", "ANA@shop.example"), ("email", "ana@shop.example"))
    assert len(found.identifiers) == 1


def test_nobodys_identifiers_are_left_out() -> None:
    found = who(("user_id", "null"), ("cookie", "c1"))
    assert [known.kind for known in found.identifiers] == ["cookie"]


def test_a_kind_nobody_configured_is_a_bad_field() -> None:
    with pytest.raises(InvalidRecord) as caught:
        who(("passport", "123"))
    assert caught.value.reason == "bad_field"


# --- accounts


def test_an_account_is_told_apart_from_the_customers_own() -> None:
    found = who(("account", "Acme"), ("cookie", "c1"))
    assert found == Who(
        (Known(identifier_number("cookie", "c1"), "cookie", "c1"),),
        Known(identifier_number("account", "Acme"), "account", "Acme"),
    )


@pytest.mark.parametrize(
    ("accounts", "first"),
    [(("Beta", "Acme"), "Beta"), (("null", "Acme"), "Acme"), (("null",), None)],
    ids=str,
)
def test_of_several_accounts_the_events_first_counts(
    accounts: tuple[str, ...], first: str | None
) -> None:
    account = who(*(("account", name) for name in accounts)).account
    assert (account.value if account else None) == first


def test_a_company_may_name_an_account_in_its_own_word() -> None:
    config = IdentityConfig.model_validate(
        {"kinds": {"company": {"account": True, "form": "lower"}}}
    )
    found = who(("company", "ACME"), config=config)
    assert found.account and (found.account.kind, found.account.value) == ("company", "acme")


# --- declared


def declaring(*entries: dict[str, Any], plain: bool = False) -> IdentityConfig:
    return IdentityConfig.model_validate({"region": "BG", "plain": plain, "declared": entries})


KIOSKS = {"kind": "cookie", "as": "kiosk", "prefix": "kiosk-"}
HOME = {"kind": "phone", "as": "household", "values": ["+359 2 981 1111", "02 981 2222"]}
AGENTS = {"kind": "user_id", "as": "agent", "prefix": "agent."}
CALL_CENTRE = {"kind": "phone", "as": "agent", "values": ["02 981 3333"]}


@pytest.mark.parametrize(
    ("kind", "value", "standing"),
    [
        ("cookie", "kiosk-7", "kiosk"),
        ("cookie", " ｋiosk-7", "kiosk"),
        ("cookie", "Kiosk-7", ""),
        ("cookie", "my kiosk-7", ""),
        ("device", "kiosk-7", ""),
        ("phone", "(02) 981-11-11", "household"),
        ("phone", "+35929812222", "household"),
        ("phone", "02 981 4444", ""),
    ],
)
def test_an_identifier_stands_for_what_it_is_declared(kind: str, value: str, standing: str) -> None:
    config = declaring(KIOSKS, HOME)
    (known,) = who((kind, value), config=config).identifiers
    assert declared_standing(config, b"key").standing(known) == standing


def test_rules_come_as_sql_needs_them() -> None:
    config = declaring(KIOSKS, HOME, AGENTS, CALL_CENTRE)
    prefixes, numbers = declared_standing(config, b"key")
    one, other = (hashed(phone, kind="phone").number for phone in ("029811111", "029812222"))
    assert prefixes == [("cookie", "kiosk-", "kiosk")]
    assert numbers == {one: "household", other: "household"}


def test_the_numbers_of_hashes_depend_on_the_key() -> None:
    assert declared_standing(declaring(HOME), b"a") != declared_standing(declaring(HOME), b"b")


@pytest.mark.parametrize(
    ("kind", "prefix", "value"),
    [
        ("loyalty_card", "КВ-00", "kb 0017"),
        ("email", "Desk.", "DESK.7@shop.example"),
        ("phone", "+359 2 98", "(02) 981-11-11"),
        ("user_id", "ｄesk", "desk7"),
    ],
)
def test_a_prefix_is_compared_in_the_normal_form(kind: str, prefix: str, value: str) -> None:
    config = declaring({"kind": kind, "as": "kiosk", "prefix": prefix}, plain=True)
    (known,) = who((kind, value), config=config).identifiers
    assert declared_standing(config, b"key").standing(known) == "kiosk"


@pytest.mark.parametrize(
    ("entries", "standing"),
    [
        ([KIOSKS, {**KIOSKS, "as": "household"}], "kiosk"),
        ([{**KIOSKS, "as": "household"}, KIOSKS], "household"),
        ([KIOSKS, {"kind": "cookie", "as": "household", "values": ["kiosk-7"]}], "household"),
    ],
    ids=["first of two", "the other way round", "one in full"],
)
def test_of_two_declarations_one_holds(entries: list[dict[str, Any]], standing: str) -> None:
    config = declaring(*entries)
    (known,) = who(("cookie", "kiosk-7"), config=config).identifiers
    assert declared_standing(config, b"key").standing(known) == standing


def test_an_agent_is_none_of_the_customers_identifiers() -> None:
    found = who(("user_id", "agent.maria"), ("cookie", "c1"), config=declaring(AGENTS))
    assert [known.value for known in found.identifiers] == ["c1"]
    assert found.agent == "agent.maria"


def test_a_personal_agent_is_named_by_the_hash() -> None:
    found = who(("phone", "+359 2 981 33 33"), config=declaring(CALL_CENTRE))
    assert found == Who((), None, hashed("029813333", kind="phone").value)


def test_of_several_agents_the_events_first_counts() -> None:
    named = (("user_id", "agent.b"), ("user_id", "agent.a"))
    assert who(*named, config=declaring(AGENTS)).agent == "agent.b"


# --- numbers


@pytest.mark.parametrize("kind", KINDS)
def test_an_identifiers_number_is_never_that_of_none(kind: str) -> None:
    assert identifier_number(kind, "x") > 0


def test_an_identifiers_number_is_the_one_sql_computes(warehouse: Warehouse) -> None:
    values = ["u1", "", "Ана", "a:b", "\x00", "😀" * 200]
    rows = warehouse.query(
        "SELECT halfMD5(concat('cookie', ':', arrayJoin({values:Array(String)})))",
        {"values": values},
    ).rows
    assert [row[0] for row in rows] == [identifier_number("cookie", value) for value in values]
