"""Tests of what operators copy from deploy/: that it is whole, and that every setting in it is one.

The real tools judge it where they are here (docker compose, helm, haproxy, nats-server, systemd-analyze); where they
are not, those tests say that they were skipped.
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import tomllib
import unittest

import jsonschema
import yaml

DEPLOY = pathlib.Path(__file__).resolve().parent
ROOT = DEPLOY.parent
sys.path.insert(0, str(DEPLOY))

from compose_rules import faults, read  # noqa: E402 (found through the line above)

COMPOSE = DEPLOY / "compose" / "compose.yaml"
CHART = DEPLOY / "helm" / "parley"
KUBERNETES = "1.30.0"


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not here")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def settings():
    """{setting: default} of the table in docs/configuration.md."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([a-z0-9_.]+)`[^|]*\| `([^|]*)` \|", page, re.M))


def variable(setting):
    return "PARLEY_" + setting.upper().replace(".", "_")


def variables_in(path):
    """PARLEY_… in a file, but for its comments."""
    text = re.sub(r"(^|\s)#.*", "", path.read_text(encoding="utf-8"))
    return set(re.findall(r"\bPARLEY_[A-Z0-9_]*[A-Z0-9]\b", text))


class Settings(unittest.TestCase):
    def test_every_variable_is_a_setting(self):
        known = {variable(x) for x in settings()}
        self.assertIn("PARLEY_STORAGE_CASSANDRA_HOSTS", known)
        files = [COMPOSE, DEPLOY / "docker" / "is_ready", DEPLOY / "systemd" / "fleet.env",
                 DEPLOY / "systemd" / "fleet.conf", CHART / "values.yaml",
                 *sorted((CHART / "templates").iterdir()), *sorted((CHART / "ci").iterdir())]
        found = set()
        for path in files:
            self.assertLessEqual(variables_in(path), known, path)
            found |= variables_in(path)
        self.assertGreater(len(found), 20)

    def test_the_images_variables_are_settings(self):
        text = (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8")
        found = re.findall(r"(PARLEY_\w+)=", re.search(r"^ENV (.*)$", text, re.M)[1])
        self.assertTrue(found)
        self.assertLessEqual(set(found), {variable(x) for x in settings()})

    def test_the_example_of_a_node_has_settings_alone(self):
        def flat(table, prefix=""):
            for name, value in table.items():
                if isinstance(value, dict):
                    yield from flat(value, f"{prefix}{name}.")
                else:
                    yield prefix + name

        table = tomllib.loads((DEPLOY / "systemd" / "fleet.toml").read_text(encoding="utf-8"))
        self.assertLessEqual(set(flat(table)), settings().keys())
        unit = (DEPLOY / "systemd" / "fleet.conf").read_text(encoding="utf-8")
        stop = re.search(r"^TimeoutStopSec=(\d+)s", unit, re.M)
        self.assertGreater(int(stop[1]) * 1000, table["server"]["drain_ms"])

    def test_versions_are_that_of_the_program(self):
        version = re.search(r"project\(parley VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
        self.assertEqual(chart["appVersion"], version)
        self.assertEqual(read(COMPOSE)["services"]["parleyd-1"]["image"], f"parley:{version}")


class Compose(unittest.TestCase):
    def test_it_is_whole(self):
        self.assertEqual(faults(read(COMPOSE), COMPOSE.parent), [])
        services = read(COMPOSE)["services"]
        for kind, count in (("cassandra-[0-9]", 3), ("nats-", 3), ("parleyd-", 3), ("redis", 1), ("balancer", 1)):
            self.assertEqual(sum(bool(re.match(kind, x)) for x in services), count, kind)
        published = [x for service in services.values() for x in service.get("ports", [])]
        self.assertEqual(published, ["127.0.0.1:8080:8080"])

    def test_what_is_broken_is_found(self):
        def broken(service, key, value=None):
            file = read(COMPOSE)
            file["services"][service][key] = value
            if value is None:
                del file["services"][service][key]
            return " ".join(faults(file, COMPOSE.parent))

        started = {"nobody": {"condition": "service_started"}}
        elsewhere = {"PARLEY_STORAGE_CASSANDRA_HOSTS": "cassandra-1:9042,cassandra-9:9042"}
        self.assertIn("depends on nobody", broken("balancer", "depends_on", started))
        self.assertIn("no health check", broken("redis", "healthcheck"))
        self.assertIn("volume elsewhere", broken("parleyd-1", "volumes", ["elsewhere:/var/lib/parley"]))
        self.assertIn("./lost.conf", broken("redis", "volumes", ["./lost.conf:/etc/lost.conf:ro"]))
        self.assertIn("network other", broken("redis", "networks", ["other"]))
        self.assertIn("version", broken("redis", "image", "redis:latest"))
        self.assertIn("version", broken("redis", "image", "redis"))
        self.assertIn("registry", broken("redis", "image", "registry.example/redis:7.0.15"))
        self.assertIn("cassandra-9", broken("parleyd-1", "environment", elsewhere))
        self.assertIn("port twice", broken("redis", "ports", ["127.0.0.1:8080:6379"]))
        self.assertIn("stop_grace_period", broken("parleyd-2", "stop_grace_period"))

    def test_every_secret_is_made(self):
        wanted = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text(encoding="utf-8")))
        self.assertEqual(set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE.read_text(encoding="utf-8"))), wanted)
        with tempfile.TemporaryDirectory() as folder:
            tool = shutil.copy(DEPLOY / "compose" / "make_env", folder)
            self.assertEqual(run(tool).returncode, 0)
            made = pathlib.Path(folder, ".env")
            values = dict(re.findall(r"^(\w+)=(.+)$", made.read_text(encoding="utf-8"), re.M))
            self.assertEqual(values.keys(), wanted)
            secrets = [value for name, value in values.items() if name.endswith("PASSWORD")]
            self.assertTrue(all(re.fullmatch("n?[0-9a-f]{48}", x) for x in secrets), secrets)
            # NATS reads it as a value of its configuration: 5e7… would be a number.
            self.assertRegex(values["NATS_PASSWORD"], "^n")
            self.assertEqual(len(set(secrets)), len(secrets))
            self.assertEqual(stat.S_IMODE(made.stat().st_mode), 0o600)
            before = made.read_bytes()
            self.assertEqual(run(tool).returncode, 0)
            self.assertEqual(made.read_bytes(), before)

    def test_docker_compose_takes_it(self):
        if not shutil.which("docker") or run("docker", "compose", "version").returncode:
            self.skipTest("docker compose is not here")
        names = re.findall(r"\$\{(\w+):\?", COMPOSE.read_text(encoding="utf-8"))
        environment = {**os.environ, **dict.fromkeys(names, "x")}
        done = run("docker", "compose", "-f", COMPOSE, "config", "--quiet", env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def balancer(self):
        template = DEPLOY / "haproxy" / "haproxy.cfg.in"
        done = run(DEPLOY / "compose" / "balancer.sh", template, "8080", "20000", "parleyd-1", "parleyd-2")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_balancers_configuration_is_filled_in(self):
        lines = [x for x in self.balancer().splitlines() if not x.startswith("#")]
        self.assertFalse([x for x in lines if "@" in x])
        self.assertEqual(sum(x.startswith("  server parleyd-") for x in lines), 2)

    @needs("haproxy")
    def test_haproxy_takes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "haproxy.cfg")
            path.write_text(self.balancer(), encoding="utf-8")
            done = run("haproxy", "-c", "-f", path)
            self.assertEqual(done.returncode, 0, done.stderr)

    @needs("nats-server")
    def test_nats_takes_its_configuration(self):
        environment = {**os.environ, "NATS_NAME": "a", "NATS_PASSWORD": "b"}
        done = run("nats-server", "-t", "-c", DEPLOY / "compose" / "nats.conf", env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_cassandra_is_told_what_durability_rests_on(self):
        table = yaml.safe_load((DEPLOY / "compose" / "cassandra.yaml").read_text(encoding="utf-8"))
        self.assertEqual(table["commitlog_sync"], "batch")
        self.assertEqual(table["paxos_variant"], "v2")
        self.assertEqual(table["authenticator"], "PasswordAuthenticator")


class Image(unittest.TestCase):
    def ready(self, status):
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/readyz" else 404)
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            where = f"0.0.0.0:{server.server_port}"
            done = run(DEPLOY / "docker" / "is_ready", env={**os.environ, "PARLEY_OPS_LISTEN": where})
            thread.join()
        return done.returncode

    def test_is_ready_says_what_readyz_says(self):
        self.assertEqual(self.ready(200), 0)
        self.assertNotEqual(self.ready(503), 0)

    def test_is_ready_fails_where_nobody_answers(self):
        done = run(DEPLOY / "docker" / "is_ready", env={**os.environ, "PARLEY_OPS_LISTEN": "0.0.0.0:1"})
        self.assertNotEqual(done.returncode, 0)

    @needs("dpkg-query")
    def test_runtime_packages_names_what_holds_the_libraries(self):
        done = run(DEPLOY / "docker" / "runtime_packages", "/bin/bash", "/usr/bin/env")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("libc6", done.stdout.split())
        self.assertNotEqual(run(DEPLOY / "docker" / "runtime_packages").returncode, 0)


class Unit(unittest.TestCase):
    @needs("systemd-analyze")
    def test_the_unit_of_a_node_of_a_fleet_is_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder, "parleyd.service")
            text = (DEPLOY / "systemd" / "parleyd.service.in").read_text(encoding="utf-8")
            unit.write_text(text.replace("@PARLEYD@", "/bin/true"), encoding="utf-8")
            extra = pathlib.Path(folder, "parleyd.service.d")
            extra.mkdir()
            shutil.copy(DEPLOY / "systemd" / "fleet.conf", extra)
            self.assertEqual(self.complaints(unit), [])
            (extra / "wrong.conf").write_text("[Service]\nTimeoutStopSec=soon\n", encoding="utf-8")
            self.assertTrue(self.complaints(unit), "systemd-analyze does not look at what is added to the unit")

    def complaints(self, unit):
        done = run("systemd-analyze", "verify", "--man=no", unit)
        return [x for x in (done.stdout + done.stderr).splitlines() if "parleyd" in x]


