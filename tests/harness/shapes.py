"""The documented fields of each object, and a check that they are there with the right type."""

NONE = type(None)
NUMBER_OR_NULL = (int, NONE)
TEXT_OR_NULL = (str, NONE)

USER = {"id": str, "username": str, "display_name": TEXT_OR_NULL, "avatar_url": TEXT_OR_NULL}

SESSION = {"id": str, "device_name": TEXT_OR_NULL, "created_at": int, "last_used_at": int,
           "current": bool}

CONVERSATION = {
    "id": str, "kind": str, "title": TEXT_OR_NULL, "photo_url": TEXT_OR_NULL, "created_at": int,
    "created_by": str, "history": TEXT_OR_NULL, "first_seq": int, "member_count": int,
    "members": list, "last_seq": int, "last_message": (dict, NONE), "unread_count": int,
    "mention_count": int, "read_seq": int, "delivered_seq": int, "role": str,
    "muted_until": NUMBER_OR_NULL, "archived": bool, "notify": str,
}

MEMBER = {"user": dict, "role": str, "joined_at": int, "read_seq": int, "delivered_seq": int}

MESSAGE = {
    "conversation_id": str, "seq": int, "id": str, "client_id": str, "sender_id": str,
    "sent_at": int, "text": str, "mentions": list, "media": list, "reply_to": (dict, NONE),
    "reactions": list, "edited_at": NUMBER_OR_NULL, "deleted_at": NUMBER_OR_NULL,
    "changed_seq": NUMBER_OR_NULL,
}

CHANGE = {"conversation_id": str, "seq": int, "at": int, "actor_id": str, "kind": str}

ACK = {"type": str, "ref": str, "conversation_id": str, "seq": int, "message_id": str,
       "sent_at": int, "duplicate": bool}

READY = {"type": str, "user_id": str, "session_id": str, "cursor": str, "heartbeat_ms": int}


def check(value, shape):
    """Returns `value` if it has all fields of `shape`; more of them are allowed."""
    assert isinstance(value, dict), value
    for name, kind in shape.items():
        assert name in value, f"{name} is missing in {value}"
        right = isinstance(value[name], kind)
        if kind is not bool and isinstance(value[name], bool):
            right = False
        assert right, f"{name} of {value} is not {kind}"
    return value
