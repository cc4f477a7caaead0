"""The local stack: `python -m dev.stack up | down | run | token | watch`, usually through make.

STATE_DIR and PORT choose where its state lies and where it listens, so that several stacks can run side by side.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time

from botocore.exceptions import BotoCoreError, ClientError

from dev import access_token, deploy, emulator, follow, partner, watch
from dev.settings import (
    ROOT,
    STACK_NAME,
    Failure,
    Paths,
    only_one,
    port_from_environment,
    read_stack_env,
    say,
    write_stack_env,
)

# The ones that are told things. Inventory and sales stay the tenant's own catalog and history unless they are asked for.
DEFAULT_PARTNERS = "production notification"


def up(paths: Paths, overrides: dict[str, str], build: bool = True) -> None:
    """Builds, starts the emulator, deploys, and returns when the API answers."""
    with only_one(paths):
        _up(paths, overrides, build)


def _up(paths: Paths, overrides: dict[str, str], build: bool) -> None:
    running = emulator.find(paths)
    if running and running.alive():
        if not paths.stack_env.exists():
            raise Failure("the start of this stack was broken off: make down")
        say(f"already running: {read_stack_env(paths.stack_env)['BASE_URL']} (make down stops it)")
        return
    if running:
        say("==> the emulator of an earlier run has crashed; clearing up after it")
        emulator.stop(paths)
        partner.stop(paths)
    port = emulator.choose_port(port_from_environment())
    if build:
        deploy.build()
    begun = time.monotonic()
    say(f"==> starting the emulator on {emulator.HOST}:{port}")
    started = emulator.start(paths, port)
    try:
        emulator.wait_until_ready(paths, started)
        partners = _partners(paths, overrides)
        say("==> deploying template.yaml")
        values = deploy.deploy(paths, started, overrides, partners)
        if running_partner := partner.find(paths):
            values["PARTNER_URL"] = running_partner.url
        deploy.wait_for_health(paths, values["BASE_URL"])
        write_stack_env(paths.stack_env, values)
    except BaseException:
        # Half a stack helps nobody; its log does.
        kept = paths.log.read_bytes()
        emulator.stop(paths)
        partner.stop(paths)
        paths.log.write_bytes(kept)
        raise
    say(f"==> ready in {time.monotonic() - begun:.1f} s: {values['BASE_URL']}")


def _partners(paths: Paths, overrides: dict[str, str]) -> dict[str, str]:
    """Starts the stub partners that PARTNERS names and gives their addresses."""
    wanted = os.environ.get("PARTNERS", DEFAULT_PARTNERS).split()
    if unknown := set(wanted) - set(partner.PARTNERS):
        raise Failure(f"PARTNERS: {', '.join(sorted(unknown))} is none of {', '.join(partner.PARTNERS)}")
    if not wanted:
        return {}
    overrides.setdefault("PartnerToken", secrets.token_hex(16))
    running = partner.start(paths, overrides["PartnerToken"])
    return {name: f"{running.url}/{name}" for name in wanted}


def down(paths: Paths) -> None:
    """Stops what `up` started and removes its state."""
    with only_one(paths):
        partner.stop(paths)
        say("stopped" if emulator.stop(paths) else "nothing is running")
    with contextlib.suppress(OSError):
        # Only when empty: the default one holds the tools as well.
        paths.state.rmdir()


def stack_of(paths: Paths) -> dict[str, str]:
    """The running stack's addresses and keys."""
    running = emulator.find(paths)
    if not running or not running.alive() or not paths.stack_env.exists():
        raise Failure("no stack is running: make up")
    return read_stack_env(paths.stack_env)


def run(paths: Paths, overrides: dict[str, str]) -> None:
    """The stack with demo data in the foreground; ends it all on Ctrl-C."""
    try:
        up(paths, overrides)
        stack = stack_of(paths)
        environment = {**os.environ, "STATE_DIR": str(paths.state)}
        if subprocess.run([sys.executable, "-m", "dev.demo"], cwd=ROOT, env=environment, check=False).returncode:
            raise Failure("the demo data could not be made; the message is above")
        _introduce(stack, _demo_tenant(paths))
        follow.follow(paths, stack, STACK_NAME)
    except KeyboardInterrupt:
        say("")
    finally:
        down(paths)


def _demo_tenant(paths: Paths) -> str:
    replays = json.loads(paths.replays.read_text())["replays"]
    return next(entry["tenant_id"] for name, entry in replays.items() if name.startswith("demo/"))


def _introduce(stack: dict[str, str], tenant: str) -> None:
    token = access_token.mint(stack, tenant, "admin")
    orders = f"{stack['BASE_URL']}/api/v1/tenants/{tenant}/orders"
    print(f"""
API        {stack["BASE_URL"]}
docs       {stack["BASE_URL"]}/docs
emulator   {stack["AWS_ENDPOINT_URL"]}
partners   {stack.get("PARTNER_URL", "none")}  (what they were told: /_calls; make partner MODE=slow)
tenant     {tenant}
token      {token}

curl -s -H "Authorization: Bearer {token}" "{orders}?limit=3"

The functions' logs follow. Ctrl-C stops everything.
""", flush=True)


def main() -> int:
    """Runs one command; a failure is one readable message and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m dev.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "run"):
        command = commands.add_parser(name)
        command.add_argument("--parameter", action="append", default=[], metavar="Name=value", help="of template.yaml")
        if name == "up":
            command.add_argument("--no-build", action="store_true", help="deploy the functions as they were last built")
    commands.add_parser("down")
    commands.add_parser("watch")
    token = commands.add_parser("token")
    token.add_argument("--tenant", required=True)
    token.add_argument("--role", default="admin")
    token.add_argument("--subject")
    arguments = parser.parse_args()
    paths = Paths.from_environment()
    try:
        match arguments.command:
            case "up":
                up(paths, _overrides(arguments.parameter), build=not arguments.no_build)
            case "run":
                run(paths, _overrides(arguments.parameter))
            case "down":
                down(paths)
            case "watch":
                watch.watch(stack_of(paths))
            case "token":
                print(access_token.mint(stack_of(paths), arguments.tenant, arguments.role, arguments.subject))
    except Failure as failure:
        say(f"error: {failure}")
        return 1
    except (BotoCoreError, ClientError) as error:
        say(f"error: the emulator refuses: {error}\nIts log is {paths.log}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 0


def _overrides(given: list[str]) -> dict[str, str]:
    if wrong := [text for text in given if "=" not in text]:
        raise Failure(f"expected Name=value, found {', '.join(wrong)}")
    return dict(text.split("=", 1) for text in given)


if __name__ == "__main__":
    sys.exit(main())
