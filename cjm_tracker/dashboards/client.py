"""The seam to Grafana's API: what works with every version from 11 on, and errors in one line.

grafana-api can change data sources by their numeric id only, which Grafana 13 has switched off;
hence its raw verbs, and ids of our own choosing (uid) everywhere.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

from cjm_tracker.errors import ConfigError, DashboardError

Credentials = str | tuple[str, str]

TIMEOUT_S = 15.0

HINTS = {
    401: "the token or password is wrong, or has expired",
    403: "the account may not do this: it needs the role Editor, and Admin for a data source",
    404: "is this address a Grafana's, with its sub-path if it has one?",
    409: "the name or id is taken by something else: rename that, or delete it",
    412: "it was changed meanwhile: try again",
}


class Grafana:
    """A Grafana server. Every failure is a `DashboardError` that says what, where and why."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.url, location = _address(url)
        self._secret = credentials if isinstance(credentials, str) else credentials[1]
        auth = _auth(credentials)
        self._api: Any = GrafanaFace(auth=auth, timeout=TIMEOUT_S, **location).api
        # A redirected POST arrives as a GET, and reads as if it had worked.
        self._api.s.max_redirects = 0

    def get(self, path: str, doing: str) -> dict[str, Any] | None:
        """What is there; None when nothing is."""
        try:
            return _object(self._answer(doing, self._api.GET, path))
        except _NotThere:
            return None

    def all(self, path: str, doing: str) -> list[dict[str, Any]]:
        """All things of a kind."""
        found = self._answer(doing, self._api.GET, path)
        return [_object(one) for one in found] if isinstance(found, list) else []

    def post(self, path: str, body: dict[str, Any], doing: str) -> dict[str, Any]:
        return _object(self._answer(doing, self._api.POST, path, json=body))

    def put(
        self, path: str, body: dict[str, Any], doing: str, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return _object(self._answer(doing, self._api.PUT, path, json=body, headers=headers))

    def _answer(self, doing: str, verb: Any, path: str, **body: Any) -> Any:
        try:
            return verb(path, **body)
        except GrafanaException as error:
            raise self._refused(doing, error) from None
        except ValueError as error:
            # Not JSON. Nothing at all is an answer too: 204, or 200 without a body.
            if getattr(error, "doc", None) == "":
                return {}
            raise self._failed(doing, "the answer is no JSON: a login page, a proxy?") from None
        except TypeError:
            # grafana-api looks for the message in whatever the error page says.
            raise self._failed(doing, "an error, without saying which: a proxy?") from None
        except OSError as error:  # all that requests raises
            raise self._failed(doing, _unreachable(error)) from None

    def _refused(self, doing: str, error: Any) -> DashboardError:
        said = error.response.get("message") if isinstance(error.response, dict) else None
        text = f"{error.status_code} {self._clean(str(said or 'without a reason'))}"
        hint = HINTS.get(error.status_code)
        kind = _NotThere if error.status_code == 404 else DashboardError
        return kind(self._line(doing, f"{text} ({hint})" if hint else text))

    def _failed(self, doing: str, why: str) -> DashboardError:
        return DashboardError(self._line(doing, why))

    def _line(self, doing: str, why: str) -> str:
        return f"grafana {self.url}: {doing}: {why}"

    def _clean(self, text: str) -> str:
        """The first line of what a server said, without anything of ours it may have echoed."""
        line = " ".join(text.split())
        return (line.replace(self._secret, "…") if self._secret else line)[:300]


class _NotThere(DashboardError):
    """404: for a question the answer, for an order an error."""


def _object(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def _auth(credentials: Credentials) -> str | tuple[bytes, bytes]:
    """In the form in which any password can be sent, and no token can break out of its header."""
    if not isinstance(credentials, str):
        user, password = credentials
        return user.encode(), password.encode()
    if not re.fullmatch(r"[!-~]+", credentials):
        raise ConfigError("grafana: this is no token: one has letters, digits and signs only")
    return credentials


def _address(url: str) -> tuple[str, dict[str, Any]]:
    """The address as it may be shown, and what grafana-api makes it from."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError("grafana: not an address such as http://localhost:3000") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("grafana: an address is http(s)://host[:port][/path]")
    if parts.username or parts.password:
        raise ConfigError("grafana: no user or password in the address, give them by themselves")
    if parts.query or parts.fragment:
        raise ConfigError("grafana: the address ends with its path, nothing after ? or #")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.strip("/")
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path):
        raise ConfigError("grafana: this path is no Grafana's")
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "") + (f"/{path}" if path else "")
    prefix = f"{path}/" if path else ""
    return shown, {
        "protocol": parts.scheme,
        "host": host,
        "port": port,
        "url_path_prefix": prefix,
    }


def _unreachable(error: OSError) -> str:
    """In our words: those of requests run over many lines."""
    kind = type(error).__name__
    if "Timeout" in kind:
        return f"no answer within {TIMEOUT_S:.0f} s"
    if "SSL" in kind:
        return "its certificate is not trusted here"
    if "Redirect" in kind:
        return "it sends us to another address: use that one"
    return "cannot be reached: is it running, and is the address right?"
