"""Holds every answer and frame to the documents api/openapi.yaml and api/asyncapi.yaml.

Stricter than clients may be: a field, header, status or frame that is not documented fails, and so
does a request that the document refuses and the server takes. What was seen is remembered, so that
what no test ever exercises can be found (`integration/test_zz_documents.py`).
"""

import copy
import functools
import json
import pathlib
import re
import urllib.parse

import jsonschema
import yaml

API = pathlib.Path(__file__).resolve().parents[2] / "api"


class Violation(AssertionError):
    """The server and its documents disagree."""


# Documents and references.

@functools.lru_cache(maxsize=None)
def document(name):
    with open(API / name, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def look_up(reference, name):
    """What `reference`, found in the document `name`, stands for, and the document it stands in."""
    file, _, pointer = reference.partition("#")
    name = pathlib.PurePosixPath(file).name if file else name
    value = document(name)
    for part in pointer.strip("/").split("/"):
        value = value[part.replace("~1", "/").replace("~0", "~")]
    return value, name


def resolve(value, name):
    while "$ref" in value and len(value) == 1:
        value, name = look_up(value["$ref"], name)
    return value, name


# Schemas: references are followed, `allOf` is merged, and objects are closed.

SUBSCHEMAS = ("items", "additionalProperties", "not")


def merged(base, other):
    """The schema of what fits both, for objects and for what narrows a plain type."""
    result = dict(base)
    for key, value in other.items():
        if key == "properties":
            properties = dict(result.get("properties", {}))
            for field, schema in value.items():
                properties[field] = merged(properties.get(field, {}), schema)
            result["properties"] = properties
        elif key == "required":
            result["required"] = sorted({*result.get("required", []), *value})
        else:
            result[key] = value
    return result


def flat(schema, name):
    """`schema` without references and `allOf`."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    if "$ref" in schema:
        result = flat(*look_up(schema["$ref"], name))
    for part in schema.get("allOf", []):
        result = merged(result, flat(part, name))
    own = {}
    for key, value in schema.items():
        if key in ("$ref", "allOf", "discriminator", "examples", "description"):
            continue
        if key == "properties":
            value = {field: flat(one, name) for field, one in value.items()}
        elif key in ("oneOf", "anyOf"):
            value = [flat(one, name) for one in value]
        elif key in SUBSCHEMAS:
            value = flat(value, name)
        own[key] = value
    return merged(result, own)


def closed(schema):
    """The same with objects that have no fields but the named ones."""
    if not isinstance(schema, dict):
        return schema
    result = dict(schema)
    if "properties" in result:
        result["properties"] = {key: closed(one) for key, one in result["properties"].items()}
        result.setdefault("additionalProperties", False)
    for key in ("oneOf", "anyOf"):
        if key in result:
            result[key] = [closed(one) for one in result[key]]
    for key in SUBSCHEMAS:
        if key in result:
            result[key] = closed(result[key])
    return result


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)))
_formats = jsonschema.FormatChecker(["uuid"])


def compiled(schema, name):
    schema = closed(flat(copy.deepcopy(schema), name))
    _Validator.check_schema(schema)
    return _Validator(schema, format_checker=_formats)


def explain(validator, value):
    """None if `value` fits, else where and why not."""
    if validator.is_valid(value):
        return None
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    place = "/".join(str(part) for part in error.absolute_path)
    return f"at /{place}: {error.message[:500]}"


# HTTP.

METHODS = ("get", "put", "post", "delete", "patch")


class Answer:
    """What the document says of one status of one operation."""

    def __init__(self, response, name):
        response, name = resolve(response, name)
        self.statuses = response.get("x-statuses")
        self.headers = {}
        for header, value in response.get("headers", {}).items():
            value, place = resolve(value, name)
            self.headers[header.lower()] = (value.get("required", False),
                                            compiled(value["schema"], place), value["schema"])
        self.bodies = {kind: compiled(value["schema"], name)
                       for kind, value in response.get("content", {}).items()}


class Operation:
    def __init__(self, method, path, item, operation, name):
        self.id = operation["operationId"]
        self.method = method.upper()
        self.path = path
        parts = re.split(r"(\{\w+\})", path)
        self.pattern = re.compile("".join(
            "[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
        self.literals = sum(len(part) for part in parts if not part.startswith("{"))
        self.documented = list(operation["responses"])
        self._responses = operation["responses"]
        self._name = name
        self._answers = {}
        self.body = None
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            self.body = compiled(content["schema"], name)

    def answer(self, status):
        """What is said of this status, or None."""
        key = str(status) if str(status) in self._responses else "default"
        if key not in self._answers:
            self._answers[key] = Answer(self._responses[key], self._name)
        answer = self._answers[key]
        if key == "default" and status not in answer.statuses:
            return None
        return answer


class HttpContract:
    def __init__(self, name="openapi.yaml"):
        spec = document(name)
        self.operations = [
            Operation(method, path, item, item[method], name)
            for path, item in spec["paths"].items() for method in METHODS if method in item]
        self.general = {header.lower() for header in spec["x-general-headers"]}
        responses = spec["components"]["responses"]
        self.options = Answer(responses["Options"], name)
        self.not_found = Answer(responses["NotFound"], name)
        self.any_error = Answer(responses["Error"], name)

    def find(self, method, path):
        """The operation, and whether the path is in the document at all."""
        fitting = [op for op in self.operations if op.pattern.fullmatch(path)]
        best = max((op.literals for op in fitting), default=0)
        fitting = [op for op in fitting if op.literals == best]
        wanted = "GET" if method == "HEAD" else method
        return next((op for op in fitting if op.method == wanted), None), bool(fitting)

    def check(self, method, target, status, headers, body, sent=None):
        """Raises Violation unless this answer is documented. `headers` is a list of pairs."""
        path = urllib.parse.urlsplit(target).path
        operation, known = self.find(method, path)
        where = f"{method} {target[:200]} -> {status} {body[:400]!r}"
        if method == "OPTIONS" and status == 204:
            answer = self.options
        elif operation:
            answer = operation.answer(status)
        elif known:
            answer = self.any_error if status in self.any_error.statuses else None
        else:
            answer = self.not_found if status == 404 else self.any_error
        if answer is None:
            raise Violation(f"{where}: this status is not documented")
        self._check_headers(answer, status, headers, where)
        self._check_body(answer, method, headers, body, where)
        if operation:
            seen.answers.add((operation.id, status))
            self._check_taken(operation, status, sent, where)

    def _check_headers(self, answer, status, headers, where):
        given = {}
        for header, value in headers:
            given.setdefault(header.lower(), []).append(value)
        for header in given:
            if header not in answer.headers and header not in self.general:
                raise Violation(f"{where}: the header {header} is not documented")
        for header, (required, validator, schema) in answer.headers.items():
            if required and header not in given:
                raise Violation(f"{where}: the header {header} is missing")
            for value in given.get(header, []):
                if schema.get("type") == "integer":
                    value = int(value) if value.isdecimal() else value
                problem = explain(validator, value)
                if problem:
                    raise Violation(f"{where}: the header {header} {problem}")
        if status == 405 and "allow" not in given:
            raise Violation(f"{where}: 405 without Allow")

    @staticmethod
    def _check_body(answer, method, headers, body, where):
        kind = next((v for k, v in headers if k.lower() == "content-type"), "")
        kind = kind.split(";")[0].strip()
        if not answer.bodies:
            if body:
                raise Violation(f"{where}: a body where none is documented")
            return
        if kind not in answer.bodies:
            raise Violation(f"{where}: {kind or 'no content type'} is not documented")
        if method == "HEAD" or not kind.endswith("json"):
            return
        problem = explain(answer.bodies[kind], json.loads(body))
        if problem:
            raise Violation(f"{where}: {problem}")

    @staticmethod
    def _check_taken(operation, status, sent, where):
        """What the document refuses the server must refuse too."""
        if status >= 300 or sent is None or operation.body is None:
            return
        problem = explain(operation.body, json.loads(sent))
        if problem:
            raise Violation(f"{where}: taken, but the document refuses it {problem}")


# Frames.

class FrameContract:
    def __init__(self, name="asyncapi.yaml"):
        self.frames = {"client": {}, "server": {}}
        spec = document(name)
        for key in spec["channels"]["live"]["messages"]:
            side, kind = key.split(".")
            payload = spec["components"]["messages"][key]["payload"]
            self.frames[side][kind] = compiled(payload, name)
        self.close_codes = {entry["code"] for entry in spec["channels"]["live"]["x-close-codes"]}

    def check_received(self, frame):
        """Raises Violation unless the server may send this frame."""
        kind = frame.get("type")
        if kind not in self.frames["server"]:
            raise Violation(f"a frame of the undocumented type {kind!r}: {str(frame)[:300]}")
        problem = explain(self.frames["server"][kind], frame)
        if problem:
            raise Violation(f"the frame {str(frame)[:600]}: {problem}")
        seen.received.add(kind)

    def fault_of_sent(self, frame):
        """None if the document lets a client send this frame, else why not."""
        validator = self.frames["client"].get(frame.get("type"))
        if validator is None:
            return f"type {frame.get('type')!r}"
        problem = explain(validator, frame)
        if problem is None:
            seen.sent.add(frame["type"])
        return problem

    def check_close(self, code):
        if code is not None and code not in self.close_codes | {1006}:
            raise Violation(f"the undocumented close code {code}")
        seen.closes.add(code)


# What was seen.

class Seen:
    def __init__(self):
        self.answers, self.received, self.sent, self.closes = set(), set(), set(), set()

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({
            "answers": sorted(self.answers), "received": sorted(self.received),
            "sent": sorted(self.sent), "closes": sorted(c for c in self.closes if c)}))

    def read(self, path):
        kept = json.loads(path.read_text())
        self.answers |= {tuple(answer) for answer in kept["answers"]}
        self.received |= set(kept["received"])
        self.sent |= set(kept["sent"])
        self.closes |= set(kept["closes"])


seen = Seen()


@functools.lru_cache(maxsize=None)
def http():
    return HttpContract()


@functools.lru_cache(maxsize=None)
def frames():
    return FrameContract()
