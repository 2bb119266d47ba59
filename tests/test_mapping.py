from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from cjm_tracker.errors import ConfigError
from cjm_tracker.identity import Kind
from cjm_tracker.kpis import Kpi
from cjm_tracker.mapping import DEFAULT_MAPPING, LANGUAGES, Mapping, digest, load_mapping
from cjm_tracker.resources import PRESETS

GOOD = dedent(
    """\
    version: shop_1
    stages: [awareness, purchase]
    formats:
      seelab_calls: {timezone: Asia/Jerusalem}
    identity:
      region: BG
      blocked: [kiosk]
    journeys:
      - name: all
        inactivity: 30d
        inactivity_by_channel: {phone: 3d}
        goals: [order_completed]
        starts_at: [page_viewed]
        ends_at: [order_completed]
    sources:
      website:
        channel: web
        rules:
          - {when: {event: Order Completed}, touchpoint: order_completed, stage: purchase}
          - when: {call: page}
            touchpoint: page_viewed
            stage: awareness
      call_centre:
        channel: phone
        rules:
          - {touchpoint: service_call}
    labels:
      awareness: {en: Awareness, ru: Осведомлённость}
    timezone: UTC
"""
)


@pytest.fixture
def written(tmp_path: Path):
    """Writes a mapping file and loads it."""
    path = tmp_path / "shop.yaml"

    def load(text: str | bytes = GOOD) -> Mapping:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_mapping(path)

    return load


def complaint(written, text: str | bytes, tmp_path: Path) -> str:
    """The refusal, without the folder the file lies in."""
    with pytest.raises(ConfigError) as caught:
        written(text)
    return str(caught.value).replace(f"{tmp_path}{os.sep}", "")


# --- what a mapping says


def test_a_good_mapping_loads(written) -> None:
    assert written().version == "shop_1"


def test_touchpoints_come_with_their_stage(written) -> None:
    assert written().touchpoints == {
        "order_completed": "purchase", "page_viewed": "awareness", "service_call": ""
    }  # fmt: skip


def test_channels_are_listed_once_in_the_files_order(written) -> None:
    text = GOOD.replace(
        "touchpoint: page_viewed\n", "touchpoint: page_viewed\n        channel: app\n"
    )
    assert written(text).channels == ["web", "app", "phone"]


def test_sources_break_ties_in_the_files_order(written) -> None:
    assert written().source_priority == ["website", "call_centre"]


def test_a_format_gets_its_time_zone(written) -> None:
    assert str(written().options("seelab_calls").timezone) == "Asia/Jerusalem"


def test_a_format_nothing_is_said_about_has_the_time_zone_of_all(written) -> None:
    assert written().options("segment").timezone == ZoneInfo("UTC")


def test_a_label_is_shown_in_the_language_asked_for(written) -> None:
    assert written().label("awareness", "ru") == "Осведомлённость"


def test_without_a_label_the_name_is_shown_with_blanks(written) -> None:
    assert written().label("order_completed", "bg") == "order completed"


def test_a_label_in_another_language_only_is_no_label(written) -> None:
    assert written().label("awareness", "bg") == "awareness"


# --- its digest


def test_the_digest_does_not_depend_on_how_the_file_is_laid_out(written) -> None:
    spaced = "# a comment\n" + GOOD.replace(
        "[awareness, purchase]", "\n  - awareness\n  - purchase"
    )
    assert digest(written(spaced)) == digest(written())


def test_the_digest_tells_mappings_apart(written) -> None:
    assert digest(written(GOOD.replace("30d", "31d"))) != digest(written())


IDENTITY = dedent(
    """\
    identity:
      region: BG
      blocked: [kiosk]
      kinds:
        loyalty_card: {check_digit: luhn, limit: 3}
        membership: {strong: true, form: card}
      declared:
        - {kind: cookie, as: kiosk, prefix: kiosk-}
        - kind: phone
          as: household
          values: ["+359 2 981 1111"]
      public_from: 30
      max_anonymous: 40
      max_hops: 3
    """
)


def with_identity(section: str = IDENTITY) -> str:
    return GOOD.replace("identity:\n  region: BG\n  blocked: [kiosk]\n", section)


