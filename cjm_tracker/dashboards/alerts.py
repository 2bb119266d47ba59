"""Alerts as a provisioning file has them, and as Grafana's API does: the same, called otherwise.

Grafana writes out what a file leaves out, and sorts what a file has in an order of its own. What
comes back is brought into the file's form again: pushed and pulled, a file is the same file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cjm_tracker import durations
from cjm_tracker.dashboards.files import checked_uid
from cjm_tracker.errors import ConfigError

Said = dict[str, Any]

# What a file of Grafana's knows besides.
UNITS = {**durations.UNITS, "w": 7 * durations.UNITS["d"]}
# Names in a file, and in the API.
CALLED = {
    "keepFiringFor": "keep_firing_for",
    "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve",
}
# In a file they stand beside the annotations, in the API among them.
PANEL = {"dashboardUid": "__dashboardUid__", "panelId": "__panelId__"}
# A Grafana's own of a rule, or said of its group already.
OWN = frozenset({"id", "orgID", "folderUID", "ruleGroup", "updated", "provenance"})
# What Grafana says of a rule, of its queries and of their models where a file says nothing.
UNSAID: Said = {
    "isPaused": False,
    "keepFiringFor": "0s",
    "missing_series_evals_to_resolve": None,
    "notification_settings": None,
    "record": None,
    "annotations": {},
    "labels": {},
    "queryType": "",
    "intervalMs": 1000,
    "maxDataPoints": 43_200,
}


@dataclass(frozen=True, slots=True)
class AlertFile:
    """A provisioning file: its groups as they stand there, and the comment at its head."""

    head: str
    groups: list[Said]

    @property
    def text(self) -> str:
        """As it is written."""
        written = io.StringIO()
        writer = YAML(typ="safe")
        writer.default_flow_style = False
        writer.allow_unicode = True
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        writer.width = 100_000
        writer.dump({"apiVersion": 1, "groups": self.groups}, written)
        return self.head + written.getvalue()

    def posted(self, folder_uid: str) -> list[Said]:
        """The groups of rules as Grafana's API takes them."""
        return [_posted(group, folder_uid) for group in self.groups]

    def pulled(self, groups: Iterable[Said]) -> AlertFile:
        """The file with what the API has in place of its groups."""
        known = {group["name"]: group for group in self.groups}
        folder = next(group["folder"] for group in self.groups)
        found = [_pulled(group, known.get(group["title"], {}), folder) for group in groups]
        return AlertFile(self.head, found)


def read_alerts(path: Path) -> AlertFile:
    """The file at `path`; a `ConfigError` where it is none that Grafana could be given."""
    try:
        text = path.read_text(encoding="utf-8")
        groups = YAML(typ="safe").load(text)["groups"]
        file = AlertFile("".join(re.findall(r"\A(?:#.*\n)*", text)), list(groups))
        file.posted("")
    except (OSError, YAMLError) as error:
        raise ConfigError(f"grafana: {path}: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ConfigError(f"grafana: {path}: no alerts as Grafana provisions them") from None
    return file


def group_path(folder_uid: str, name: str) -> str:
    """Where Grafana's API has a group of rules."""
    return f"/v1/provisioning/folder/{folder_uid}/rule-groups/{quote(name, safe='')}"


def _posted(group: Said, folder_uid: str) -> Said:
    if not re.fullmatch(r"[^/\\]{1,190}", group["name"]):
        raise ConfigError(f"grafana: no name of a group of alerts: {group['name'][:60]!r}")
    return {
        "title": group["name"],
        "folderUid": folder_uid,
        "interval": _seconds(group["interval"]),
        "rules": [_posted_rule(rule, group["name"], folder_uid) for rule in group["rules"]],
    }


def _posted_rule(rule: Said, group: str, folder_uid: str) -> Said:
    checked_uid(rule["uid"], "an alert")
    panel = {PANEL[key]: str(rule[key]) for key in PANEL if key in rule}
    said = {CALLED.get(key, key): value for key, value in rule.items() if key not in PANEL}
    return {
        **said,
        "orgID": 1,
        "folderUID": folder_uid,
        "ruleGroup": group,
        "annotations": {**rule.get("annotations", {}), **panel},
    }


def _pulled(group: Said, ours: Said, folder: str) -> Said:
    known = {rule["uid"]: rule for rule in ours.get("rules", ())}
    return {
        "orgId": ours.get("orgId", 1),
        "name": group["title"],
        "folder": folder,
        "interval": _duration(group["interval"]),
        "rules": [_pulled_rule(rule, known.get(rule["uid"], {})) for rule in group["rules"]],
    }


def _pulled_rule(rule: Said, ours: Said) -> Said:
    called = {api: name for name, api in CALLED.items()}
    said = {called.get(key, key): value for key, value in rule.items() if key not in OWN}
    annotations = {**said.get("annotations", {})}
    panel = {name: annotations.pop(api) for name, api in PANEL.items() if api in annotations}
    if "panelId" in panel:
        panel["panelId"] = int(panel["panelId"])
    data = [_plain_query(query) for query in said["data"]]
    return dict(_like({**said, "data": data, **panel, "annotations": annotations}, ours))


def _plain_query(query: Said) -> Said:
    """The kind of a query is told by its model."""
    same = query.get("queryType") == query.get("model", {}).get("queryType")
    return {key: value for key, value in query.items() if key != "queryType" or not same}


def _like(there: Any, ours: Any) -> Any:
    """What is there, in the order of ours, without what only Grafana says."""
    if isinstance(there, Mapping):
        ours = ours if isinstance(ours, Mapping) else {}
        said = [key for key in there if key not in ours and not _is_unsaid(key, there[key])]
        return {key: _like(there[key], ours.get(key)) for key in [*ours, *said] if key in there}
    if isinstance(there, list):
        ours = ours if isinstance(ours, list) else []
        return [_like(one, ours[no] if no < len(ours) else None) for no, one in enumerate(there)]
    return there


def _is_unsaid(key: str, value: Any) -> bool:
    return key in UNSAID and UNSAID[key] == value


def _seconds(duration: str) -> int:
    parts = re.findall(r"(\d+)([smhdw])", duration)
    if "".join(map("".join, parts)) != duration or not parts:
        raise ValueError(duration)
    return sum(int(count) * UNITS[unit] for count, unit in parts)


def _duration(seconds: int) -> str:
    """In the largest unit that makes it whole, of those up to hours."""
    unit = next(unit for unit in "hms" if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"
