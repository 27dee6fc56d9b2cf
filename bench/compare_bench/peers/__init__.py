"""The servers that are compared: how each is configured, started and known."""
from compare_bench.peers import ejabberd, message_brokers, parley, prosody

# In the order in which they take their turns.
ALL = {made.name: made for made in (
    parley.Relay, parley.Parley, message_brokers.Nats, message_brokers.JetStream, message_brokers.Mosquitto,
    ejabberd.Ejabberd, ejabberd.EjabberdArchive, prosody.Prosody, prosody.ProsodyArchive, prosody.ProsodySqlite)}
# The last one takes 2.5 ms for a message and says nothing that the others do not: only when it is asked for.
USUAL = [name for name in ALL if name != prosody.ProsodySqlite.name]