class Chart(unittest.TestCase):
    def values(self, name):
        def over(base, more):
            for key, value in more.items():
                both = isinstance(value, dict) and isinstance(base.get(key), dict)
                base[key] = over(base[key], value) if both else value
            return base

        base = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
        more = yaml.safe_load((CHART / "ci" / f"{name}-values.yaml").read_text(encoding="utf-8")) if name else {}
        return over(base, more)

    def test_the_schema_takes_good_values_and_refuses_others(self):
        schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft7Validator.check_schema(schema)
        for name in "full", "small":
            jsonschema.validate(self.values(name), schema, jsonschema.Draft7Validator)
        for change in ({"publicUrl": "chat.example"}, {"trustedProxies": []}, {"settings": {"PARLEY_THREADS": 4}},
                       {"drainSeconds": "30"}, {"spread": "everywhere"}, {"ingress": {"enabled": True, "host": ""}}):
            with self.assertRaises(jsonschema.ValidationError, msg=change):
                jsonschema.validate({**self.values("small"), **change}, schema, jsonschema.Draft7Validator)
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(self.values(None), schema, jsonschema.Draft7Validator)

    @needs("helm")
    def test_helm_finds_nothing_wrong(self):
        for name in "full", "small":
            done = run("helm", "lint", "--strict", CHART, "-f", CHART / "ci" / f"{name}-values.yaml")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs("helm")
    def test_what_helm_renders_fits_together(self):
        known = {variable(x) for x in settings()}
        for name in "full", "small":
            done = run("helm", "template", "chat", CHART, "--kube-version", KUBERNETES,
                       "-f", CHART / "ci" / f"{name}-values.yaml")
            self.assertEqual(done.returncode, 0, done.stderr)
            objects = {x["kind"]: x for x in yaml.safe_load_all(done.stdout)}
            pod = objects["Deployment"]["spec"]["template"]
            config = objects["ConfigMap"]["data"]
            self.assertLessEqual(config.keys(), known)
            drain_s = int(config["PARLEY_SERVER_DRAIN_MS"]) / 1000
            grace_s = pod["spec"]["terminationGracePeriodSeconds"]
            self.assertGreater(grace_s, drain_s + self.values(name)["preStopSeconds"])
            for kind in "Service", "PodDisruptionBudget":
                spec = objects[kind]["spec"]
                selector = spec["selector"].get("matchLabels", spec["selector"])
                self.assertLessEqual(selector.items(), pod["metadata"]["labels"].items())
            container = pod["spec"]["containers"][0]
            self.assertEqual(container["readinessProbe"]["httpGet"], {"path": "/readyz", "port": "ops"})
            mounts = {x["name"] for x in container["volumeMounts"]}
            self.assertEqual(mounts, {x["name"] for x in pod["spec"]["volumes"]})
            self.assertEqual("Secret" in objects, name == "full")
            secret = objects["Secret"]["metadata"]["name"] if name == "full" else "parley-passwords"
            self.assertIn({"secretRef": {"name": secret}}, container["envFrom"])
            self.assertEqual({"Ingress", "HorizontalPodAutoscaler"} <= objects.keys(), name == "full")


if __name__ == "__main__":
    unittest.main()
