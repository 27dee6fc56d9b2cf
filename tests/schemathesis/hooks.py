"""What Schemathesis cannot know by itself: who asks, and which ids there are.

Identifiers that it makes up exist nowhere, so that every call would end with 404. Half of them are
replaced, the same one always by the same, by ids of a small world that `run.py` has made.
"""

import json
import os
import uuid

import requests
import schemathesis

WORLD = json.loads(os.environ["PARLEY_WORLD"])

# They end sessions: each of these calls comes with a session of its own, of a person of their own.
ENDING = ("signOut", "signOutSession", "signOutOthers", "changePassword")

# Whose ids stand in paths that begin like this; else those of people.
ROOTS = {"/v1/conversations": "conversations", "/v1/invitations": "invitations",
         "/v1/admin/people": "strangers"}


@schemathesis.auth(refresh_interval=None)
class Token:
    def get(self, case, context):
        if context.operation.path.startswith("/v1/admin"):
            return WORLD["admin_token"]
        if context.operation.definition.raw.get("operationId") not in ENDING:
            return WORLD["token"]
        return requests.post(WORLD["url"] + "/v1/sessions", timeout=30,
                             json=WORLD["other"]).json()["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def existing(value, ids):
    """One of `ids` for every other UUID; anything else, and the others, as they are."""
    try:
        number = uuid.UUID(value).int
    except (ValueError, TypeError, AttributeError):
        return value
    return ids[(number >> 1) % len(ids)] if number & 1 else value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters:
        path = context.operation.path
        ids = next((WORLD[name] for start, name in ROOTS.items() if path.startswith(start)),
                   WORLD["users"])
        for name, known in (("id", ids), ("user_id", WORLD["users"])):
            if name in path_parameters:
                path_parameters[name] = existing(path_parameters[name], known)
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        for name in ("member_ids", "user_ids"):
            if isinstance(body.get(name), list):
                body[name] = [existing(value, WORLD["users"]) for value in body[name]]
    return body
