"""Gives generated requests something to meet: records that exist, delivery dates that are not over.

A value is replaced only where it is a valid one of its kind, so a request stays as valid or as broken as it was made.
"""

from __future__ import annotations

import datetime
import json
import os
import uuid
from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

# Written by dev.schemathesis_run: parameter name to the ids of records that exist.
RECORDS: dict[str, list[str]] = json.loads(os.environ.get("FUZZED_RECORDS", "{}"))


def known(name: str, value: Any) -> Any:
    """In three of four cases a record that exists; the rest stays unknown."""
    if name not in RECORDS or not isinstance(value, str):
        return value
    try:
        number = uuid.UUID(value).int
    except ValueError:
        return value
    if len(value) != 36 or number % 4 == 3:
        return value
    return RECORDS[name][number % len(RECORDS[name])]


def soon(value: Any) -> Any:
    """A delivery time within the next weeks, at an hour that follows from the generated one."""
    try:
        sent = datetime.datetime.fromisoformat(str(value).upper().replace("Z", "+00:00"))
    except ValueError:
        return value
    if sent.tzinfo is None:
        return value
    hours = 1 + (sent.minute * 60 + sent.second + sent.day) % 500
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def quoted(headers: Any, case: Any) -> None:
    """An entity tag keeps its quotes: the generator takes `"0"` for JSON and sends a bare 0."""
    for name, value in list((headers or {}).items()):
        if name.lower() == "if-match" and str(value).isdigit() and case.meta.generation.mode == GenerationMode.POSITIVE:
            headers[name] = f'"{value}"'


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Puts existing records and future dates in."""
    for part in (case.path_parameters, case.query):
        for name in part or {}:
            if name != "tenant_id":
                part[name] = known(name, part[name])
    quoted(case.headers, case)
    if isinstance(case.body, dict):
        if "customer_id" in case.body:
            case.body["customer_id"] = known("customer_id", case.body["customer_id"])
        if "requested_delivery_at" in case.body:
            case.body["requested_delivery_at"] = soon(case.body["requested_delivery_at"])
