"""template.yaml as plain CloudFormation, for the emulator and for linting.

aws-sam-translator does what the SAM transform does on AWS. The emulator then needs three things more. It ignores an HTTP
API's OpenAPI `Body`, so that is turned into the Route, Integration and Authorizer resources which API Gateway would
make of it. Conditions are kept: what stands behind `Fn::If` in the body stands behind it afterwards. It refuses
alarms over metric math and knows no dashboards, so those are left out. Queues of
events hide what was taken for a shorter time. And it wants permission for `sns:PublishBatch`, which AWS does not have:
there `sns:Publish` covers both calls.
"""

from __future__ import annotations

import json
import logging
import os
import re
from typing import Any

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from dev.settings import REGION, ROOT

TEMPLATE = ROOT / "template.yaml"
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
NO_VALUE = {"Ref": "AWS::NoValue"}
# How long queues of events hide a message that was taken: six function timeouts, and on this machine one.
EVENT_QUEUE_SECONDS = 180
LOCAL_EVENT_QUEUE_SECONDS = 30

Json = dict[str, Any]


class _NoManagedPolicies:
    """The translator asks for a list of AWS's managed policies by name; the template names none."""

    def load(self) -> Json:
        return {}


def read() -> Json:
    """template.yaml as written, short intrinsics in their long form."""
    return yaml_parse(TEMPLATE.read_text())


def expand(parameters: dict[str, str], code: dict[str, str] | None = None) -> Json:
    """The template after the SAM transform.

    `code` gives each function's archive, `s3://bucket/key` by binary name; without it the functions point nowhere,
    which is enough for linting.
    """
    # The translator reports on a feature toggle that only AWS's own copy has.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    # It wants a region, though it makes no call.
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    template = read()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            resource["Properties"]["CodeUri"] = (code or {}).get(binary, f"s3://artifacts/{binary}.zip")
    return transform(template, parameters, _NoManagedPolicies())


def adapt_to_emulator(template: Json) -> Json:
    """Replaces the `Body` of every HTTP API by resources of their own and drops what the emulator cannot create."""
    resources = template["Resources"]
    for name in [name for name, resource in resources.items() if _uses_metric_math(resource) or _is_dashboard(resource)]:
        del resources[name]
    for queue in [r["Properties"] for r in resources.values() if r["Type"] == "AWS::SQS::Queue"]:
        # Tests kill functions: what they had taken should come back before whoever waits for it gives up.
        if queue.get("VisibilityTimeout") == EVENT_QUEUE_SECONDS:
            queue["VisibilityTimeout"] = LOCAL_EVENT_QUEUE_SECONDS
    for policy in [r for r in resources.values() if r["Type"] == "AWS::IAM::ManagedPolicy"]:
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement["Action"] == "sns:Publish":
                statement["Action"] = ["sns:Publish", "sns:PublishBatch"]
    for name in [name for name, resource in resources.items() if _has_body(resource)]:
        properties = resources[name]["Properties"]
        body = properties.pop("Body")
        properties.pop("FailOnWarnings", None)
        properties["Name"] = body["info"]["title"]
        properties["ProtocolType"] = "HTTP"
        condition, cors = _conditional(body["x-amazon-apigateway-cors"])
        settings = {name[0].upper() + name[1:]: value for name, value in cors.items()}
        # On only where origins are given: the emulator fails over it.
        properties["CorsConfiguration"] = {"Fn::If": [condition, settings, NO_VALUE]}
        authorizers = _authorizers(name, body, resources)
        integrations = _integrations(name, body, resources)
        _routes(name, body, authorizers, integrations, resources)
    return template


def _uses_metric_math(resource: Json) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _is_dashboard(resource: Json) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Dashboard"


def _has_body(resource: Json) -> bool:
    return resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]


def _conditional(value: Any) -> tuple[str | None, Any]:
    """Splits `Fn::If: [condition, value, AWS::NoValue]` into condition and value."""
    if isinstance(value, dict) and "Fn::If" in value:
        condition, chosen, otherwise = value["Fn::If"]
        if otherwise != NO_VALUE:
            raise ValueError(f"only AWS::NoValue may be the other branch of condition {condition} in an API's body")
        return condition, chosen
    return None, value


def _authorizers(api: str, body: Json, resources: Json) -> dict[str, tuple[str | None, str]]:
    condition, schemes = _conditional(body.get("components", {}).get("securitySchemes") or {})
    found = {}
    for scheme_name, scheme in schemes.items():
        settings = scheme["x-amazon-apigateway-authorizer"]
        if settings["type"] != "jwt":
            raise ValueError(f"authorizer {scheme_name} is of type {settings['type']}; only jwt is known here")
        logical = f"{api}Authorizer{scheme_name}"
        jwt = settings["jwtConfiguration"]
        resources[logical] = {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": {"Ref": api},
                "Name": scheme_name,
                "AuthorizerType": "JWT",
                "IdentitySource": [settings["identitySource"]],
                "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
            },
        }
        if condition:
            resources[logical]["Condition"] = condition
        found[scheme_name] = (condition, logical)
    return found


def _integrations(api: str, body: Json, resources: Json) -> dict[str, str]:
    found = {}
    for name, settings in body["components"]["x-amazon-apigateway-integrations"].items():
        logical = f"{api}Integration{_letters(name)}"
        resources[logical] = {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api},
                "IntegrationType": settings["type"].upper(),
                "IntegrationMethod": settings["httpMethod"],
                "IntegrationUri": settings["uri"],
                "PayloadFormatVersion": settings["payloadFormatVersion"],
                "CredentialsArn": settings["credentials"],
            },
        }
        found[f"#/components/x-amazon-apigateway-integrations/{name}"] = logical
    return found


def _routes(
    api: str,
    body: Json,
    authorizers: dict[str, tuple[str | None, str]],
    integrations: dict[str, str],
    resources: Json,
) -> None:
    for method, path, operation in operations(body):
        integration = integrations[operation["x-amazon-apigateway-integration"]["$ref"]]
        properties: Json = {
            "ApiId": {"Ref": api},
            "RouteKey": f"{method} {path}",
            "Target": {"Fn::Sub": f"integrations/${{{integration}}}"},
        }
        _, security = _conditional(operation.get("security") or [])
        for scheme_name in [name for entry in security for name in entry]:
            condition, authorizer = authorizers[scheme_name]
            properties["AuthorizerId"] = {"Fn::If": [condition, {"Ref": authorizer}, NO_VALUE]}
            properties["AuthorizationType"] = {"Fn::If": [condition, "JWT", "NONE"]}
        logical = f"{api}Route{_letters(f'{method.lower()} {path}')}"
        if logical in resources:
            raise ValueError(f"two routes share the logical id {logical}")
        resources[logical] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def operations(body: Json) -> list[tuple[str, str, Json]]:
    """Every (method, path, operation) of an API's body."""
    return [
        (method.upper(), path, operation)
        for path, item in body["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def _letters(text: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", text))


def as_json(template: Json) -> str:
    """The text of an expanded template."""
    return json.dumps(template, indent=1)
