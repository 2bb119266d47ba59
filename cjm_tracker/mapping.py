"""The mapping file: everything a company says about its own journeys, in one YAML document.

Stages, rules of each source, identity, journeys, labels. A wrong file is refused before the
first record is read, with the line and the field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from cjm_tracker.emotion import Language as Language
from cjm_tracker.emotion import Theme, scorers, theme_sets
from cjm_tracker.errors import ConfigError
from cjm_tracker.events import Slug, Source
from cjm_tracker.identity import IdentityConfig
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.kpis import Kpi
from cjm_tracker.personas import Persona
from cjm_tracker.resources import PRESETS
from cjm_tracker.sources import Format, FormatOptions, format_named, formats
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.sources.instances import CloudEvents, FormatSettings, Setting, with_instances
from cjm_tracker.sources.settings import Zone, nearest, problem_of
from cjm_tracker.stages import vocabularies
from cjm_tracker.touchpoints import Example, SourceRules, When

LANGUAGES: tuple[Language, ...] = ("en", "ru", "bg")
DEFAULT_MAPPING = PRESETS / "retail.yaml"


def _or_a_vocabulary(schema: dict[str, JsonValue]) -> None:
    """The list of stages, or the name of a vocabulary, as JSON Schema."""
    listed = {**schema}
    schema.clear()
    schema["anyOf"] = [listed, {"enum": [*vocabularies()]}]


def _or_a_theme_set(schema: dict[str, JsonValue]) -> None:
    """Themes, with those of a ready set under them, or the name of a set, as JSON Schema."""
    ready: JsonValue = {"enum": [*theme_sets()]}
    listed: dict[str, JsonValue] = {**schema, "properties": {"from": ready}}
    schema.clear()
    schema["anyOf"] = [listed, ready]


class Mapping(BaseModel):
    """The whole file, checked. `version` is stored with every batch it was used for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Slug
    timezone: Zone | None = None
    stages: list[Slug] = Field(min_length=1, json_schema_extra=_or_a_vocabulary)
    formats: dict[str, Setting] = {}
    identity: IdentityConfig = IdentityConfig()
    groups: dict[Slug, When] = {}
    sources: dict[Source, SourceRules]
    journeys: list[JourneyDefinition] = Field(min_length=1)
    scorer: str = "lexicon"
    themes: dict[Slug, Theme] = Field(default={}, json_schema_extra=_or_a_theme_set)
    personas: list[Persona] = []
    owners: dict[Slug, Annotated[str, Field(min_length=1)]] = {}
    kpis: dict[Slug, list[Kpi]] = {}
    labels: dict[str, dict[Language, str]] = {}
    examples: list[Example] = []

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        """`stages: five_stages` is that list, `themes: customer_service` are those themes, and
        their labels stand under the mapping's own."""
        if not isinstance(given, dict):
            return given
        named = given.get("stages")
        if isinstance(named, str) and (vocabulary := vocabularies().get(named)):
            labels = _under(vocabulary, given.get("labels"))
            given = {**given, "stages": [*vocabulary], "labels": labels}
        themes = given.get("themes")
        own = {**themes} if isinstance(themes, dict) else {"from": themes}
        ready = own.pop("from", None)
        if isinstance(ready, str) and ready in theme_sets():
            found = theme_sets()[ready]
            labels = _under(found.labels, given.get("labels"))
            given = {**given, "themes": {**found.themes, **own}, "labels": labels}
        return given

    @field_validator("stages", mode="before")
    @classmethod
    def _is_a_vocabulary(cls, given: Any) -> Any:
        if isinstance(given, str):
            raise ValueError(f"vocabulary '{given}'{nearest(given, [*vocabularies()])}")
        return given

    @field_validator("themes", mode="before")
    @classmethod
    def _is_a_theme_set(cls, given: Any) -> Any:
        named = given.get("from") if isinstance(given, dict) else given
        if isinstance(named, str):
            raise ValueError(f"set of themes '{named}'{nearest(named, [*theme_sets()])}")
        return given

    @field_validator("scorer")
    @classmethod
    def _is_a_scorer(cls, given: str) -> str:
        if given not in scorers():
            raise ValueError(f"scorer '{given}'{nearest(given, [*scorers()])}")
        return given

    @cached_property
    def touchpoints(self) -> dict[str, str]:
        """Every touchpoint the rules can give, with the stage it is in."""
        return {
            rule.touchpoint: rule.stage or ""
            for section in self.sources.values()
            for rule in section.rules
            if rule.touchpoint
        }

    @cached_property
    def channels(self) -> list[str]:
        """Every channel the rules can give, in the file's order."""
        named = (
            channel
            for section in self.sources.values()
            for channel in (section.channel, *(rule.channel for rule in section.rules))
        )
        return list(dict.fromkeys(channel for channel in named if channel))

    @cached_property
    def source_priority(self) -> list[str]:
        """Sources in the file's order: it breaks ties between steps of one instant."""
        return list(self.sources)

    @property
    def definitions(self) -> list[JourneyDefinition]:
        """The journey definitions, each with its stages: those it names, or all."""
        return [journey.over(self.stages) for journey in self.journeys]

    def definition(self, name: str = "", *, unit: str = "") -> JourneyDefinition | None:
        """The first journey definition of that name and unit, as far as these are given."""
        return next(
            (
                one
                for one in self.definitions
                if one.name == (name or one.name) and one.unit == (unit or one.unit)
            ),
            None,
        )

    def attributes(self, source: Source) -> dict[str, frozenset[str] | None]:
        """What each format of a source can give; None for one that does not say.

        An envelope gives nothing: rules see the format inside.
        """
        return {
            name: None if one.attributes is None else frozenset(one.attributes)
            for name, one in self.known_formats.items()
            if one.source == source and one.opened is None
        }

    @cached_property
    def known_formats(self) -> dict[str, Format]:
        """Every format a record may name: those installed, and the mapping's own."""
        return with_instances(self.formats)

    def options(self, format_name: str) -> FormatOptions:
        """What the mapping says about one format."""
        found = self.formats.get(format_name)
        # An envelope has no times of its own.
        own = found.timezone if isinstance(found, FormatSettings) else None
        zone = own or self.timezone
        return FormatOptions(timezone=ZoneInfo(zone) if zone else None)

    def lacks_timezone(self, format_name: str) -> bool:
        """Whether times of that format cannot be read, as neither they nor the mapping name one."""
        needs = self.known_formats[format_name].needs_timezone
        return needs and self.options(format_name).timezone is None

    def format(self, name: str) -> Format:
        """The format of that name; a `ConfigError` where there is none, or where it cannot be read
        by this mapping."""
        found = format_named(name, self.known_formats)
        if self.lacks_timezone(name):
            text = f"the times of {name} carry no zone: name it in the mapping, as in"
            raise ConfigError(f"{text} timezone: Europe/Sofia")
        return found

    def label(self, name: str, language: Language) -> str:
        """The words to show for a stage, touchpoint or channel."""
        return self.labels.get(name, {}).get(language) or name.replace("_", " ")


