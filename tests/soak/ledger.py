"""The checker of I1 to I4 for runs that are too long to keep every message.

`harness.checker.Replica` says whether one client saw holes or repetitions (I4). Of what was seen this
keeps eight bytes for each change, the first observer's, and every other observer's, every
acknowledgement and every page of history must agree with it:

    I1  what was acknowledged stands in the history, at its seq, with its text
    I2  one order: everybody sees the same change under the same seq, and the history has no hole
    I3  one client_id, one message: a send that is tried again is answered with the same seq
    I4  live and resumed changes together are the history
"""

import array
import collections
import hashlib
import json

from harness.checker import Replica, plain

FAULTS_KEPT = 20


def digest(change):
    """Eight bytes of a change; the same however it came."""
    text = json.dumps(plain(change), sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


class LeanReplica(Replica):
    """A Replica that hands each applied change to the ledger instead of keeping it."""

    def __init__(self, name, ledger):
        super().__init__(name)
        self._ledger = ledger

    def _apply(self, change):
        super()._apply(change)
        self._ledger.saw(self.name, change)
        for _, seen in self.segments[change["conversation_id"]][-1:]:
            seen.clear()

    def _begin(self, conversation):
        super()._begin(conversation)
        del self.segments[conversation["id"]][:-1]

    def _fault(self, what, value):
        super()._fault(what, value)
        self._ledger.fault("I4", self.faults.pop())


class Ledger:
    """What everybody was told, in little memory."""

    def __init__(self):
        self.faults = []
        self.fault_count = 0
        self.counts = collections.Counter()
        self._digests = collections.defaultdict(lambda: array.array("Q"))  # index: seq
        self._acked = {}  # (conversation, seq) -> Ack, until the history has confirmed it
        self._client_ids = {}  # client_id -> seq, of what the history has not confirmed
        self._late = {}  # (conversation, seq) -> message that the history has and no ack was seen for
        self.confirmed = collections.Counter()  # by conversation: the history is checked up to here

    def fault(self, promise, what):
        self.fault_count += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(f"{promise}: {what}")

    def saw(self, who, change):
        """A change as a client or a page of history showed it."""
        self.counts["seen"] += 1
        digests = self._digests[change["conversation_id"]]
        seq, value = change["seq"], digest(change)
        if seq >= len(digests):
            digests.extend([0] * (seq + 1 - len(digests)))
        if digests[seq] == 0:
            digests[seq] = value
        elif digests[seq] != value:
            self.fault("I2", f"{who} saw another change {seq}: {str(plain(change))[:300]}")

    def acked(self, ack):
        self.counts["acks"] += 1
        known = self._client_ids.setdefault(ack.client_id, ack.seq)
        if known != ack.seq:
            self.fault("I3", f"first answered {known}, then {ack}")
        elif ack.seq <= self.confirmed[ack.conversation]:
            self._confirm(ack, self._late.pop((ack.conversation, ack.seq), None))
        else:
            other = self._acked.setdefault((ack.conversation, ack.seq), ack)
            if other.client_id != ack.client_id:
                self.fault("I2", f"one seq for two messages: {other}, {ack}")

    @property
    def unconfirmed(self):
        return len(self._acked)

    def check_page(self, conversation, items):
        """The next stretch of the history, behind what is confirmed."""
        for change in items:
            seq = self.confirmed[conversation] + 1
            if change["seq"] != seq:
                self.fault("I2", f"the history of {conversation} has {change['seq']} at {seq}")
                return
            self.confirmed[conversation] = seq
            self.saw("the history", change)
            if change["kind"] != "message":
                continue
            self.counts["messages in the history"] += 1
            ack = self._acked.pop((conversation, seq), None)
            if ack:
                self._confirm(ack, change["message"])
            else:
                # Stored, and its sender not told yet: the connection broke, or the ack is on its way.
                self._late[(conversation, seq)] = change["message"]

    def _confirm(self, ack, message):
        self.counts["acks confirmed"] += 1
        self._client_ids.pop(ack.client_id, None)
        stored = message and (message["id"], message["sender_id"], message["client_id"],
                              message["text"])
        if stored != (ack.message_id, ack.sender, ack.client_id, ack.text):
            self.fault("I1", f"acknowledged {str(ack)[:300]}, stored {str(stored)[:300]}")

    def finish(self, conversation, history):
        """At the end, when all is acknowledged: the whole history once more."""
        ids = collections.Counter()
        for index, change in enumerate(history):
            if change["seq"] != index + 1:
                self.fault("I2", f"hole in {conversation} at {index + 1}")
                return
            self.saw("the history at the end", change)
            if change["kind"] == "message":
                ids[(change["message"]["sender_id"], change["message"]["client_id"])] += 1
        for key, count in ids.items():
            if count > 1:
                self.fault("I3", f"stored {count} times in {conversation}: {key}")
        if len(history) < self.confirmed[conversation]:
            self.fault("I1", f"{conversation} ends at {len(history)}, "
                             f"once it reached {self.confirmed[conversation]}")

    def settle(self):
        """After the last page: nothing acknowledged may be without its entry, nor an entry without its ack."""
        for ack in self._acked.values():
            self.fault("I1", f"acknowledged and lost: {str(ack)[:300]}")
        for key, message in self._late.items():
            self.fault("I3", f"{key} is stored and its sender was never told: {str(message)[:300]}")
