"""What must hold of template.yaml besides what cfn-lint looks at."""

from __future__ import annotations

import json
import re
import tomllib
import unittest
from typing import Any

from dev import expand
from dev.settings import ROOT

TEMPLATE = expand.read()
EXPANDED = expand.expand({})
LOCAL = expand.adapt_to_emulator(expand.expand({"CanaryDeployments": "false"}))
# A stack may hold 500; the rest is for what the next endpoints need at once.
MOST_RESOURCES = 450


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def binaries() -> set[str]:
    manifest = tomllib.loads((ROOT / "functions" / "Cargo.toml").read_text())
    return {binary["name"] for binary in manifest["bin"]}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return expand.operations(TEMPLATE["Resources"]["HttpApi"]["Properties"]["Body"])


def integration(operation: dict[str, Any]) -> str:
    return operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]


def policies_of(binary: str) -> list[dict[str, str]]:
    name = "".join(map(str.capitalize, binary.split("-"))) + "Function"
    return TEMPLATE["Resources"][name]["Properties"].get("Policies", [])


def actions_of(binary: str) -> set[str]:
    """What a function may do."""
    found: set[str] = set()
    for reference in policies_of(binary):
        document = TEMPLATE["Resources"][reference["Ref"]]["Properties"]["PolicyDocument"]
        for statement in document["Statement"]:
            action = statement["Action"]
            found.update(action if isinstance(action, list) else [action])
    return found


class Functions(unittest.TestCase):
    def test_every_binary_is_deployed_and_nothing_else(self) -> None:
        resources = TEMPLATE["Resources"].values()
        deployed = [
            r["Metadata"]["BuildProperties"]["Binary"] for r in resources if r["Type"] == "AWS::Serverless::Function"
        ]
        self.assertEqual(sorted(deployed), sorted(binaries()))

    def test_a_function_is_named_after_its_binary(self) -> None:
        for name, resource in TEMPLATE["Resources"].items():
            if resource["Type"] == "AWS::Serverless::Function":
                binary = resource["Metadata"]["BuildProperties"]["Binary"]
                self.assertEqual(resource["Properties"]["FunctionName"], {"Fn::Sub": f"${{AWS::StackName}}-{binary}"})
                self.assertEqual(name, "".join(map(str.capitalize, binary.split("-"))) + "Function")

    def test_a_queue_hides_a_message_for_six_function_timeouts(self) -> None:
        queues = of_type(TEMPLATE, "AWS::SQS::Queue")
        default = TEMPLATE["Globals"]["Function"]["Timeout"]
        mappings = of_type(TEMPLATE, "AWS::Lambda::EventSourceMapping").values()
        checked = 0
        for mapping in mappings:
            source = mapping["EventSourceArn"]["Fn::GetAtt"][0]
            if source in queues:
                function = TEMPLATE["Resources"][mapping["FunctionName"]["Ref"].removesuffix(".Alias")]
                timeout = function["Properties"].get("Timeout", default)
                self.assertEqual(queues[source]["VisibilityTimeout"], 6 * timeout, source)
                checked += 1
        self.assertEqual(checked, 4)

    def test_the_environment_fits(self) -> None:
        # Lambda refuses more than 4 KB; leave room for keys and addresses.
        defaults = {name: str(p.get("Default", "")) for name, p in TEMPLATE["Parameters"].items()}
        for name, function in of_type(EXPANDED, "AWS::Lambda::Function").items():
            variables = function["Environment"]["Variables"]
            size = sum(len(key) + len(defaults.get(v.get("Ref"), "x" * 120)) for key, v in variables.items())
            self.assertLess(size, 3072, name)

    def test_who_calls_a_partner_knows_where_it_is_and_nobody_else(self) -> None:
        # The one that tells how the service is doing tells which partners are there, and calls none.
        expected = {
            "inventory": {"create-order", "amend-order", "plan-procurement", "simulate-plan", "service-status"},
            "production": {"notify-partners", "service-status"},
            "sales": {"plan-procurement", "simulate-plan", "service-status"},
            "notification": {"notify-partners", "service-status"},
        }
        resources = TEMPLATE["Resources"].values()
        functions = [r for r in resources if r["Type"] == "AWS::Serverless::Function"]
        for partner, knowing in expected.items():
            name, parameter = f"{partner.upper()}_URL", f"{partner.capitalize()}UrlParameter"
            self.assertNotIn(name, TEMPLATE["Globals"]["Function"]["Environment"]["Variables"])
            found = set()
            for function in functions:
                binary = function["Metadata"]["BuildProperties"]["Binary"]
                variables = function["Properties"].get("Environment", {}).get("Variables", {})
                if name in variables:
                    found.add(binary)
                    address = {"Fn::Sub": f"{{{{resolve:ssm:${{{parameter}}}}}}}"}
                    self.assertEqual(variables[name], {"Fn::If": [f"Has{partner.capitalize()}", address, ""]})
                    self.assertEqual("PARTNER_TOKEN" in variables, binary != "service-status", binary)
            self.assertEqual(found, knowing, partner)


