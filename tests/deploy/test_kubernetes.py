"""The manifests: what Kubernetes' own schemas take, and what the code says of itself."""

from __future__ import annotations

import re
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from cjm_tracker import __version__
from cjm_tracker.broker import Topics
from cjm_tracker.resources import DEPLOY
from cjm_tracker.settings import Settings
from cjm_tracker.warehouse.client import parse_dsn
from tests.cli.commands import every_command

HERE = DEPLOY / "kubernetes"
FILES = {
    path.name: YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for path in sorted(HERE.glob("*.yaml"))
    if path.name != "mapping.yaml"  # the reader's own, where there is one
}
KUSTOMIZATION = FILES.pop("kustomization.yaml")
KINDS: dict[str, Any] = {document["kind"]: document for document in FILES.values()}
PODS = {kind: KINDS[kind]["spec"]["template"]["spec"] for kind in ("Deployment", "Job")}
CONTAINERS = [
    pytest.param(pod, container, id=container["name"])
    for pod in PODS.values()
    for container in [*pod.get("initContainers", []), *pod["containers"]]
]
SECRETS = dict(
    line.split("=", 1)
    for line in (HERE / "secrets.env.example").read_text(encoding="utf-8").splitlines()
    if re.match(r"\w+=", line)
)
GIVEN: dict[str, str] = {**KINDS["ConfigMap"]["data"], **SECRETS}
(WORKER,) = PODS["Deployment"]["containers"]


@pytest.mark.parametrize("name", FILES)
def test_kubernetes_takes_it(name: str) -> None:
    kubernetes_validate.validate(FILES[name], "1.37", strict=True)


def test_kustomization_names_every_file_and_this_version() -> None:
    assert set(KUSTOMIZATION["resources"]) == set(FILES)
    (image,) = KUSTOMIZATION["images"]
    assert image["newTag"] == __version__
    made = [KUSTOMIZATION["configMapGenerator"], KUSTOMIZATION["secretGenerator"]]
    written = [
        name for ((one,),) in ([m] for m in made) for name in one.get("files", one.get("envs"))
    ]
    assert set((HERE / ".gitignore").read_text().split("\n")) >= set(written)
    assert (HERE / "namespace.yaml").exists()
    assert KINDS["Namespace"]["metadata"]["name"] == KUSTOMIZATION["namespace"]


def test_settings_are_settings_the_worker_starts_with() -> None:
    values = {name.removeprefix("CJM_").lower(): value for name, value in GIVEN.items()}
    assert set(values) <= set(Settings.model_fields)
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    assert settings.kafka_security_protocol == "sasl_ssl"
    assert parse_dsn(settings.warehouse.get_secret_value()).secure
    assert not any("PASSWORD" in name or "KEY" in name for name in KINDS["ConfigMap"]["data"])
    assert Topics(settings.topic_prefix).partitions(settings.partitions)


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_who_runs_it_can_do_nothing_else(pod: Any, container: Any) -> None:
    (user,) = re.findall(r"--uid (\d+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["automountServiceAccountToken"] is False
    own = container["securityContext"]
    assert own["readOnlyRootFilesystem"] is True and own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert {"cpu", "memory"} <= container["resources"]["limits"].keys()
    assert {"cpu", "memory"} <= container["resources"]["requests"].keys()


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_what_it_names_is_there(pod: Any, container: Any) -> None:
    generators = KUSTOMIZATION["configMapGenerator"] + KUSTOMIZATION["secretGenerator"]
    names = {one["name"] for one in generators} | {KINDS["ConfigMap"]["metadata"]["name"]}
    (image,) = KUSTOMIZATION["images"]
    assert container["image"] == image["name"]
    assert {one["name"] for source in container["envFrom"] for one in source.values()} <= names
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    assert mounts["/etc/cjm"]["configMap"]["name"] in names
    (generated,) = KUSTOMIZATION["configMapGenerator"]
    assert GIVEN["CJM_MAPPING"] == f"/etc/cjm/{generated['files'][0]}"
    assert "emptyDir" in mounts["/tmp"]


def test_commands_are_commands_of_ours() -> None:
    root: Any = every_command()
    (topics,) = PODS["Job"]["initContainers"]
    (migrate,) = PODS["Job"]["containers"]
    for container in (topics, migrate):
        command = root
        for word in container["command"][1:]:
            command = command.commands[word]
    assert WORKER["command"] == "faust -A streams.app worker -l info".split()


def test_probes_ask_where_the_worker_answers() -> None:
    host, _, port = GIVEN["CJM_HEALTH"].rpartition(":")
    assert host == "0.0.0.0", "probes come from outside of the container"
    assert WORKER["ports"] == [{"name": "health", "containerPort": int(port)}]
    asked = {
        kind: WORKER[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")
    }
    assert {get["port"] for get in asked.values()} == {"health"}
    assert [get["path"] for get in asked.values()] == ["/healthz", "/healthz", "/readyz"]
    noted = KINDS["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert (noted["prometheus.io/port"], noted["prometheus.io/path"]) == (port, "/metrics")


def test_it_is_given_time_to_stop() -> None:
    patience = PODS["Deployment"]["terminationGracePeriodSeconds"]
    assert patience > Settings.model_fields["stop_within_s"].default


def test_only_what_is_needed_may_pass() -> None:
    policy = KINDS["NetworkPolicy"]["spec"]
    _, _, health = GIVEN["CJM_HEALTH"].rpartition(":")
    _, _, broker = GIVEN["CJM_BROKER"].rpartition(":")
    (entry,) = policy["ingress"]
    assert [port["port"] for port in entry["ports"]] == [int(health)] and entry["from"]
    out = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert out == {53, int(broker), parse_dsn(GIVEN["CJM_WAREHOUSE"]).port}
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}


def test_selectors_meet_the_pods() -> None:
    labels = KINDS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    jobs = KINDS["Job"]["spec"]["template"]["metadata"]["labels"]
    policy = KINDS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]
    assert KINDS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    budget = KINDS["PodDisruptionBudget"]["spec"]
    assert budget["selector"]["matchLabels"] == labels
    assert budget["minAvailable"] < KINDS["Deployment"]["spec"]["replicas"]
    assert policy.items() <= labels.items() and policy.items() <= jobs.items()
    assert not labels.items() <= jobs.items(), "a Job's pod is no worker"
