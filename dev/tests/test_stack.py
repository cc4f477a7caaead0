"""The parts of the local stack that can be told right from wrong without starting it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
import zipfile
from pathlib import Path
from unittest import mock

from dev import access_token, deploy, emulator, follow, processes, settings
from dev.settings import Failure, Paths

STACK = {"AUTH_ISSUER": "https://issuer/", "AUTH_AUDIENCE": "orders", "AUTH_HS256_SECRET": "s" * 32}
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


class Tokens(unittest.TestCase):
    def test_claims_and_signature(self) -> None:
        tenant = str(uuid.uuid4())
        token = access_token.mint(STACK, tenant.upper(), "member", "someone")
        header, claims, signature = (part + "=" * (-len(part) % 4) for part in token.split("."))
        self.assertEqual(json.loads(base64.urlsafe_b64decode(header)), {"alg": "HS256", "typ": "JWT"})
        decoded = json.loads(base64.urlsafe_b64decode(claims))
        self.assertGreater(decoded.pop("exp"), time.time() + 3600)
        expected = {
            "iss": "https://issuer/",
            "aud": "orders",
            "sub": "someone",
            "name": "Local member",
            "tenant_roles": {tenant: "member"},
        }
        self.assertEqual(decoded, expected)
        signed = token.rpartition(".")[0].encode()
        self.assertEqual(
            base64.urlsafe_b64decode(signature), hmac.new(b"s" * 32, signed, hashlib.sha256).digest()
        )

    def test_wrong_tenant_and_role_are_refused(self) -> None:
        for tenant, role in (("x", "admin"), (str(uuid.uuid4()), "root")):
            with self.assertRaises(Failure):
                access_token.mint(STACK, tenant, role)


class Settings(unittest.TestCase):
    def test_stack_env_is_private_and_reads_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stack.env"
            settings.write_stack_env(path, {"BASE_URL": "http://x/y?a=b", "EMPTY": ""})
            self.assertEqual(settings.read_stack_env(path), {"BASE_URL": "http://x/y?a=b", "EMPTY": ""})
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertEqual([file.name for file in Path(folder).iterdir()], ["stack.env"])

    def test_port(self) -> None:
        for text, port in (("", 4566), ("0", 0), ("5000", 5000)):
            with mock.patch.dict(os.environ, {"PORT": text}):
                self.assertEqual(settings.port_from_environment(), port)
        for text in ("-1", "70000", "http"):
            with mock.patch.dict(os.environ, {"PORT": text}), self.assertRaises(Failure):
                settings.port_from_environment()

    def test_functions_see_nothing_of_this_machine(self) -> None:
        secrets = {"AWS_PROFILE": "work", "AWS_SECRET_ACCESS_KEY": "x", "HTTPS_PROXY": "http://p", "MAX_ORDER_ITEMS": "1"}
        with mock.patch.dict(os.environ, secrets):
            self.assertFalse(secrets.keys() & settings.bare_environment().keys())
            self.assertEqual(secrets.keys() & settings.clean_environment().keys(), {"MAX_ORDER_ITEMS"})


class Locks(unittest.TestCase):
    def test_a_stack_is_started_or_stopped_by_one_command_at_a_time(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            paths = Paths(Path(folder) / "state")
            with settings.only_one(paths):
                with self.assertRaisesRegex(Failure, "another command"), settings.only_one(paths):
                    self.fail("two at once")
                self.assertTrue(paths.lock.exists())
            with settings.only_one(paths):
                pass
            self.assertFalse(paths.lock.exists())


class Archives(unittest.TestCase):
    def test_an_archive_holds_an_executable_bootstrap(self) -> None:
        with tempfile.NamedTemporaryFile() as binary:
            binary.write(b"\x7fELF")
            binary.flush()
            data = deploy.archive(Path(binary.name))
        with zipfile.ZipFile(io.BytesIO(data)) as archived:
            (entry,) = archived.infolist()
            self.assertEqual((entry.filename, entry.external_attr >> 16), ("bootstrap", 0o755))
            self.assertEqual(archived.read(entry), b"\x7fELF")


class Ports(unittest.TestCase):
    def test_a_taken_port_is_named(self) -> None:
        with socket.socket() as taken:
            taken.bind((emulator.HOST, 0))
            taken.listen()
            port = taken.getsockname()[1]
            with self.assertRaisesRegex(Failure, str(port)):
                emulator.choose_port(port)
        self.assertGreater(emulator.choose_port(0), 0)


class Processes(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.paths = Paths(Path(folder.name).resolve() / "state")
        self.paths.scratch.mkdir(parents=True)

    def sleeper(self, **options: object) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(SLEEPER, **options)

        def end() -> None:
            child.kill()
            child.wait()

        self.addCleanup(end)
        return child

    def note(self, pid: int, started: str) -> None:
        self.paths.process.write_text(json.dumps({"pid": pid, "started": started, "port": 1}))

    def test_stop_ends_the_emulator_and_removes_its_state(self) -> None:
        child = self.sleeper(start_new_session=True)
        found = processes.process(child.pid)
        assert found is not None
        self.note(child.pid, found.started)
        self.paths.log.write_text("log")
        self.paths.stack_env.write_text("A=b")
        self.assertTrue(emulator.stop(self.paths))
        self.assertEqual(child.wait(5), -15)
        self.assertEqual(list(self.paths.state.iterdir()), [])
        self.assertFalse(emulator.stop(self.paths))

    def test_stop_leaves_a_stranger_with_the_same_id_alone(self) -> None:
        child = self.sleeper(start_new_session=True)
        self.note(child.pid, "another time")
        self.assertTrue(emulator.stop(self.paths))
        time.sleep(0.2)
        self.assertIsNone(child.poll())

    def test_stop_ends_functions_that_outlived_the_emulator(self) -> None:
        # A link to the interpreter stands in for an unpacked function; its group leader has died.
        function = self.paths.scratch / "bootstrap"
        function.symlink_to(sys.executable)
        script = f"""
