"""What people are told while servers start, and the waiting itself."""
import sys
import time

from fleet.folder import FleetError

PAUSE_S = 0.1  # servers give no other sign of being ready than that they answer


class NotReady(Exception):
    """It does not serve yet; the words say what is missing."""


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def tail(path, lines=25):
    """The last lines of a log, for a person who has to know why."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        text = ["(there is no log)"]
    return "\n".join([f"--- last lines of {path}", *text[-lines:]])


def wait_ready(name, check, alive, log, deadline):
    """Calls `check` until it raises neither NotReady nor OSError.

    Raises FleetError, with the end of the log, when `alive` says that the process has ended, or at `deadline`
    (time.monotonic).
    """
    while True:
        # First: one that ended after the check must not be waited for.
        lives = alive()
        try:
            check()
            if alive():  # else it was another program that answered at its address
                return
            raise NotReady("another program answers at its address")
        except (NotReady, OSError) as error:
            if not lives:
                raise FleetError(f"{name} has ended instead of serving\n{tail(log)}") from None
            if time.monotonic() > deadline:
                raise FleetError(f"{name} is not ready in time: {error}\n{tail(log)}") from None
        time.sleep(PAUSE_S)