class Routes(unittest.TestCase):
    def test_every_route_has_a_function_and_every_integration_a_route(self) -> None:
        integrations = TEMPLATE["Resources"]["HttpApi"]["Properties"]["Body"]["components"][
            "x-amazon-apigateway-integrations"
        ]
        self.assertEqual({integration(operation) for _, _, operation in operations()}, set(integrations))
        for name, settings in integrations.items():
            self.assertIn(name, binaries())
            self.assertIn(f":function:${{AWS::StackName}}-{name}:live/", settings["uri"]["Fn::Sub"])

    def test_only_health_and_the_description_are_open_at_the_edge(self) -> None:
        open_routes = [path for _, path, operation in operations() if "security" not in operation]
        self.assertEqual(open_routes, ["/health", "/openapi.json", "/docs"])

    def test_path_parameters_are_declared(self) -> None:
        body = TEMPLATE["Resources"]["HttpApi"]["Properties"]["Body"]
        for path, item in body["paths"].items():
            declared = [reference["$ref"].rpartition("/")[2] for reference in item.get("parameters", [])]
            self.assertEqual(declared, re.findall(r"{(\w+)}", path))
            self.assertLessEqual(set(declared), set(body["components"]["parameters"]))

    def test_the_watch_router_answers_the_same_routes(self) -> None:
        manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
        router = manifest["workspace"]["metadata"]["lambda"]["watch"]["router"]
        watched = {(r["method"], path, r["function"]) for path, routes in router.items() for r in routes}
        self.assertEqual(watched, {(m, path, integration(operation)) for m, path, operation in operations()})

    def test_every_function_has_a_sample_event_of_its_trigger(self) -> None:
        events = {file.stem: json.loads(file.read_text()) for file in (ROOT / "events").glob("*.json")}
        self.assertEqual(set(events), binaries())
        routes = {f"{method} {path}": integration(operation) for method, path, operation in operations()}
        http = {name: event["routeKey"] for name, event in events.items() if "routeKey" in event}
        self.assertEqual(set(http), set(routes.values()))
        for name, route in http.items():
            self.assertEqual(routes[route], name)

    def test_the_emulator_gets_every_route(self) -> None:
        routes = {route["RouteKey"] for route in of_type(LOCAL, "AWS::ApiGatewayV2::Route").values()}
        self.assertEqual(routes, {f"{method} {path}" for method, path, _ in operations()})
        self.assertNotIn("Body", LOCAL["Resources"]["HttpApi"]["Properties"])