def _under(ready: dict[str, dict[str, str]], own: Any) -> Any:
    """Labels that come along, under those that the mapping has itself."""
    if not isinstance(own, dict | None):
        return own
    labels = {**ready, **(own or {})}
    for name, theirs in ready.items():
        if isinstance(mine := labels[name], dict):
            labels[name] = {**theirs, **mine}
    return labels


def presets() -> dict[str, Path]:
    """The mappings that ship with us, by name."""
    return {file.stem: file for file in sorted(PRESETS.glob("*.yaml"))}


def mapping_file(path: Path) -> Path:
    """The file that is meant: the one at `path`, else, of a bare name, the preset of that name."""
    known, name = presets(), str(path)
    if path.is_file() or path.name != name or path.suffix:
        return path
    if name not in known and not path.exists():
        raise ConfigError(f"there is no file {name}, and preset '{name}'{nearest(name, [*known])}")
    return known.get(name, path)


def load_mapping(path: Path = DEFAULT_MAPPING) -> Mapping:
    """The mapping in `path`, a file or a preset's name; a `ConfigError` names line and field."""
    path = mapping_file(path)
    document = _read(path)
    try:
        mapping = Mapping.model_validate(document)
    except ValidationError as error:
        raise ConfigError(_lines(path, document, error)) from None
    problems = list(_contradictions(mapping))
    if problems:
        located = [f"{path}:{_line(document, loc)}: {text}" for loc, text in problems]
        raise ConfigError("\n".join(located))
    return mapping


