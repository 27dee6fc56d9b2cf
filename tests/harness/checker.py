"""What the promises I1 to I4 mean for what was observed from outside.

`Replica` is what a client holds: it applies frames by the sync rules and notes every hole and
repetition. `Checker` keeps what senders were told and compares it with the history.
"""

import collections
import dataclasses


def plain(change):
    """A change without what depends on the way that it came."""
    return {name: value for name, value in change.items() if name != "type"}


class Replica:
    """The conversations of one person on one device, across reconnects.

    Give it as `listener` to each connection, and resume with its `cursor` and `heads`. It is as
    strict as the rules allow: behind the head that it knows every change comes exactly once. What
    came is kept in segments, a new one wherever the client had to begin anew.
    """

    def __init__(self, name=""):
        self.name = name
        self.heads = {}
        self.segments = collections.defaultdict(list)  # of (seq before the first, changes)
        self.cursor = None
        self.left = set()
        self.resets = 0
        self.faults = []
        self._fresh = set()  # just met by `inbox`: changes up to its head may still be on the way

    def __call__(self, frame):
        handler = getattr(self, f"_on_{frame['type']}", None)
        if handler:
            handler(frame)

    def hold(self, conversation):
        """The conversation as read from the list or by its id, if it is new here."""
        if conversation["id"] not in self.heads:
            self._begin(conversation)

    def resume_fields(self):
        return {"cursor": self.cursor, "heads": dict(self.heads)}

    def _begin(self, conversation):
        key = conversation["id"]
        self.heads[key] = conversation["last_seq"]
        self.segments[key].append((conversation["last_seq"], []))
        self.left.discard(key)

    def _on_sync(self, frame):
        for part in frame["conversations"]:
            conversation = part["conversation"]
            if part["reset"]:
                self.resets += conversation["id"] in self.heads
                if part["changes"]:
                    self._fault("reset with changes", part)
                self._begin(conversation)
            elif conversation["id"] not in self.heads:
                self._fault("sync of an unknown conversation without reset", part)
            for change in part["changes"]:
                self._apply(change)
            self._fresh.discard(conversation["id"])
        for key in frame["left"]:
            self._forget(key)
        if not frame["more"]:
            self.cursor = frame["cursor"]

    def _on_inbox(self, frame):
        if frame.get("left"):
            self._forget(frame["left"])
        elif frame.get("conversation") and frame["conversation"]["id"] not in self.heads:
            self._begin(frame["conversation"])
            self._fresh.add(frame["conversation"]["id"])

    def _on_change(self, frame):
        self._apply(frame)

    def _apply(self, change):
        key, seq = change["conversation_id"], change["seq"]
        if key not in self.heads:
            self._fault("change of an unknown conversation", change)
        elif seq == self.heads[key] + 1:
            self.heads[key] = seq
            self.segments[key][-1][1].append(plain(change))
            self._fresh.discard(key)
        elif seq > self.heads[key]:
            self._fault(f"hole: {seq} after {self.heads[key]}", change)
            self.heads[key] = seq
        elif key not in self._fresh:
            self._fault(f"repeated: {seq} at {self.heads[key]}", change)

    def _forget(self, key):
        self.heads.pop(key, None)
        self.left.add(key)

    def _fault(self, what, value):
        self.faults.append(f"{self.name}: {what}: {str(value)[:300]}")

    def check(self, histories):
        """I4: live and resumed changes together are the history, each once, in order.

        `histories` has, for each conversation, its list of changes as read at the end.
        """
        assert not self.faults, f"{len(self.faults)} faults, first: {self.faults[:3]}"
        for key, history in histories.items():
            by_seq = {change["seq"]: plain(change) for change in history}
            assert self.heads[key] == history[-1]["seq"], (
                f"I4: {self.name} has {self.heads[key]} of {history[-1]['seq']} in {key}")
            for before, seen in self.segments[key]:
                wanted = [by_seq.get(before + 1 + index) for index in range(len(seen))]
                for got, due in zip(seen, wanted):
                    assert got == due, f"I4: {self.name} saw {got}, the history says {due}"


@dataclasses.dataclass(frozen=True)
class Ack:
    """What a sender was told about one message."""
    conversation: str
    sender: str
    client_id: str
    text: str
    seq: int
    message_id: str


class Checker:
    """Remembers every acknowledgement and checks histories against them."""

    def __init__(self):
        self.acks = {}
        self.by_conversation = collections.defaultdict(dict)  # seq -> Ack

    def acked(self, ack):
        """I3: whatever is answered again is answered the same."""
        key = (ack.conversation, ack.sender, ack.client_id)
        known = self.acks.setdefault(key, ack)
        assert known == ack, f"I3: first answered {known}, then {ack}"
        other = self.by_conversation[ack.conversation].setdefault(ack.seq, ack)
        assert other.client_id == ack.client_id, f"I2: one seq for two messages: {other}, {ack}"

    def check(self, conversation, history, first_seq=1, acked=None):
        """I1 to I3 for the changes of one conversation from `first_seq` to its head.

        `acked`: the acknowledgements that must be there; by default all known ones.
        """
        seqs = [change["seq"] for change in history]
        wanted = list(range(first_seq, first_seq + len(seqs)))
        assert seqs == wanted, f"I2: holes in {conversation}: {_first_difference(seqs, wanted)}"
        messages = {c["seq"]: c["message"] for c in history if c["kind"] == "message"}
        ids = collections.Counter((m["sender_id"], m["client_id"]) for m in messages.values())
        double = [key for key, count in ids.items() if count > 1]
        assert not double, f"I3: stored more than once in {conversation}: {double[:3]}"
        if acked is None:
            acked = list(self.by_conversation[conversation].values())
        for ack in acked:
            if ack.seq < first_seq:
                continue
            message = messages.get(ack.seq)
            assert message is not None, f"I1: acknowledged and lost: {ack}"
            told = (message["id"], message["sender_id"], message["client_id"], message["text"])
            assert told == (ack.message_id, ack.sender, ack.client_id, ack.text), (
                f"I1: acknowledged {ack}, stored {message}")


def same_for_all(histories):
    """I2: the histories that members read are one and the same."""
    histories = list(histories)
    for other in histories[1:]:
        assert len(other) == len(histories[0]), [len(h) for h in histories]
        for left, right in zip(histories[0], other):
            assert left == right, f"I2: members read different changes: {left}, {right}"


def _first_difference(got, wanted):
    for left, right in zip(got, wanted):
        if left != right:
            return f"{left} where {right} is due"
    return f"{len(got)} against {len(wanted)}"
