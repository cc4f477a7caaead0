"""The partner services of the local stack, in one small process: `python -m dev.partner serve | mode | calls`.

It answers as docs/partners/ says, remembers what it was asked, and behaves as badly as it is told to. Writes are
idempotent by their key: the second of two gets the answer of the first, and is not an effect of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dev import processes
from dev.settings import ROOT, VENV, Failure, Paths, bare_environment

HOST = "127.0.0.1"
PARTNERS = ("inventory", "production", "sales", "notification")
MODES = ("ok", "slow", "5xx", "garbage", "huge", "endless", "redirect")
SLOW_SECONDS = 10
# Beyond the 1 MiB that the service reads.
HUGE_BYTES = 8 * 1024 * 1024
ENDLESS_SECONDS = 30
START_SECONDS = 10

Json = dict[str, Any]


class Partners:
    """What the partners were asked, and how each is to behave."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.modes = dict.fromkeys(PARTNERS, "ok")
        self.calls: list[Json] = []
        self.effects: dict[tuple[str, str], Json] = {}
        self.lock = threading.Lock()

    def behave(self, partner: str | None, mode: str) -> bool:
        """Switches one partner, or all; False for a word that is not known."""
        if mode not in MODES or partner not in (None, *PARTNERS):
            return False
        for name in [partner] if partner else PARTNERS:
            self.modes[name] = mode
        return True

    def answer(self, partner: str, method: str, path: str, query: dict[str, list[str]], body: Any, key: str | None
               ) -> tuple[int, Json]:
        """The good answer, and the effect of a write."""
        match partner, method, path:
            case "inventory", "POST", "/availability":
                items = body.get("items", [])
                return 200, {"items": [{"product_id": item["product_id"], "available": True} for item in items]}
            case "inventory", "GET", "/stock":
                return 200, {"suppliers": [], "ingredients": [], "products": []}
            case "production", "GET", "/capacity":
                return 200, {"date": query.get("date", [""])[0], "capacity": None}
            case "sales", "GET", "/history":
                return 200, {"days": []}
            case "production", "POST", "/production-requests":
                return self._effect(partner, key, 201, "request_id")
            case "notification", "POST", "/notifications":
                return self._effect(partner, key, 202, "notification_id")
        return 404, {"title": "no such operation"}

    def _effect(self, partner: str, key: str | None, status: int, name: str) -> tuple[int, Json]:
        if not key:
            return 400, {"title": "Idempotency-Key is missing"}
        with self.lock:
            known = self.effects.setdefault((partner, key), {name: str(uuid.uuid4())})
        return status, known


