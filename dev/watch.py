"""`cargo lambda watch` against the running emulator: reload on save, on port 9000."""

from __future__ import annotations

import os
import subprocess

from dev import deploy
from dev.settings import ROOT, STACK_NAME, VENV, Failure, aws_environment, clean_environment, say

HOST = "127.0.0.1"
PORT = "9000"
# Instances per function, each started through cargo. With about 100 requests in flight on one it hangs for good.
CONCURRENCY = "4"


def watch(stack: dict[str, str]) -> None:
    """Runs until interrupted.

    # Errors
    Failure when the functions do not build or the server cannot start.
    """
    # All at once: built one by one on first use, each would keep its caller waiting.
    deploy.build()
    environment = {
        **clean_environment(),
        **aws_environment(stack["AWS_ENDPOINT_URL"]),
        **_function_environment(stack),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    say(f"==> watching: http://{HOST}:{PORT} (path parameters arrive percent-encoded, and there is no authorizer)")
    command = ["cargo", "lambda", "watch", "--profile", "local", "--package", "functions"]
    # Never --timeout: it counts from the start of the build.
    command += ["--invoke-address", HOST, "--invoke-port", PORT, "--concurrency", CONCURRENCY]
    if (code := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode) > 0:
        raise Failure(f"cargo lambda watch ended with {code}; is port {PORT} in use?")


def _function_environment(stack: dict[str, str]) -> dict[str, str]:
    """What the template gave the deployed functions: each holds the common part, some a queue or topic more."""
    functions = deploy.client("lambda", stack["AWS_ENDPOINT_URL"])
    merged: dict[str, str] = {}
    for name in deploy.functions():
        settings = functions.get_function_configuration(FunctionName=f"{STACK_NAME}-{name}")
        merged |= settings["Environment"]["Variables"]
    return {name: value for name, value in merged.items() if value}
