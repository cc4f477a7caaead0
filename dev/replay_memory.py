"""What a stack remembers of a replay, so that a later run sends the same bodies and keys.

`replay.json` in the state folder holds, per sales file and number of days, the tenant and the moment of the first run;
the shift of the dates follows from that moment. A stack that was taken down and started afresh has no orders: its
address or its table differs, and what was remembered for the old one is forgotten.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

FILE_NAME = "replay.json"


@dataclass(frozen=True)
class Remembered:
    """One replay: whose bakery it is, and when it was first run (UTC, whole seconds)."""

    tenant_id: str
    first_run_at: datetime
    is_new: bool


class ReplayMemory:
    """The file `replay.json` of one stack."""

    def __init__(self, folder: Path, stack_identity: str) -> None:
        """Reads what is there; a damaged file or another stack's counts as empty."""
        self._path = folder / FILE_NAME
        self._stack = stack_identity
        self._entries: dict[str, dict[str, Any]] = {}
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            if stored["stack"] == stack_identity:
                self._entries = dict(stored["replays"])
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def recall(self, name: str, tenant_id: str | None, now: datetime, fresh: bool) -> Remembered:
        """The replay of this name (of this tenant, when one is given); made and stored when it is new or `fresh`.

        A replay without a given tenant gets a bakery of its own, so that no other order disturbs its plan.
        """
        key = f"{name}@{tenant_id}" if tenant_id else name
        entry = self._entries.get(key)
        if entry is not None and not fresh:
            return Remembered(entry["tenant_id"], datetime.fromisoformat(entry["first_run_at"]), is_new=False)
        first_run_at = now.astimezone(timezone.utc).replace(microsecond=0)
        made = Remembered(tenant_id or str(uuid.uuid4()), first_run_at, is_new=True)
        self._entries[key] = {"tenant_id": made.tenant_id, "first_run_at": first_run_at.isoformat()}
        self._store()
        return made

    def _store(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # written beside and renamed: an interrupted run never leaves half a file
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(
            json.dumps({"stack": self._stack, "replays": self._entries}, indent=1) + "\n", encoding="utf-8"
        )
        beside.replace(self._path)