class Handler(BaseHTTPRequestHandler):
    """One request; `server` carries the partners."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: `/_calls` tells what was asked."""

    def _serve(self, method: str) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return self._send(400, {"title": "the body is no JSON"})
        partners = self.server.partners
        match method, address.path:
            case "GET", "/_health":
                return self._send(200, {"status": "ok"})
            case "GET", "/_calls":
                with partners.lock:
                    return self._send(200, {"calls": partners.calls, "effects": len(partners.effects)})
            case "PUT", "/_behaviour":
                known = partners.behave((body or {}).get("partner"), (body or {}).get("mode", ""))
                return self._send(200 if known else 422, {"modes": partners.modes})
        partner, _, path = address.path.removeprefix("/").partition("/")
        if partner not in PARTNERS:
            return self._send(404, {"title": "no such partner"})
        key = self.headers.get("Idempotency-Key")
        with partners.lock:
            partners.calls.append({"partner": partner, "method": method, "path": f"/{path}", "key": key, "body": body})
        if partners.token and self.headers.get("Authorization") != f"Bearer {partners.token}":
            return self._send(401, {"title": "the token is not the one agreed"})
        self._behave(partners, partner, method, f"/{path}", parse_qs(address.query), body, key)

    def _behave(self, partners: Partners, partner: str, method: str, path: str, query: dict[str, list[str]], body: Any,
                key: str | None) -> None:
        match partners.modes[partner]:
            case "5xx":
                return self._send(503, {"title": "out of order"})
            case "garbage":
                return self._raw(200, b"<html>not what was agreed</html>", "text/html")
            case "redirect":
                self.send_response(302)
                self.send_header("Location", f"http://{HOST}:{self.server.server_port}/elsewhere")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            case "huge":
                return self._raw(200, b'"' + b"x" * HUGE_BYTES + b'"', "application/json")
            case "endless":
                return self._endless()
            case "slow":
                time.sleep(SLOW_SECONDS)
        self._send(*partners.answer(partner, method, path, query, body, key))

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.close_connection = True
        ends = time.monotonic() + ENDLESS_SECONDS
        while time.monotonic() < ends:
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    def _send(self, status: int, body: Json) -> None:
        self._raw(status, json.dumps(body).encode(), "application/json")

    def _raw(self, status: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            # Whoever asked has stopped waiting.
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """The partners behind a port."""

    daemon_threads = True

    def __init__(self, partners: Partners, port: int = 0) -> None:
        super().__init__((HOST, port), Handler)
        self.partners = partners

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of callers that went away: that is what bad behaviour is for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass(frozen=True)
class Running:
    """The process, as the state directory remembers it."""

    pid: int
    started: str
    port: int

    @property
    def url(self) -> str:
        """Where the partners are; each has its name behind it."""
        return f"http://{HOST}:{self.port}"


def _file(paths: Paths) -> Path:
    return paths.state / "partner.json"


def start(paths: Paths, token: str) -> Running:
    """Starts the process and returns when it answers."""
    ready = paths.state / "partner.port"
    ready.unlink(missing_ok=True)
    process = subprocess.Popen(
        [str(VENV / "bin" / "python"), "-m", "dev.partner", "serve", "--announce", str(ready)],
        env={**bare_environment(), "PARTNER_TOKEN": token},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failure("the stub partner did not start; try it by hand: .local/venv/bin/python -m dev.partner serve")
        time.sleep(0.02)
    born = processes.process(process.pid)
    running = Running(process.pid, born.started if born else "", int(ready.read_text()))
    ready.unlink()
    _file(paths).write_text(json.dumps(asdict(running)))
    return running


def find(paths: Paths) -> Running | None:
    """The process that was started, if it still is that one."""
    try:
        running = Running(**json.loads(_file(paths).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    found = processes.process(running.pid)
    return running if found is not None and found.started == running.started else None


def stop(paths: Paths) -> None:
    """Ends it, if it runs."""
    if running := find(paths):
        os.kill(running.pid, 15)
    _file(paths).unlink(missing_ok=True)


def ask(url: str, method: str = "GET", body: Json | None = None) -> Json:
    """Asks the running partners something about themselves."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as response:
        return json.load(response)


def main() -> int:
    """Serves, or tells the running one how to behave."""
    parser = argparse.ArgumentParser(prog="python -m dev.partner", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--announce", type=Path, help="file that gets the port")
    mode = commands.add_parser("mode")
    mode.add_argument("mode", choices=MODES)
    mode.add_argument("--partner", choices=PARTNERS)
    commands.add_parser("calls")
    arguments = parser.parse_args()
    if arguments.command == "serve":
        server = Server(Partners(os.environ.get("PARTNER_TOKEN") or None), arguments.port)
        if arguments.announce:
            # Renamed into place: whoever waits for it must not read half of it.
            written = arguments.announce.with_suffix(".tmp")
            written.write_text(str(server.server_port))
            written.rename(arguments.announce)
        else:
            print(f"http://{HOST}:{server.server_port}", flush=True)
        server.serve_forever()
        return 0
    running = find(Paths.from_environment())
    if running is None:
        print("error: no stub partner is running: make up", file=sys.stderr)
        return 1
    if arguments.command == "mode":
        told = ask(f"{running.url}/_behaviour", "PUT", {"partner": arguments.partner, "mode": arguments.mode})
        print("\n".join(f"{name:<13} {mode}" for name, mode in told["modes"].items()))
    else:
        for call in ask(f"{running.url}/_calls")["calls"]:
            print(f"{call['partner']:<13} {call['method']} {call['path']} {call['key'] or ''}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
