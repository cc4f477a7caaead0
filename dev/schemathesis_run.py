"""`make schemathesis`: requests generated from the OpenAPI document against the running stack, every answer checked.

What is wrong is a server error, an answer that the document does not describe, a faulty request that is taken, or a
good one that is refused for its shape. `dev/schemathesis.toml` says what is left out, and why.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from dev import access_token
from dev.settings import ROOT, VENV, Failure, Paths, clean_environment, read_stack_env, say

CONFIGURATION = ROOT / "dev" / "schemathesis.toml"
PHASES = "examples,coverage,fuzzing,stateful"
CUSTOMERS = 3
TOKEN_LIFETIME_SECONDS = 6 * 3600


def token(stack: dict[str, str], tenants: list[str]) -> str:
    """An owner of every one of these tenants: nobody may do more."""
    claims: dict[str, object] = {
        "iss": stack["AUTH_ISSUER"],
        "aud": stack["AUTH_AUDIENCE"],
        "sub": "schemathesis",
        "exp": int(time.time()) + TOKEN_LIFETIME_SECONDS,
        "tenant_roles": dict.fromkeys(tenants, "owner"),
    }
    return access_token.sign(claims, stack["AUTH_HS256_SECRET"])


class Tenant:
    """A tenant of the running stack, filled from the document's own examples."""

    def __init__(self, stack: dict[str, str], tenant: str, bearer: str) -> None:
        self.base = f"{stack['BASE_URL']}/api/v1/tenants/{tenant}"
        self.bearer = bearer
        with urllib.request.urlopen(f"{stack['BASE_URL']}/openapi.json", timeout=30) as answer:
            self.document: dict[str, Any] = json.load(answer)

    def example(self, path: str, method: str, name: str) -> Any:
        """The example of a request."""
        operation = self.document["paths"][f"/api/v1/tenants/{{tenant_id}}{path}"][method]
        return operation["requestBody"]["content"]["application/json"]["examples"][name]["value"]

    def send(self, method: str, path: str, body: Any) -> Any:
        """A request that must succeed."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def fill(self) -> dict[str, list[str]]:
        """Customers, orders and a plan; gives their ids by the parameter that takes them."""
        self.send("POST", "/catalog/import", self.example("/catalog/import", "post", "bakery"))
        new = self.example("/customers", "post", "individual")
        customers = [self.send("POST", "/customers", new)["id"] for _ in range(CUSTOMERS)]
        order = self.example("/orders", "post", "delivery")
        order |= {"requested_delivery_at": in_days(2), "delivery_window_end": in_days(3)}
        orders = [self.send("POST", "/orders", order | {"customer_id": customer})["id"] for customer in customers]
        plan = self.send("POST", "/procurement/plans", {})["id"]
        return {"customer_id": customers, "order_id": orders, "plan_id": [plan]}


def in_days(days: int) -> str:
    """An instant from now on."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def run(stack: dict[str, str], arguments: list[str]) -> int:
    """One run; the exit code is schemathesis's own."""
    tenants = [str(uuid.uuid4()), str(uuid.uuid4())]
    bearer = token(stack, tenants)
    records = Tenant(stack, tenants[0], bearer).fill()
    environment = {
        **clean_environment(),
        "FUZZED_TENANT": tenants[0],
        "SETTINGS_TENANT": tenants[1],
        "FUZZED_RECORDS": json.dumps(records),
        "PYTHONPATH": str(ROOT),
    }
    base = stack["BASE_URL"]
    command = [str(VENV / "bin" / "schemathesis"), "--config-file", str(CONFIGURATION), "run", f"{base}/openapi.json"]
    command += ["--url", base, "--header", f"Authorization: Bearer {bearer}", *arguments]
    # It leaves notes for `schemathesis replay` where it runs.
    notes = ROOT / ".local" / "schemathesis"
    notes.mkdir(parents=True, exist_ok=True)
    return subprocess.run(command, cwd=notes, env=environment, check=False).returncode


def main() -> int:
    """Runs against the stack that STACK_ENV_FILE or STATE_DIR names."""
    parser = argparse.ArgumentParser(prog="python -m dev.schemathesis_run", description=__doc__)
    parser.add_argument("--max-examples", type=int, default=150, help="generated requests per operation and phase")
    parser.add_argument("--seed", type=int, help="the same requests again")
    parser.add_argument("--phases", default=PHASES)
    parser.add_argument("--max-time", type=int, help="seconds for the whole run")
    given, others = parser.parse_known_args()
    arguments = ["--phases", given.phases, "--max-examples", str(given.max_examples), *others]
    if given.seed is not None:
        arguments += ["--seed", str(given.seed)]
    if given.max_time is not None:
        arguments += ["--max-time", str(given.max_time)]
    path = Path(os.environ.get("STACK_ENV_FILE") or Paths.from_environment().stack_env)
    if not path.exists():
        say("error: no stack is running: make up")
        return 1
    try:
        return run(read_stack_env(path), arguments)
    except (Failure, OSError) as error:
        say(f"error: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