def test_a_mapping_says_what_identifiers_there_are(written) -> None:
    identity = written(with_identity()).identity
    assert (identity.public_from, identity.max_anonymous, identity.max_hops) == (30, 40, 3)
    assert [rule.standing for rule in identity.declared] == ["kiosk", "household"]
    assert identity.kinds["membership"] == Kind(strong=True, form="card", limit=5)
    assert identity.kinds["loyalty_card"].limit == 3 and identity.kinds["loyalty_card"].strong


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("[kiosk]", "[kiosk, till]", False),
        ("[kiosk]", '["kiosk", kiosk]', True),
        ("limit: 3", "limit: 4", False),
        ("{strong: true, form: card}", "{form: card, strong: true, limit: 5}", True),
        ("as: kiosk", "as: household", False),
        ("max_hops: 3", "max_hops: 4", False),
    ],
)
def test_the_digest_holds_what_is_said_about_identity(
    written, old: str, new: str, same: bool
) -> None:
    changed = digest(written(with_identity(IDENTITY.replace(old, new, 1))))
    assert (changed == digest(written(with_identity()))) is same


def test_the_digest_is_the_same_in_every_process(tmp_path: Path) -> None:
    # It is part of the tokens that keep a batch from being counted twice after a restart.
    path = tmp_path / "shop.yaml"
    path.write_text(GOOD.replace("[kiosk]", "[kiosk, tester, staff, demo, office, till]"))
    program = (
        "import sys, pathlib; from cjm_tracker.mapping import digest, load_mapping;"
        "print(digest(load_mapping(pathlib.Path(sys.argv[1]))))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


# --- what is refused, and where


def test_times_without_a_zone_need_one(written, tmp_path: Path) -> None:
    text = GOOD.replace("timezone: UTC\n", "").replace("{timezone: Asia/Jerusalem}", "{}")
    assert complaint(written, text, tmp_path).startswith(
        "shop.yaml:1: timezone is missing: the times of "
    )


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("version: shop_1\n", "", "shop.yaml:1: version: Field required"),
        ("shop_1", "Shop 1", "shop.yaml:1: version: String should match pattern"),
        ("[awareness, purchase]", "[]", "shop.yaml:2: stages: List should have at least 1 item"),
        ("purchase]", "Pur chase]", "shop.yaml:2: stages.1: String should match pattern"),
        ("stages:", "stage:", "shop.yaml:2: stage: Extra inputs are not permitted"),
        ("purchase]", "purchase, awareness]", "shop.yaml:2: stage 'awareness' is there twice"),
        ("stage: purchase", "stage: purchse",
         "shop.yaml:19: stage 'purchse' is not defined, did you mean 'purchase'?"),
        ("stage: purchase", "stage: zzz",
         "shop.yaml:19: stage 'zzz' is not defined; there are: awareness, purchase"),
        ("seelab_calls:", "seelab_cals:",
         "shop.yaml:4: format 'seelab_cals' is not defined, did you mean 'seelab_calls'?"),
        ("Asia/Jerusalem", "Asia/Jerusalm",
         "shop.yaml:4: formats.seelab_calls.timezone: 'Asia/Jerusalm' is no"),
        ("Asia/Jerusalem", "Asia",
         "shop.yaml:4: formats.seelab_calls.timezone: 'Asia' is no time zone"),
        ("timezone:", "time_zone:",
         "shop.yaml:4: formats.seelab_calls.time_zone: Extra inputs are not permitted"),
        ("timezone: UTC", "timezone: Utopia", "shop.yaml:29: timezone: 'Utopia' is no time zone"),
        ("region: BG", "region: Bulgaria", "shop.yaml:6: identity.region: 'Bulgaria'"),
        ("region: BG", "region: XX", "shop.yaml:6: identity.region: 'XX' is no"),
        ("blocked: [kiosk]", "kinds: {Pass Port: {}}", "shop.yaml:7: identity.kinds.Pass Port"),
        ("blocked: [kiosk]", "kinds: {pass: {strng: true}}",
         "shop.yaml:7: identity.kinds.pass.strng: Extra inputs are not permitted"),
        ("blocked: [kiosk]", "kinds: {pass: {form: upper}}",
         "shop.yaml:7: identity.kinds.pass.form: Input should be"),
        ("name: all", "name: All of them", "shop.yaml:9: journeys.0.name: String should match"),
        ("inactivity: 30d", "inactivity: 30",
         "shop.yaml:10: journeys.0.inactivity: a duration is a number and a unit"),
        ("{phone: 3d}", "{phone: soon}", "shop.yaml:11: journeys.0.inactivity_by_channel.phone"),
        ("{phone: 3d}", "{phon: 3d}",
         "shop.yaml:11: channel 'phon' is not defined, did you mean 'phone'?"),
        ("goals: [order_completed]", "goals: [order_complete]",
         "shop.yaml:12: touchpoint 'order_complete' is not defined, did you mean 'order_co"),
        ("starts_at: [page_viewed]", "starts_at: [x]",
         "shop.yaml:13: touchpoint 'x' is not defined; there are: order_completed, page_viewed"),
        ("ends_at: [order_completed]", "ends_at: [order_completed, x]",
         "shop.yaml:14: touchpoint 'x' is not defined"),
        ("sources:\n", "  - {name: all}\nsources:\n",
         "shop.yaml:15: journey 'all' is there twice"),
        ("website:", "web_site:", "shop.yaml:16: sources.web_site: Input should be 'website'"),
        ("    channel: web\n", "", "shop.yaml:16: sources.website.channel: Field required"),
        ("when: {event: Order Completed}", "when: {event: {starts: Order}}",
         "shop.yaml:19: sources.website.rules.0.when.event.starts: Extra inputs"),
        ("when: {event: Order Completed}", "when: {group: orders}",
         "shop.yaml:19: group 'orders' is not defined"),
        ("when: {event: Order Completed}", "when: {any: [{event: {starts: Order}}]}",
         "shop.yaml:19: sources.website.rules.0.when.any.0.event.starts: Extra inputs"),
        ("when: {event: Order Completed}", 'when: {event: {regex: "(Order"}}',
         "shop.yaml:19: sources.website.rules.0.when.event.regex: '(Order' is no pattern"),
        ("timezone: UTC", "groups: {a: {group: b}, b: {event: x}}\ntimezone: UTC",
         "shop.yaml:29: group 'b' is not defined above 'a'"),
        ("timezone: UTC", "owners: {awarenes: Ann}\ntimezone: UTC",
         "shop.yaml:29: stage or touchpoint 'awarenes' is not defined, did you mean 'awareness'?"),
        ("touchpoint: order_completed,", "",
         "shop.yaml:19: sources.website.rules.0: a rule names either"),
        ("touchpoint: page_viewed\n", "touchpoint: Page Viewed\n",
         "shop.yaml:21: sources.website.rules.1.touchpoint: String should match pattern"),
        ("touchpoint: page_viewed\n", "touchpint: page_viewed\n",
         "shop.yaml:21: sources.website.rules.1.touchpint: Extra inputs are not permitted"),
        ("rules:\n      - {touchpoint: service_call}", "rules: []",
         "shop.yaml:25: sources.call_centre.rules: List should have at least 1 item"),
        ("{en: Awareness, ru:", "{en: Awareness, de:", "shop.yaml:28: labels.awareness.de: Input"),
        ("{en: Awareness", "{en: [A]", "shop.yaml:28: labels.awareness.en: Input should"),
    ],
    ids=lambda value: value[:34],
)  # fmt: skip
def test_a_wrong_field_is_refused_by_file_line_and_name(
    written, tmp_path: Path, old: str, new: str, text: str
) -> None:
    assert GOOD.count(old) >= 1
    assert text in complaint(written, GOOD.replace(old, new, 1), tmp_path)


