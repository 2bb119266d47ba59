"""A stand-in for Grafana's API on the loopback, as far as pushing and pulling go.

The contract, from Grafana's HTTP API documentation (11.6 to 13):

    GET  /api/folders/:uid            200 {uid, title, …}     404 {message}
    POST /api/folders                 200 {uid, title, …}
    PUT  /api/folders/:uid            200 {uid, title, …}
    GET  /api/datasources/uid/:uid    200 {uid, readOnly, …}  404 {message}
    POST /api/datasources             200 {datasource, id, message, name}
    PUT  /api/datasources/uid/:uid    200 {datasource, id, message, name}
    GET  /api/dashboards/uid/:uid     200 {dashboard, meta}   404 {message}
    POST /api/dashboards/db           200 {status: success, uid, version, …}
    GET  /api/v1/provisioning/alert-rules                      200 [rule, …] of all folders
    GET  /api/v1/provisioning/folder/:uid/rule-groups/:group   200 {title, folderUid, interval,
                                                                   rules}            404
    PUT  /api/v1/provisioning/folder/:uid/rule-groups/:group   200 the same
         with X-Disable-Provenance, whatever its value: may be changed by hand afterwards

A rule comes back with id, orgID, folderUID, ruleGroup, updated, provenance (api, file, or none
at all), and with all that was not said: isPaused, keep_firing_for, notification_settings, record;
its queries with queryType, and their models with intervalMs and maxDataPoints, keys sorted.

Refused: 401 {message: Unauthorized}, 403 {message: You'll need additional permissions …}.
`PUT /api/datasources/:id`, by numeric id, is gone by default since 13 and absent here.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "glsa_secretToken42"
BASIC = ("admin", "тайна's \\ pass")

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class FakeGrafana:
    """What it holds, what it was asked, and how it misbehaves when told to."""

    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    boards: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    prefix: str = ""
    url: str = ""
    misbehave: Reply | None = None
    silent_s: float = 0
    is_editable: bool = False  # what is being put

    def answer(self, method: str, path: str, authorization: str, body: Any) -> Reply:
        self.asked.append((method, path, body))
        time.sleep(self.silent_s)
        if self.misbehave:
            return self.misbehave
        basic = b64encode(":".join(BASIC).encode()).decode()
        if authorization not in (f"Bearer {TOKEN}", f"Basic {basic}"):
            return said(401, "Unauthorized")
        if not path.startswith(f"{self.prefix}/api/"):
            return said(404, "Not found")
        match method, path.removeprefix(f"{self.prefix}/api/").split("/"):
            case "GET", ["folders", uid]:
                return _found(self.folders.get(uid))
            case "POST" | "PUT", ["folders", *_]:
                uid = body.get("uid") or path.rsplit("/", 1)[1]
                self.folders[uid] = {"uid": uid, "title": body["title"]}
                return _json(200, self.folders[uid])
            case "GET", ["datasources", "uid", uid]:
                return _found(self.sources.get(uid))
            case ("POST", ["datasources"]) | ("PUT", ["datasources", "uid", _]):
                self.sources[body["uid"]] = {"readOnly": False, **body}
                return _json(200, {"id": 1, "name": body["name"], "message": "Datasource saved"})
            case "GET", ["dashboards", "uid", uid]:
                return _found(self.boards.get(uid))
            case "POST", ["dashboards", "db"]:
                self.boards[body["dashboard"]["uid"]] = body
                return _json(200, {"status": "success", "uid": body["dashboard"]["uid"]})
            case "GET", ["v1", "provisioning", "alert-rules"]:
                rules = [rule for group in self.alerts.values() for rule in group["rules"]]
                return _json(200, rules)
            case "GET", ["v1", "provisioning", "folder", folder, "rule-groups", group]:
                found = self.alerts.get(unquote(group))
                return _found(found if found and found["folderUid"] == folder else None)
            case "PUT", ["v1", "provisioning", "folder", folder, "rule-groups", group]:
                name = unquote(group)
                self.alerts[name] = self._grouped(body, folder, name)
                return _json(200, self.alerts[name])
        return said(404, "Not found")

    def _grouped(self, body: dict[str, Any], folder: str, name: str) -> dict[str, Any]:
        """A group as the real one keeps it: the address says folder and name, not the body."""
        here = {"folderUID": folder, "ruleGroup": name, "updated": "2026-11-02T10:00:00Z"}
        told = {} if self.is_editable else {"provenance": "api"}
        rules = [
            {**UNSAID, **rule, "id": no, "data": [*map(_kept, rule["data"])], **here, **told}
            for no, rule in enumerate(body["rules"], 1)
        ]
        interval = int(body["interval"])
        return {"title": name, "folderUid": folder, "interval": interval, "rules": rules}


# As the real one writes out what a rule leaves out.
UNSAID = {
    "isPaused": False,
    "keep_firing_for": "0s",
    "notification_settings": None,
    "record": None,
}


def _kept(query: dict[str, Any]) -> dict[str, Any]:
    model = {"intervalMs": 1000, "maxDataPoints": 43200, **query["model"]}
    return {"queryType": "", **query, "model": dict(sorted(model.items()))}


def said(status: int, message: str) -> Reply:
    return _json(status, {"message": message})


def _found(thing: dict[str, Any] | None) -> Reply:
    return said(404, "not found") if thing is None else _json(200, thing)


def _json(status: int, body: Any) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


@contextmanager
def serving(grafana: FakeGrafana) -> Iterator[FakeGrafana]:
    """Listen on a free port of the loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            authorization = self.headers.get("Authorization", "")
            grafana.is_editable = "X-Disable-Provenance" in self.headers
            status, headers, text = grafana.answer(self.command, self.path, authorization, body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _reply

        def log_message(self, *arguments: object) -> None:
            """Nothing on the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    grafana.url = f"http://127.0.0.1:{server.server_port}{grafana.prefix}"
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
