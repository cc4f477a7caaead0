"""Deploys template.yaml to the emulator through CloudFormation, with the functions' own binaries."""

from __future__ import annotations

import io
import json
import platform
import secrets
import subprocess
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from dev import emulator, expand
from dev.settings import AUTH_AUDIENCE, AUTH_ISSUER, CREDENTIALS, REGION, ROOT, STACK_NAME, Failure, Paths, say

BUCKET = "orders-artifacts"
DEPLOY_SECONDS = 60
ANSWER_SECONDS = 20
# In the API's address instead of a random id, so that BASE_URL stays the same from one `make up` to the next.
API_ID = "orders"


def build() -> None:
    """Builds every function; cargo shows its own progress."""
    say("==> building the functions")
    result = subprocess.run(["cargo", "build", "--profile", "local", "-p", "functions"], cwd=ROOT, check=False)
    if result.returncode:
        raise Failure("the functions do not build; cargo's message is above")


def functions() -> list[str]:
    """The names of the binaries that the template deploys."""
    resources = expand.read()["Resources"].values()
    kind = "AWS::Serverless::Function"
    return [r["Metadata"]["BuildProperties"]["Binary"] for r in resources if r["Type"] == kind]


def archive(binary: Path) -> bytes:
    """A Lambda archive: the binary under the name the runtime looks for. Stored, since nothing goes over a wire."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archived:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archived.writestr(entry, binary.read_bytes())
    return buffer.getvalue()


def target_directory() -> Path:
    """Where cargo puts the binaries."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return Path(json.loads(result.stdout)["target_directory"]) / "local"


def client(service: str, endpoint: str) -> Any:
    """A client of the emulator that ignores this machine's AWS configuration and proxies."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}, s3={"addressing_style": "path"}, retries={"max_attempts": 0}, read_timeout=60),
    )


def parameters(overrides: dict[str, str]) -> dict[str, str]:
    """The template's parameters on this machine: no canaries, settings read fresh, schedules every minute."""
    machine = platform.machine()
    return {
        "Stage": "local",
        "Architecture": "arm64" if machine in ("arm64", "aarch64") else "x86_64",
        "CanaryDeployments": "false",
        "AuthHs256Secret": secrets.token_hex(32),
        "AuthIssuer": AUTH_ISSUER,
        "AuthAudience": AUTH_AUDIENCE,
        "SettingsCacheSeconds": "0",
        "ReconcileSchedule": "rate(1 minute)",
        "PlanningSchedule": "rate(1 minute)",
        "RelayMaximumRecordAgeSeconds": "60",
        **overrides,
    }


def partner_parameters(endpoint: str, partners: dict[str, str]) -> dict[str, str]:
    """Puts the partners' addresses where a deployment finds them, and says where that is."""
    ssm = client("ssm", endpoint)
    names = {}
    for partner, address in partners.items():
        name = f"/{STACK_NAME}/{partner}-url"
        ssm.put_parameter(Name=name, Value=address, Type="String", Overwrite=True)
        names[f"{partner.capitalize()}UrlParameter"] = name
    return names


def deploy(
    paths: Paths, running: emulator.Emulator, overrides: dict[str, str], partners: dict[str, str]
) -> dict[str, str]:
    """Creates the stack and returns what goes into stack.env. `partners` gives addresses by name."""
    names = functions()
    values = parameters({**partner_parameters(running.endpoint, partners), **overrides})
    code = _upload(running.endpoint, names)
    template = expand.adapt_to_emulator(expand.expand(values, code))
    unknown = values.keys() - template["Parameters"].keys()
    if unknown:
        raise Failure(f"template.yaml has no parameter {', '.join(sorted(unknown))}")
    # The id is asked for by tag; on AWS nothing reads it.
    template["Resources"]["HttpApi"]["Properties"].setdefault("Tags", {})["ms-custom-id"] = API_ID
    outputs = _create_stack(paths, running.endpoint, template, values)
    return {
        # The path prefix of the emulator; on AWS there is none.
        "BASE_URL": f"{running.endpoint}/_aws/execute-api/{outputs['HttpApiId']}",
        "AWS_ENDPOINT_URL": running.endpoint,
        "AWS_REGION": REGION,
        "TABLE_NAME": outputs["TableName"],
        "EVENTS_TOPIC_ARN": outputs["EventsTopicArn"],
        "ALERTS_TOPIC_ARN": outputs["AlertsTopicArn"],
        "PLANNING_QUEUE_URL": outputs["PlanningQueueUrl"],
        "ALERTS_QUEUE_URL": outputs["AlertsQueueUrl"],
        "PROJECTIONS_QUEUE_URL": outputs["ProjectionsQueueUrl"],
        "PARTNERS_QUEUE_URL": outputs["PartnersQueueUrl"],
        "AUTH_HS256_SECRET": values["AuthHs256Secret"],
        "AUTH_ISSUER": values["AuthIssuer"],
        "AUTH_AUDIENCE": values["AuthAudience"],
    }


def _upload(endpoint: str, names: list[str]) -> dict[str, str]:
    target = target_directory()
    missing = [name for name in names if not (target / name).is_file()]
    if missing:
        raise Failure(f"template.yaml names functions that functions/Cargo.toml does not build: {', '.join(missing)}")
    s3 = client("s3", endpoint)
    s3.create_bucket(Bucket=BUCKET)

    def put(name: str) -> tuple[str, str]:
        key = f"{name}.zip"
        s3.put_object(Bucket=BUCKET, Key=key, Body=archive(target / name))
        return name, f"s3://{BUCKET}/{key}"

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(put, names))


def _create_stack(paths: Paths, endpoint: str, template: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    # Through S3: expanded it is larger than what a request may carry.
    client("s3", endpoint).put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
    cloudformation = client("cloudformation", endpoint)
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateURL=f"{endpoint}/{BUCKET}/template.json",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        OnFailure="DO_NOTHING",
    )
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        status = stack["StackStatus"]
        if status == "CREATE_COMPLETE":
            return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        if status != "CREATE_IN_PROGRESS":
            reasons = _failures(cloudformation)
            raise Failure(f"the stack ended in {status}:\n{reasons}\nThe emulator's log is {paths.log}")
        time.sleep(0.1)
    raise Failure(f"the stack was not created within {DEPLOY_SECONDS} seconds; the emulator's log is {paths.log}")


def _failures(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    lines = [f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}" for event in failed]
    return "\n".join(lines) or "  (no resource gave a reason)"


def wait_for_health(paths: Paths, base_url: str) -> None:
    """Returns when the API answers."""
    status: int | None = None
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        status = emulator.get_status(f"{base_url}/health")
        if status == 200:
            return
        time.sleep(0.2)
    answer = "nothing" if status is None else f"status {status}"
    raise Failure(f"GET {base_url}/health answers {answer}:\n{emulator.log_tail(paths)}")
