"""docs/partners/ against what is sent and taken: the Rust tests hold the clients to tests/it/partners/exchanges.json, and
these hold that file, and the stub partners, to the documents."""

from __future__ import annotations

import json
import unittest
from collections.abc import Iterator
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from dev import partner
from dev.settings import ROOT

DOCUMENTS: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((ROOT / "docs" / "partners" / f"{name}.yaml").read_text()) for name in partner.PARTNERS
}
REGISTRY = Registry().with_resources(
    [(f"urn:{name}", Resource(document, DRAFT202012)) for name, document in DOCUMENTS.items()]
)
EXCHANGES: dict[str, Any] = json.loads((ROOT / "tests" / "it" / "partners" / "exchanges.json").read_text())


def resolved(name: str, value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = DOCUMENTS[name]
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def faults(name: str, schema: dict[str, Any], value: Any) -> list[str]:
    absolute = json.loads(json.dumps(schema).replace('"#/', f'"urn:{name}#/'))
    validator = Draft202012Validator(absolute, registry=REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def undocumented(name: str, schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """The members of a value that its schema does not describe; fields may be added, but not behind the document's back."""
    schema = resolved(name, schema)
    found: list[str] = []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for member, inner in value.items():
            inner_schema = known.get(member, schema.get("additionalProperties"))
            if inner_schema is None:
                found.append(f"{at}.{member}")
            else:
                found += undocumented(name, inner_schema, inner, f"{at}.{member}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += undocumented(name, schema.get("items", {}), inner, f"{at}[{index}]")
    return found


def operations() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for name, document in DOCUMENTS.items():
        for path, item in document["paths"].items():
            for method, operation in item.items():
                yield name, method.upper(), path, operation


def operation_of(exchange: dict[str, Any]) -> dict[str, Any]:
    return DOCUMENTS[exchange["partner"]]["paths"][exchange["path"]][exchange["method"].lower()]


def content_of(name: str, where: dict[str, Any]) -> dict[str, Any]:
    return resolved(name, where)["content"]["application/json"]


class Contracts(unittest.TestCase):
    def test_each_document_is_valid_openapi(self) -> None:
        for name, document in DOCUMENTS.items():
            self.assertEqual([str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()], [], name)

    def test_every_example_is_as_its_schema_says(self) -> None:
        checked = 0
        for name, method, path, operation in operations():
            places = [operation["responses"][status] for status in operation["responses"] if status != "default"]
            if "requestBody" in operation:
                places.append(operation["requestBody"])
            for place in places:
                content = content_of(name, place)
                self.assertEqual(faults(name, content["schema"], content["example"]), [], f"{method} {path}")
                self.assertEqual(undocumented(name, content["schema"], content["example"]), [], f"{method} {path}")
                checked += 1
        self.assertEqual(checked, 9)

    def test_every_operation_has_an_exchange(self) -> None:
        documented = {(name, method, path) for name, method, path, _ in operations()}
        exchanged = {(each["partner"], each["method"], each["path"]) for each in EXCHANGES["taken"]}
        self.assertEqual(documented, exchanged)

    def test_what_is_sent_is_what_the_documents_describe(self) -> None:
        for exchange in EXCHANGES["taken"]:
            name, operation = exchange["partner"], operation_of(exchange)
            parameters = [resolved(name, parameter) for parameter in operation["parameters"]]
            queried = {each["name"]: each for each in parameters if each["in"] == "query"}
            self.assertEqual(queried.keys(), exchange["query"].keys(), exchange["name"])
            for parameter, value in exchange["query"].items():
                self.assertEqual(faults(name, queried[parameter]["schema"], value), [], exchange["name"])
            headers = {each["name"]: each for each in parameters if each["in"] == "header"}
            self.assertIn("X-Request-Id", headers, exchange["name"])
            self.assertEqual("Idempotency-Key" in headers, exchange["key"] is not None, exchange["name"])
            if exchange["key"] is not None:
                self.assertIs(headers["Idempotency-Key"]["required"], True)
                self.assertEqual(faults(name, headers["Idempotency-Key"]["schema"], exchange["key"]), [])
                self.assertEqual(exchange["body"]["event_id"], exchange["key"])
            self.assertEqual("requestBody" in operation, exchange["body"] is not None, exchange["name"])
            if exchange["body"] is not None:
                schema = content_of(name, operation["requestBody"])["schema"]
                self.assertEqual(faults(name, schema, exchange["body"]), [], exchange["name"])
                self.assertEqual(undocumented(name, schema, exchange["body"]), [], exchange["name"])

    def test_what_is_taken_is_allowed_and_what_is_refused_is_not(self) -> None:
        names = [exchange["name"] for exchange in EXCHANGES["taken"]]
        self.assertEqual(sorted(names), sorted(EXCHANGES["refused"]))
        for exchange in EXCHANGES["taken"]:
            name = exchange["partner"]
            schema = content_of(name, operation_of(exchange)["responses"][str(exchange["status"])])["schema"]
            self.assertEqual(faults(name, schema, exchange["reply"]), [], exchange["name"])
            for reply in EXCHANGES["refused"][exchange["name"]]:
                self.assertNotEqual(faults(name, schema, reply), [], f"{exchange['name']}: {reply}")

    def test_the_stub_partners_answer_as_the_documents_say(self) -> None:
        stub = partner.Partners(None)
        for exchange in EXCHANGES["taken"]:
            name = exchange["partner"]
            query = {parameter: [value] for parameter, value in exchange["query"].items()}
            status, answer = stub.answer(
                name, exchange["method"], exchange["path"], query, exchange["body"], exchange["key"]
            )
            schema = content_of(name, operation_of(exchange)["responses"][str(status)])["schema"]
            self.assertEqual(faults(name, schema, answer), [], exchange["name"])


if __name__ == "__main__":
    unittest.main()
