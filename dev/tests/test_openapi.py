"""What must hold of openapi.json for clients that are not ours."""

from __future__ import annotations

import json
import unittest
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from dev.settings import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
REGISTRY = Registry().with_resource("urn:document", Resource(DOCUMENT, DRAFT202012))


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield f"{name} body", content
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                yield f"{name} {status}", content


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = DOCUMENT
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:document#/'))
    validator = Draft202012Validator(absolute, registry=REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


class Document(unittest.TestCase):
    def test_it_is_valid_openapi(self) -> None:
        self.assertEqual([str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()], [])

    def test_every_example_is_as_its_schema_says(self) -> None:
        checked = 0
        for name, content in contents():
            for title, example in content.get("examples", {}).items():
                value = resolved(example)["value"]
                self.assertEqual(faults(content["schema"], value), [], f"{name} {title}")
                checked += 1
        self.assertGreater(checked, 300)

    def test_a_schema_refuses_what_is_wrong(self) -> None:
        # That the test above can fail: a field too many, a decimal that is none.
        order = {"$ref": "#/components/schemas/NewOrder"}
        self.assertTrue(faults(order, {"colour": "blue"}))
        self.assertTrue(faults({"$ref": "#/components/schemas/MoneyText"}, "12.5"))

    def test_every_body_and_every_json_answer_has_an_example(self) -> None:
        for name, content in contents():
            itself = name.startswith(("GET /openapi.json", "GET /docs"))
            # The export's schema is that of a line, which an example of the whole would not be.
            lines = name.startswith("GET ") and "/export " in name
            if not itself and not lines and content["schema"].get("type") != "string":
                self.assertTrue(content.get("examples"), name)

    def test_servers_are_relative(self) -> None:
        self.assertEqual([server["url"] for server in DOCUMENT["servers"]], ["."])

    def test_creating_takes_a_key_and_changing_takes_a_version(self) -> None:
        for name, operation in operations():
            headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
            self.assertEqual("Idempotency-Key" in headers, name.startswith("POST"), name)
            if name.startswith(("PUT", "PATCH")):
                self.assertIn("If-Match", headers, name)
                self.assertIn("412", operation["responses"], name)

    def test_every_link_leads_to_an_operation_and_its_parameters(self) -> None:
        by_id = {operation["operationId"]: operation for _, operation in operations()}
        for name, operation in operations():
            for response in operation["responses"].values():
                for title, link in response.get("links", {}).items():
                    target = by_id[link["operationId"]]
                    taken = {parameter["name"] for parameter in target["parameters"]}
                    self.assertLessEqual(set(link["parameters"]), taken, f"{name} {title}")


if __name__ == "__main__":
    unittest.main()
