"""A small client of the service's HTTP API: stack.env, a token, kept-alive connections, patience.

Every write carries an idempotency key, so a request whose answer was lost is simply sent again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN_LIFETIME_SECONDS = 3600
TOKEN_RENEWAL_SECONDS = 300
REQUEST_TIMEOUT_SECONDS = 60
MAX_ATTEMPTS = 9
FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 10.0
LONGEST_RETRY_AFTER_SECONDS = 60.0
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
REQUIRED_NAMES = ("BASE_URL", "AUTH_HS256_SECRET", "AUTH_ISSUER", "AUTH_AUDIENCE")


class StackError(Exception):
    """There is no usable stack, or it does not answer; the message says what to do next."""


class Stopped(Exception):
    """The run was interrupted; nothing is wrong with the request."""


class ProblemError(Exception):
    """The service refused a request with a problem document (RFC 9457)."""

    def __init__(self, method: str, path: str, status: int, problem: dict[str, Any]) -> None:
        """Keeps the document; `str()` shows it in readable form."""
        self.status = status
        self.problem = problem
        super().__init__(render_problem(method, path, status, problem))


def render_problem(method: str, path: str, status: int, problem: dict[str, Any]) -> str:
    """A problem document as lines a person can read, every faulty field on its own line."""
    lines = [f"{method} {path} was answered {status} {problem.get('code', '')}".rstrip()]
    lines += [f"  {problem[name]}" for name in ("title", "detail") if problem.get(name)]
    for fault in problem.get("errors") or []:
        lines.append(f"  {fault.get('pointer', '')}: {fault.get('code', '')} {fault.get('detail', '')}".rstrip())
    known = {"type", "title", "status", "detail", "code", "request_id", "errors"}
    lines += [f"  {name}: {json.dumps(value)}" for name, value in problem.items() if name not in known]
    if problem.get("request_id"):
        lines.append(f"  request_id {problem['request_id']} (the log lines carry it)")
    return "\n".join(lines)


@dataclass(frozen=True)
class Stack:
    """Where the service is, what signs its tokens and what tells it from others, as `make up` wrote it."""

    base_url: str
    secret: str
    issuer: str
    audience: str
    identity: str


def state_dir() -> Path:
    """The folder with the stack's state: `$STATE_DIR`, else `.local`."""
    return Path(os.environ.get("STATE_DIR") or ".local")


def read_stack(folder: Path) -> Stack:
    """Reads `stack.env`. Raises StackError when it is absent or incomplete."""
    path = folder / "stack.env"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StackError(f"no stack: {path} is not there; start one with `make up` and run again") from error
    values = {}
    for line in text.splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    missing = [name for name in REQUIRED_NAMES if not values.get(name)]
    if missing:
        raise StackError(f"{path} lacks {', '.join(missing)}; start the stack again: `make down`, then `make up`")
    if urlsplit(values["BASE_URL"]).scheme not in ("http", "https"):
        raise StackError(f"BASE_URL in {path} is no http address; start the stack again: `make down`, then `make up`")
    # the address may be the same after `make down` and `make up`; the table is another
    identity = f"{values['BASE_URL']} {values.get('TABLE_NAME', '')}".strip()
    base_url, secret, issuer, audience = (values[name] for name in REQUIRED_NAMES)
    return Stack(base_url, secret, issuer, audience, identity)


def mint_token(stack: Stack, tenant_id: str, now: int) -> str:
    """An HS256 token of an admin of this tenant (D10, D11), valid for an hour from `now` (seconds)."""
    claims = {
        "iss": stack.issuer,
        "aud": stack.audience,
        "sub": "replay",
        "name": "Sales replay",
        "iat": now,
        "exp": now + TOKEN_LIFETIME_SECONDS,
        "tenant_roles": {tenant_id: "admin"},
    }
    parts = [_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signature = hmac.new(stack.secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64url(signature)])


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Answer:
    """A 2xx answer."""

    status: int
    replayed: bool
    body: Any


