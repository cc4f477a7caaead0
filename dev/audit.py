"""Holds a tenant's orders against their audit copy: `make audit TENANT=<uuid> [ORDER=<uuid>]`.

Runs the service's own verifier with what a function of the running stack is given: its addresses, and its secret, from
which the key of the audit copy is derived. Exit code 1 when anything was altered.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from dev import deploy
from dev.settings import ROOT, STACK_NAME, Failure, Paths, aws_environment, clean_environment, say
from dev.stack import stack_of

COMMAND = ["cargo", "run", "--quiet", "--profile", "local", "-p", "orders_service", "--example", "verify_audit", "--"]


def secret_key(endpoint: str) -> str:
    """The deployment's one secret, as its functions get it."""
    cloudformation = deploy.client("cloudformation", endpoint)
    resource = cloudformation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId="SecretKey")
    secret = resource["StackResourceDetail"]["PhysicalResourceId"]
    answer = deploy.client("secretsmanager", endpoint).get_secret_value(SecretId=secret)
    return str(answer["SecretString"])


def environment(stack: dict[str, str], secret: str) -> dict[str, str]:
    """What the verifier runs in: a function's environment, and nothing of this machine's AWS configuration."""
    return {**clean_environment(), **stack, **aws_environment(stack["AWS_ENDPOINT_URL"]), "SECRET_KEY": secret}


def arguments_of(tenant: str, order: str | None) -> list[str]:
    """The verifier's command line."""
    return [*COMMAND, tenant, *([order] if order else [])]


def main() -> int:
    """The verifier's exit code; 1 when it could not be run."""
    parser = argparse.ArgumentParser(prog="python -m dev.audit", description=__doc__)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--order")
    arguments = parser.parse_args()
    try:
        stack = stack_of(Paths.from_environment())
        variables = environment(stack, secret_key(stack["AWS_ENDPOINT_URL"]))
        command = arguments_of(arguments.tenant, arguments.order)
        return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
    except Failure as failure:
        say(f"error: {failure}")
    except (BotoCoreError, ClientError) as error:
        say(f"error: the emulator refuses: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