@pytest.mark.parametrize(
    ("kpis", "text"),
    [
        ("awarenes: []", "stage 'awarenes' is not defined, did you mean 'awareness'?"),
        ("awareness: [{name: k}]", "kpis.awareness.0.target: Field required"),
        ("awareness: [{name: k, target: 1, aim: 1}]",
         "kpis.awareness.0.aim: Extra inputs are not permitted"),
        ("awareness: [{name: My KPI, target: 1}]", "kpis.awareness.0.name: String should match"),
        ("awareness: [{name: k, measure: sales, target: 1}]",
         "kpis.awareness.0.measure: Input should be 'conversion'"),
        ("awareness: [{name: k, measure: drop_off, target: 40}]",
         "kpis.awareness.0.target: the target of drop_off is a number from 0 to 1"),
        ("awareness: [{name: k, measure: emotion, target: good}]",
         "kpis.awareness.0.target: the target of emotion is a number from -1 to 1"),
        ("awareness: [{name: k, measure: wait, target: 90}]",
         "kpis.awareness.0.target: a duration is a number and a unit: 90s"),
        ("awareness: [{name: k, target: ''}]",
         "kpis.awareness.0.target: a target is a number, a duration, or words"),
        ("awareness: [{name: k, target: 1}, {name: k, target: 2}]", "KPI 'k' is there already"),
    ],
)  # fmt: skip
def test_a_wrong_kpi_is_refused_by_file_line_and_name(
    written, tmp_path: Path, kpis: str, text: str
) -> None:
    wrong = GOOD.replace("timezone: UTC", f"kpis: {{{kpis}}}\ntimezone: UTC")
    assert complaint(written, wrong, tmp_path).startswith(f"shop.yaml:29: {text}")