@dataclass
class ApiClient:
    """The tenant's part of the API; safe to use from several threads, one kept-alive connection each."""

    stack: Stack
    tenant_id: str
    stopped: threading.Event = field(default_factory=threading.Event)
    retries: int = 0

    def __post_init__(self) -> None:
        """Splits the address once: BASE_URL may carry a path prefix."""
        address = urlsplit(self.stack.base_url)
        self._secure = address.scheme == "https"
        self._host = address.netloc
        self._prefix = f"{address.path.rstrip('/')}/api/v1/tenants/{self.tenant_id}"
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[http.client.HTTPConnection] = []
        self._token = ""
        self._token_renewal = 0.0

    def __enter__(self) -> ApiClient:
        """Connections are opened when needed."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Closes every thread's connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()

    def get(self, path: str, **query: str) -> Any:
        """The JSON body of a GET."""
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path, None, None).body

    def get_all(self, path: str, **query: str) -> list[Any]:
        """All items of a list, page by page (D8)."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(path, limit="100", **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    def post(self, path: str, body: Any, key: str | None = None) -> Answer:
        """Sends a POST, with an idempotency key when one is given."""
        return self._call("POST", path, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), key)

    def _call(self, method: str, path: str, body: bytes | None, key: str | None) -> Answer:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            wait: float | None = None
            try:
                response, data = self._send(method, path, body, key)
            except (OSError, http.client.HTTPException) as error:
                self._drop_connection()
                failure = f"{type(error).__name__}: {error}"
            else:
                if 200 <= response.status < 300:
                    replayed = (response.getheader("Idempotency-Replayed") or "").lower() == "true"
                    return Answer(response.status, replayed, _json(data))
                if response.status not in RETRIED_STATUSES:
                    raise ProblemError(method, path, response.status, _problem(data))
                wait = retry_after(response.getheader("Retry-After"), time.time())
                failure = render_problem(method, path, response.status, _problem(data))
            if attempt < MAX_ATTEMPTS:
                with self._lock:
                    self.retries += 1
                self._pause(backoff(attempt) if wait is None else wait)
        raise StackError(
            f"no good answer from {self.stack.base_url} in {MAX_ATTEMPTS} attempts; is the stack up (`make up`)?\n"
            f"{failure}"
        )

    def _send(
        self, method: str, path: str, body: bytes | None, key: str | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self.stopped.is_set():
            raise Stopped
        headers = {
            "Authorization": f"Bearer {self._current_token()}",
            "Accept": "application/json",
            "X-Request-Id": uuid.uuid4().hex,
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        connection = self._connection()
        connection.request(method, self._prefix + path, body=body, headers=headers)
        response = connection.getresponse()
        return response, response.read()

    def _connection(self) -> http.client.HTTPConnection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = self._local.connection = make(self._host, timeout=REQUEST_TIMEOUT_SECONDS)
            with self._lock:
                self._connections.append(connection)
        return connection

    def _drop_connection(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()  # it opens again with the next request

    def _current_token(self) -> str:
        now = time.time()
        with self._lock:
            if now >= self._token_renewal:
                self._token = mint_token(self.stack, self.tenant_id, int(now))
                self._token_renewal = now + TOKEN_LIFETIME_SECONDS - TOKEN_RENEWAL_SECONDS
            return self._token

    def _pause(self, seconds: float) -> None:
        if self.stopped.wait(seconds):
            raise Stopped


def backoff(attempt: int) -> float:
    """Seconds before the next attempt: exponential with full jitter."""
    ceiling = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (attempt - 1))
    return random.uniform(ceiling / 2, ceiling)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds asked for by a `Retry-After` header, given as seconds or as a date; None when there is none."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - now
        except ValueError:
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


def _json(data: bytes) -> Any:
    return json.loads(data) if data else None


def _problem(data: bytes) -> dict[str, Any]:
    try:
        problem = json.loads(data)
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"detail": data[:300].decode(errors="replace")}
