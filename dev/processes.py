"""What runs on this machine: from /proc where there is one, else from `ps`, which slim images lack."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A living process. `started` tells it from a later one with the same id."""

    pid: int
    group: int
    started: str
    command: str


def all_processes() -> list[Process]:
    """Every process that has not ended; the unreaped remains of ended ones are left out."""
    if (_PROC / "self" / "stat").exists():
        ids = (entry.name for entry in _PROC.iterdir() if entry.name.isdigit())
        return [process for pid in ids if (process := _from_proc(int(pid)))]
    return _from_ps([])


def process(pid: int) -> Process | None:
    """The process with this id."""
    if (_PROC / "self" / "stat").exists():
        return _from_proc(pid)
    return next(iter(_from_ps(["-p", str(pid)])), None)


def _from_proc(pid: int) -> Process | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return None
    # The name in parentheses may hold anything; the fields follow its last parenthesis, the state first.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    return Process(pid, int(fields[2]), fields[19], command.replace(b"\0", b" ").decode(errors="replace"))


def _from_ps(selection: list[str]) -> list[Process]:
    columns = ["ps", *(selection or ["-A"]), "-o", "pid=,pgid=,stat=,lstart=,command="]
    listing = subprocess.run(columns, capture_output=True, text=True, check=False)
    found = []
    for line in listing.stdout.splitlines():
        # lstart is five words: Mon Jan  1 00:00:00 2035
        fields = line.split(None, 8)
        if len(fields) == 9 and not fields[2].startswith("Z"):
            found.append(Process(int(fields[0]), int(fields[1]), " ".join(fields[3:8]), fields[8]))
    return found