def test_what_people_say_of_stages_is_no_other_mapping() -> None:
    mapping = load_mapping()
    kpis = {"service": [Kpi(name="wait", measure="wait", target="90s")]}
    assert digest(mapping.model_copy(update={"kpis": kpis})) == digest(mapping)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("loyalty_card: {check_digit", "email: {check_digit",
         "shop.yaml:9: identity.kinds.email.check_digit: a personal kind has no check digit"),
        ("limit: 3", "limit: 0",
         "shop.yaml:9: identity.kinds.loyalty_card.limit: Input should be greater"),
        ("limit: 3", "account: true",
         "shop.yaml:9: identity.kinds.loyalty_card.account: a strong kind names one person"),
        ("form: card", "from: card",
         "shop.yaml:10: identity.kinds.membership.from: Extra inputs are not permitted"),
        ("form: card", "form: cart", "shop.yaml:10: identity.kinds.membership.form: Input should"),
        ("as: kiosk", "is: kiosk", "shop.yaml:12: identity.declared.0.as: Field required"),
        ("as: kiosk", "as: till", "shop.yaml:12: identity.declared.0.as: Input should be 'kiosk'"),
        ("kind: cookie", "kind: cookies",
         "shop.yaml:12: identity.declared.0: kind 'cookies' is not configured; there are: "),
        (", prefix: kiosk-", "", "shop.yaml:12: identity.declared.0: say which identifiers: a"),
        ('values: ["+359 2 981 1111"]', 'prefix: "+359"',
         "shop.yaml:13: identity.declared.1: a prefix cannot be told from a hash"),
        ("2 981 1111", "2", "shop.yaml:13: identity.declared.1: '+359 2' can be no phone"),
        ("public_from: 30", "public_from: 1",
         "shop.yaml:16: identity.public_from: Input should be greater than or equal to 2"),
        ("max_anonymous: 40", "max_anonymous: 0", "shop.yaml:17: identity.max_anonymous: Input"),
        ("max_hops: 3", "max_hops: 9", "shop.yaml:18: identity.max_hops: Input should be less"),
        ("max_hops: 3", "max_hop: 9", "shop.yaml:18: identity.max_hop: Extra inputs are not"),
    ],
    ids=lambda value: value[:34],
)  # fmt: skip
def test_a_wrong_word_about_identity_is_refused_by_file_line_and_name(
    written, tmp_path: Path, old: str, new: str, text: str
) -> None:
    assert IDENTITY.count(old) == 1
    assert complaint(written, with_identity(IDENTITY.replace(old, new)), tmp_path).startswith(text)


def test_all_wrong_fields_are_named_at_once(written, tmp_path: Path) -> None:
    text = GOOD.replace("shop_1", "Shop 1").replace("30d", "30")
    lines = [line.split(": ")[:2] for line in complaint(written, text, tmp_path).splitlines()]
    assert lines == [["shop.yaml:1", "version"], ["shop.yaml:10", "journeys.0.inactivity"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "shop.yaml:1: a mapping of sections is expected"),
        ("- a\n- b\n", "shop.yaml:1: a mapping of sections is expected"),
        ("version: a\nstages: [a\njourneys:\n", "shop.yaml:3:"),
        ("version: a\n\tstages: [a]\n", "shop.yaml:2:"),
        ("version: a\nversion: b\n", "shop.yaml:2:"),
        (b"version: \xff\n", "shop.yaml: is not UTF-8 text"),
    ],
    ids=repr,
)
def test_what_is_no_yaml_document_is_refused(
    written, tmp_path: Path, text: str | bytes, expected: str
) -> None:
    assert complaint(written, text, tmp_path).startswith(expected)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere.yaml: cannot be read: No such file"):
        load_mapping(tmp_path / "nowhere.yaml")


# --- the presets


@pytest.fixture(params=sorted(PRESETS.glob("*.yaml")), ids=lambda path: path.stem)
def preset(request: pytest.FixtureRequest) -> Mapping:
    return load_mapping(request.param)


def test_the_default_mapping_is_a_preset() -> None:
    assert DEFAULT_MAPPING in set(PRESETS.glob("*.yaml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_presets_labels_cover_all_that_is_shown(preset: Mapping, language) -> None:
    shown = {*preset.touchpoints, *preset.stages, *preset.channels} - {"crm"}
    assert {name for name in shown if language not in preset.labels.get(name, {})} == set()


def test_a_preset_labels_nothing_that_is_never_shown(preset: Mapping) -> None:
    shown = {*preset.touchpoints, *preset.stages, *preset.channels, *preset.themes}
    assert set(preset.labels) <= shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_touchpoints_of_a_preset_are_shown_alike(preset: Mapping, language) -> None:
    shown = [preset.label(name, language) for name in preset.touchpoints]
    assert len(set(shown)) == len(shown)


def test_a_mapping_written_down_reads_the_same(preset: Mapping) -> None:
    # As mapping_log keeps it: what held at a time can be used again.
    said = preset.model_dump_json()
    assert Mapping.model_validate_json(said) == preset
    assert Mapping.model_validate_json(said).model_dump_json() == said