import subprocess
command = [{str(function)!r}, "-c", "import time; time.sleep(60)"]
print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid)
"""
        leader = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True, text=True
        )
        orphan = int(leader.communicate(timeout=30)[0])
        self.assertIsNotNone(processes.process(orphan))
        self.note(leader.pid, "before it died")
        self.assertTrue(emulator.stop(self.paths))
        self.assertIsNone(processes.process(orphan))

    def test_a_crashed_emulator_is_not_alive(self) -> None:
        child = self.sleeper()
        found = processes.process(child.pid)
        assert found is not None
        running = emulator.Emulator(child.pid, found.started, 1)
        self.assertTrue(running.alive())
        child.kill()
        # Not yet reaped: its id is still taken, but nothing runs.
        deadline = time.monotonic() + 5
        while running.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(running.alive())


class Following(unittest.TestCase):
    def test_each_line_is_printed_once_and_platform_lines_are_left_out(self) -> None:
        def event(at: int, message: str) -> dict[str, object]:
            return {"timestamp": at, "logStreamName": "s", "message": message}

        first = [event(1, "START RequestId"), event(1, "one\n")]
        batches = [first, [*first, event(1, "two")], [event(1, "two"), event(2, "three")]]
        alive = mock.Mock(alive=mock.Mock(side_effect=[True, True, True, False]))
        printed = io.StringIO()
        with (
            mock.patch.object(follow, "_events", side_effect=batches),
            mock.patch.object(follow.emulator, "find", return_value=alive),
            mock.patch.object(follow.time, "sleep"),
            contextlib.redirect_stdout(printed),
            self.assertRaises(Failure),
        ):
            follow.follow(Paths(Path("/nowhere")), {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "orders")
        self.assertEqual(printed.getvalue().splitlines(), ["one", "two", "three"])


if __name__ == "__main__":
    unittest.main()
