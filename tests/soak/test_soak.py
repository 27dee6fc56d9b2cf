"""A short soak run, and that its checker sees what it is there to see."""

import collections
import types

import pytest

from harness import contract, ws
from harness.checker import Ack
from soak import samples, soak
from soak.ledger import Ledger, LeanReplica
from soak.traffic import Person

ROOM = "room"


def test_half_a_minute_of_mixed_traffic(tmp_path):
    options = soak.parse(["--minutes", "0.35", "--people", "10", "--conversations", "8", "--rate", "8",
                          "--reconnect-every", "4", "--slow", "3", "--sample-every", "3", "--fill", "20",
                          "--fill-rate", "50"])
    result = soak.soak(options, tmp_path)
    assert result["passed"], result["faults"]
    counts = collections.Counter(result["counts"])
    assert counts["acks"] == counts["acks confirmed"] > 8 * 20
    assert counts["connections"] > 10 and counts["seen"] > counts["acks"]
    assert counts["ended by kill"] > 0 and len(result["samples"]) > 1


@pytest.mark.parametrize("end, is_fault", [
    (ws.Refused({"type": "error", "code": "internal"}), True), (ws.Closed(1011, "pong"), True),
    (contract.Violation("undocumented"), True), (ws.Closed(1013, "pong"), False),
    (ws.Closed(1006, "pong"), False), (ConnectionResetError(), False)])
def test_what_nobody_asked_for_is_a_fault(end, is_fault):
    ledger = Ledger()
    world = types.SimpleNamespace(counts=ledger.counts)
    person = Person(types.SimpleNamespace(username="ann"), ledger, None, world)
    with person.losses():
        raise end
    assert bool(ledger.faults) == is_fault


def change(seq, text="hello", client_id=None, kind="message"):
    message = {"seq": seq, "id": f"m{seq}", "sender_id": "ann", "client_id": client_id or f"c{seq}",
               "text": text}
    return {"conversation_id": ROOM, "seq": seq, "actor_id": "ann", "kind": kind, "message": message}


def ack(seq, text="hello", client_id=None):
    return Ack(ROOM, "ann", client_id or f"c{seq}", text, seq, f"m{seq}")


def faults(ledger):
    return [fault.split(":")[0] for fault in ledger.faults]


def test_a_clean_history_is_clean():
    ledger = Ledger()
    history = [change(1), change(2), change(3)]
    ledger.acked(ack(1))
    ledger.check_page(ROOM, history)
    for seq in (2, 3):  # told after the history had it
        ledger.acked(ack(seq))
    ledger.finish(ROOM, history)
    ledger.settle()
    assert not ledger.faults and ledger.counts["acks confirmed"] == 3


def test_a_lost_message_is_seen():
    ledger = Ledger()
    ledger.acked(ack(2))
    ledger.check_page(ROOM, [change(1)])
    ledger.settle()
    assert "I1" in faults(ledger)


def test_a_changed_text_is_seen():
    ledger = Ledger()
    ledger.acked(ack(1, text="what I wrote"))
    ledger.check_page(ROOM, [change(1, text="something else")])
    assert faults(ledger) == ["I1"]


def test_a_hole_in_the_history_is_seen():
    ledger = Ledger()
    ledger.check_page(ROOM, [change(1), change(3)])
    assert faults(ledger) == ["I2"]


def test_a_history_that_changes_is_seen():
    ledger = Ledger()
    ledger.check_page(ROOM, [change(1)])
    ledger.finish(ROOM, [change(1, text="rewritten")])
    assert "I2" in faults(ledger)


def test_two_that_see_different_changes_are_seen():
    ledger = Ledger()
    for name, text in (("ann", "one"), ("bo", "two")):
        replica = LeanReplica(name, ledger)
        replica.hold({"id": ROOM, "last_seq": 0})
        replica({"type": "change", **change(1, text=text)})
    assert faults(ledger) == ["I2"]


def test_one_client_id_stored_twice_is_seen():
    ledger = Ledger()
    ledger.acked(ack(1, client_id="same"))
    ledger.acked(ack(2, client_id="same"))
    ledger.finish(ROOM, [change(1, client_id="same"), change(2, client_id="same")])
    assert faults(ledger) == ["I3", "I3"]


@pytest.mark.parametrize("seqs", [(1, 3), (1, 1)])
def test_a_hole_and_a_repetition_on_a_connection_are_seen(seqs):
    ledger = Ledger()
    replica = LeanReplica("ann", ledger)
    replica.hold({"id": ROOM, "last_seq": 0})
    for seq in seqs:
        replica({"type": "change", **change(seq)})
    assert faults(ledger) == ["I4"]


def rows(growth_per_row):
    return [{"at_s": 60.0 * n, "rss_bytes": 50 * samples.MIB + growth_per_row * n, "files": 60,
             "threads": 9} for n in range(61)]


def test_growth_is_judged_by_quarters():
    assert all(row["flat"] for row in samples.judge(rows(0)).values())
    growing = samples.judge(rows(200 * 1024))["rss_bytes"]
    assert not growing["flat"] and growing["slope_per_minute"] == pytest.approx(200 * 1024)
    assert samples.judge(rows(0)[:5]) is None
