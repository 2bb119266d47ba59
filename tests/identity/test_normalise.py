from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Identifier
from cjm_tracker.identity import IdentityConfig, Known, Normaliser, identifier_number
from cjm_tracker.identity.kinds import BLOCKED, KINDS, Kind
from cjm_tracker.warehouse import Warehouse

PLAIN = IdentityConfig(region="BG", plain=True)


def normal(kind: str, value: str, region: str = "", config: IdentityConfig = PLAIN) -> str | None:
    """The stored value of one identifier; None where it means nobody."""
    found = Normaliser(config, b"key")((Identifier(kind, value),), region)
    return found[0].value if found else None


# --- telephone numbers


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("0888 123 456", "BG", "+359888123456"),
        ("+359 (88) 812-34-56", "BG", "+359888123456"),
        ("00359888123456", "BG", "+359888123456"),
        ("02 400 0100", "BG", "+35924000100"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+7 916 123 45 67", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("07700 900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "GB", "+447700900123"),
        ("＋３５９ ８８８ １２３ ４５６", "BG", "+359888123456"),
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
    "written", ["12", "call me", "+", "+999123", "0888", "81234", "1" * 40, "x" * 400]
)
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


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_normal_form_is_its_own_normal_form(written: str) -> None:
    once = normal("cookie", written)
    assert once is None or normal("cookie", once) == once


# --- nobody's


@pytest.mark.parametrize("literal", sorted(BLOCKED))
@pytest.mark.parametrize("kind", ["user_id", "cookie", "email", "phone"])
def test_what_systems_write_for_nobody_is_nobodys(kind: str, literal: str) -> None:
    assert normal(kind, literal) is None and normal(kind, f" {literal.upper()} ") is None


@pytest.mark.parametrize(
    "value", ["", " ", "\u3000", "-", "+ -", "0000000000", "000", "xxxx", "+00000"]
)
def test_blanks_and_one_sign_repeated_are_nobodys(value: str) -> None:
    assert normal("user_id", value) is None


@pytest.mark.parametrize("value", ["7", "77", "7778", "-1a", "null2", "0x"])
def test_short_and_mixed_values_are_somebodys(value: str) -> None:
    assert normal("user_id", value) == value


def test_a_company_names_its_own_nobodies() -> None:
    config = IdentityConfig(blocked=frozenset({"Kiosk-Sofia"}))
    assert normal("user_id", "kiosk-sofia", config=config) is None


def test_the_longest_value_has_512_characters() -> None:
    assert normal("cookie", "ab" * 256) == "ab" * 256 and normal("cookie", "ab" * 256 + "c") is None


# --- hashing


def hashed(value: str, key: bytes = b"key", kind: str = "email") -> Known:
    return Normaliser(IdentityConfig(region="BG"), key)((Identifier(kind, value),), "")[0]


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
    one, other = (
        Normaliser(PLAIN, b"key")((Identifier(kind, "4400"),), "")[0].number
        for kind in ("user_id", "loyalty_card")
    )
    assert one != other


# --- an event's identifiers together


def test_the_first_ranked_identifier_comes_first() -> None:
    given_ = (
        Identifier("cookie", "c1"),
        Identifier("email", "ana@shop.example"),
        Identifier("user_id", "u1"),
        Identifier("customer_number", "C1"),
    )
    kinds = [known.kind for known in Normaliser(PLAIN, b"key")(given_, "")]
    assert kinds == ["customer_number", "user_id", "email", "cookie"]


def test_of_one_kind_the_order_does_not_depend_on_the_payload() -> None:
    one = (Identifier("cookie", "c1"), Identifier("cookie", "c2"))
    assert Normaliser(PLAIN, b"k")(one, "") == Normaliser(PLAIN, b"k")(one[::-1], "")


def test_an_identifier_given_twice_counts_once() -> None:
    given_ = (Identifier("email", "ANA@shop.example"), Identifier("email", "ana@shop.example"))
    assert len(Normaliser(PLAIN, b"key")(given_, "")) == 1


def test_nobodys_identifiers_are_left_out() -> None:
    given_ = (Identifier("user_id", "null"), Identifier("cookie", "c1"))
    assert [known.kind for known in Normaliser(PLAIN, b"key")(given_, "")] == ["cookie"]


def test_a_kind_nobody_configured_is_a_bad_field() -> None:
    with pytest.raises(InvalidRecord) as caught:
        Normaliser(PLAIN, b"key")((Identifier("passport", "123"),), "")
    assert caught.value.reason == "bad_field"


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