class Operation(unittest.TestCase):
    def test_the_stack_stays_clear_of_the_resource_limit(self) -> None:
        self.assertLess(len(EXPANDED["Resources"]), MOST_RESOURCES)
        # CloudFormation's limit on a template it reads from S3, and on what a transform gives back.
        self.assertLess(len(json.dumps(EXPANDED)), 900_000)

    def test_every_queue_is_a_dead_letter_queue_with_an_alarm_or_has_one(self) -> None:
        alarms = of_type(TEMPLATE, "AWS::CloudWatch::Alarm").values()
        watched = {
            dimension["Value"]["Fn::GetAtt"][0]
            for alarm in alarms
            if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible" and alarm["Threshold"] == 0
            for dimension in alarm["Dimensions"]
        }
        for name, queue in of_type(TEMPLATE, "AWS::SQS::Queue").items():
            redrive = queue.get("RedrivePolicy")
            dead_letters = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] if redrive else name
            self.assertIn(dead_letters, watched, name)
            if not redrive:
                self.assertEqual(queue["MessageRetentionPeriod"], 14 * 24 * 3600, name)

    def test_every_subscription_schedule_and_stream_has_a_dead_letter_queue(self) -> None:
        for name, subscription in of_type(TEMPLATE, "AWS::SNS::Subscription").items():
            if subscription["Protocol"] == "sqs":
                self.assertIn("RedrivePolicy", subscription, name)
                self.assertIs(subscription["RawMessageDelivery"], True)
        for name, schedule in of_type(TEMPLATE, "AWS::Scheduler::Schedule").items():
            self.assertIn("DeadLetterConfig", schedule["Target"], name)
        for name, mapping in of_type(TEMPLATE, "AWS::Lambda::EventSourceMapping").items():
            self.assertEqual(mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"], name)
            if "StartingPosition" in mapping:
                self.assertIn("OnFailure", mapping["DestinationConfig"], name)

    def test_no_function_may_do_more_than_named(self) -> None:
        roles = [name for name in of_type(EXPANDED, "AWS::IAM::Role") if name.endswith("FunctionRole")]
        self.assertEqual(len(roles), len(binaries()))
        for name, policy in of_type(TEMPLATE, "AWS::IAM::ManagedPolicy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                self.assertFalse([action for action in actions if "*" in action], name)
                self.assertNotEqual(statement["Resource"], "*", name)
                if any(re.match(r"dynamodb:\w*(Item|Query)", action) for action in actions):
                    self.assertIn("dynamodb:LeadingKeys", str(statement.get("Condition")), name)
                self.assertNotIn("dynamodb:Scan", actions, name)

    def test_what_only_reads_may_not_write(self) -> None:
        changing = {integration(operation) for method, _, operation in operations() if method != "GET"}
        reading = {integration(operation) for _, _, operation in operations()} - changing
        self.assertGreater(len(reading), 10)
        for name in reading:
            self.assertLessEqual(
                actions_of(name), {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}, name
            )

    def test_what_needs_no_table_may_not_touch_it(self) -> None:
        self.assertEqual(actions_of("health"), set())
        self.assertEqual(actions_of("api-docs"), set())

    def test_the_audit_copy_is_appended_to_and_nothing_else(self) -> None:
        appending = {binary for binary in binaries() if {"Ref": "AppendAuditPolicy"} in policies_of(binary)}
        self.assertEqual(appending, {"relay-events", "reconcile"})
        for name, policy in of_type(TEMPLATE, "AWS::IAM::ManagedPolicy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
                for key in keys:
                    if name == "AppendAuditPolicy":
                        self.assertEqual((key, statement["Action"]), ("A#*", "dynamodb:PutItem"))
                    else:
                        self.assertNotIn(key[0], "A*?", name)

    def test_a_role_stays_within_the_policies_that_iam_attaches(self) -> None:
        # Ten managed policies to a role; the transform adds one for logs and one for tracing.
        for binary in binaries():
            self.assertLessEqual(len(policies_of(binary)) + 2, 10, binary)

    def test_every_policy_is_used(self) -> None:
        used = {reference["Ref"] for binary in binaries() for reference in policies_of(binary)}
        self.assertEqual(used, set(of_type(TEMPLATE, "AWS::IAM::ManagedPolicy")))

    def test_alerts_can_be_had_by_channel(self) -> None:
        # D41: a message for each channel; the samples show how one is picked.
        filters = {
            name: (subscription["Protocol"], subscription["FilterPolicy"])
            for name, subscription in of_type(TEMPLATE, "AWS::SNS::Subscription").items()
            if subscription["TopicArn"] == {"Ref": "AlertsTopic"}
        }
        expected = {
            "AlertEmailSubscription": ("email", {"channel": ["email"]}),
            "DashboardAlertsSubscription": ("sqs", {"channel": ["dashboard"]}),
        }
        self.assertEqual(filters, expected)
        self.assertEqual(TEMPLATE["Resources"]["AlertEmailSubscription"]["Condition"], "HasAlertEmail")

    def test_the_edge_authorizer_stands_behind_its_condition(self) -> None:
        authorizers = [r for r in LOCAL["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Authorizer"]
        self.assertEqual([r["Condition"] for r in authorizers], ["HasEdgeAuthorizer"])
        for route in of_type(LOCAL, "AWS::ApiGatewayV2::Route").values():
            if route["RouteKey"] not in ("GET /health", "GET /openapi.json", "GET /docs"):
                self.assertEqual(route["AuthorizerId"]["Fn::If"][0], "HasEdgeAuthorizer")


def widgets() -> list[dict[str, Any]]:
    """What the dashboard shows; `${…}` stays as it is."""
    body = TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(body)["widgets"]


def our_metrics() -> set[str]:
    """The names of this service's own metrics that the dashboard shows and the alarms look at."""
    namespace = "OrdersService/${AWS::StackName}"
    rows = [row for widget in widgets() for row in widget["properties"].get("metrics", [])]
    shown = {row[1] for row in rows if row[0] == namespace}
    for row in rows:
        if isinstance(row[0], dict) and namespace in row[0]["expression"]:
            shown.update(re.findall(r'MetricName="(\w+)"', row[0]["expression"]))
    for alarm in of_type(TEMPLATE, "AWS::CloudWatch::Alarm").values():
        looked_at = [alarm] if "MetricName" in alarm else []
        looked_at += [entry["MetricStat"]["Metric"] for entry in alarm.get("Metrics", []) if "MetricStat" in entry]
        shown.update(metric["MetricName"] for metric in looked_at if metric["Namespace"] == {"Fn::Sub": namespace})
    return shown


class Dashboard(unittest.TestCase):
    def test_every_widget_has_a_place_of_its_own(self) -> None:
        taken: set[tuple[int, int]] = set()
        for widget in widgets():
            self.assertLessEqual(widget["x"] + widget["width"], 24)
            places = {
                (x, y)
                for x in range(widget["x"], widget["x"] + widget["width"])
                for y in range(widget["y"], widget["y"] + widget["height"])
            }
            self.assertFalse(places & taken, widget["properties"]["title"])
            taken |= places

    def test_every_alarm_and_every_queue_is_shown(self) -> None:
        shown = json.dumps(widgets())
        for name in of_type(TEMPLATE, "AWS::CloudWatch::Alarm"):
            self.assertIn(f"${{{name}.Arn}}", shown)
        for name in of_type(TEMPLATE, "AWS::SQS::Queue"):
            self.assertIn(f"${{{name}.QueueName}}", shown)
        for name in re.findall(r"\${(\w+)", shown):
            self.assertIn(name, {*TEMPLATE["Resources"], "AWS"})

    def test_metrics_are_those_that_the_functions_write(self) -> None:
        sources = "".join(file.read_text() for file in (ROOT / "shared" / "service" / "src").rglob("*.rs"))
        self.assertGreater(len(our_metrics()), 10)
        for name in our_metrics():
            self.assertRegex(sources, f'["`]{name}["`]')

    def test_functions_write_into_the_namespace_that_is_looked_at(self) -> None:
        variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
        self.assertEqual(variables["METRICS_NAMESPACE"], {"Fn::Sub": "OrdersService/${AWS::StackName}"})

    def test_the_emulator_gets_what_it_can_create(self) -> None:
        self.assertFalse(of_type(LOCAL, "AWS::CloudWatch::Dashboard"))
        for name, alarm in of_type(LOCAL, "AWS::CloudWatch::Alarm").items():
            self.assertNotIn("Metrics", alarm, name)


if __name__ == "__main__":
    unittest.main()