Places = Callable[..., int]


def places(path: Path) -> Places:
    """Where things stand in a mapping's file: the line of `("sources", "website", "rules", 3)`."""
    document = _read(mapping_file(path))
    return lambda *place: _line(document, place)


def digest(mapping: Mapping) -> str:
    """A short fingerprint of what the mapping says, whatever its file looks like."""
    said = mapping.model_dump_json(exclude={"examples", "personas", "owners", "kpis"})
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def stamp(mapping: Mapping) -> str:
    """What is stored with every row the mapping made: its version and its fingerprint."""
    return f"{mapping.version}:{digest(mapping)}"


def _read(path: Path) -> CommentedMap:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    try:
        document = YAML(typ="rt").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not YAML"
        raise ConfigError(f"{path}:{line}: {problem}") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(f"{path}:1: a mapping of sections is expected (version, stages, …)")
    return document


def _contradictions(mapping: Mapping) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What each field alone cannot know: names that are used but nowhere defined, or twice."""
    for number, stage in enumerate(mapping.stages):
        if stage in mapping.stages[:number]:
            yield ("stages", number), f"stage '{stage}' is there twice"
    for name, group in mapping.groups.items():
        # Only those before it: so none can be made of itself.
        yield from _unknown_groups(group, ("groups", name), list(mapping.groups), before=name)
    for source, section in mapping.sources.items():
        for number, rule in enumerate(section.rules):
            asked = ("sources", source, "rules", number, "when")
            yield from _unknown_groups(rule.when, asked, list(mapping.groups))
            if rule.stage and rule.stage not in mapping.stages:
                yield (
                    ("sources", source, "rules", number, "stage"),
                    f"stage '{rule.stage}'{nearest(rule.stage, mapping.stages)}",
                )
    for number, journey in enumerate(mapping.journeys):
        if journey.name in (other.name for other in mapping.journeys[:number]):
            yield ("journeys", number, "name"), f"journey '{journey.name}' is there twice"
        own = journey.stages or mapping.stages
        for field, known in (("stages", mapping.stages), ("optional_stages", own)):
            listed = getattr(journey, field)
            for place, stage in enumerate(listed):
                if stage not in known:
                    text = f"stage '{stage}'{nearest(stage, known)}"
                    yield ("journeys", number, field, place), text
                elif stage in listed[:place]:
                    yield ("journeys", number, field, place), f"stage '{stage}' is there twice"
        for channel in journey.inactivity_by_channel:
            if channel not in mapping.channels:
                yield (
                    ("journeys", number, "inactivity_by_channel", channel),
                    f"channel '{channel}'{nearest(channel, mapping.channels)}",
                )
        for field in ("goals", "starts_at", "ends_at"):
            for place, name in enumerate(getattr(journey, field)):
                if name not in mapping.touchpoints:
                    yield (
                        ("journeys", number, field, place),
                        f"touchpoint '{name}'{nearest(name, list(mapping.touchpoints))}",
                    )
    for number, persona in enumerate(mapping.personas):
        if persona.name in ("none", *(other.name for other in mapping.personas[:number])):
            yield ("personas", number, "name"), f"persona '{persona.name}' is there already"
        for field, names, known in (
            ("touchpoints", persona.touchpoints, [*mapping.touchpoints]),
            ("channel", [persona.channel] if persona.channel else [], mapping.channels),
            ("identifiers", persona.identifiers, [*mapping.identity.kinds]),
        ):
            for name in names:
                if name not in known:
                    yield ("personas", number, field), f"'{name}'{nearest(name, known)}"
    owned = [*mapping.stages, *mapping.touchpoints]
    for name in mapping.owners:
        if name not in owned:
            yield ("owners", name), f"stage or touchpoint '{name}'{nearest(name, owned)}"
    for stage, kpis in mapping.kpis.items():
        if stage not in mapping.stages:
            yield ("kpis", stage), f"stage '{stage}'{nearest(stage, mapping.stages)}"
        for number, kpi in enumerate(kpis):
            if kpi.name in (other.name for other in kpis[:number]):
                yield ("kpis", stage, number, "name"), f"KPI '{kpi.name}' is there already"
    if wrong := list(_wrong_formats(mapping)):
        yield from wrong
        return  # what is known is not known
    # Of what is installed besides nobody knows whether it is ever sent.
    used = {*mapping.formats, *(DEFAULT_FORMATS[source] for source in mapping.sources)}
    if zoneless := [name for name in sorted(used) if mapping.lacks_timezone(name)]:
        them = ", ".join(zoneless)
        yield ("timezone",), f"timezone is missing: the times of {them} carry none"


def _wrong_formats(mapping: Mapping) -> Iterator[tuple[tuple[str | int, ...], str]]:
    own = [name for name, said in mapping.formats.items() if type(said) is not FormatSettings]
    inner = [*formats(), *(n for n in own if not isinstance(mapping.formats[n], CloudEvents))]
    for name, said in mapping.formats.items():
        if name in own and name in formats():
            yield ("formats", name), f"'{name}' is an installed format: give yours another name"
        elif name not in own and name not in formats():
            yield ("formats", name), problem_of(name, formats())
        if isinstance(said, CloudEvents):
            for pattern, wanted in said.by_type.items():
                if wanted not in inner:
                    yield ("formats", name, "inside", pattern), problem_of(wanted, inner)


def _lines(path: Path, document: CommentedMap, error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False)
    located = [
        (
            _line(document, problem["loc"]),
            _field(document, problem["loc"]),
            problem["msg"].removeprefix("Value error, "),
        )
        for problem in problems
    ]
    unique = dict.fromkeys(located)
    return "\n".join(f"{path}:{line}: {field}: {message}" for line, field, message in unique)


def _known_parts(document: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[Any, str | int]]:
    """The parts of `loc` that are in the file, each with its container: pydantic also puts the
    names of union members into the path."""
    here = document
    for part in loc:
        if isinstance(here, CommentedMap) and part in here:
            yield here, part
            here = here[part]
        elif isinstance(here, CommentedSeq) and isinstance(part, int) and part < len(here):
            yield here, part
            here = here[part]


def _line(document: CommentedMap, loc: tuple[str | int, ...]) -> int:
    line = 0
    for container, part in _known_parts(document, loc):
        mark = container.lc.key if isinstance(container, CommentedMap) else container.lc.item
        line = mark(part)[0]
    return line + 1


def _field(document: CommentedMap, loc: tuple[str | int, ...]) -> str:
    named = [part for _, part in _known_parts(document, loc)]
    # "[key]" is pydantic's word for the name itself being wrong.
    missing = [part for part in loc[-1:] if part not in (*named[-1:], "[key]")]
    return ".".join(str(part) for part in [*named, *missing])


def _unknown_groups(
    when: When, place: tuple[str | int, ...], groups: list[str], before: str = ""
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    known = groups[: groups.index(before)] if before else groups
    for part in when.parts():
        for name in part.groups:
            if name in groups and name not in known:
                yield place, f"group '{name}' is not defined above '{before}'"
            elif name not in known:
                yield place, f"group '{name}'{nearest(name, known)}"
