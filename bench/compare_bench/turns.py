"""All servers in turn, round after round: A B C, A B C, for each workload."""
import json
import shutil
import time

from compare_bench import process, runner
from compare_bench.peers.parley import program

NOISY = 0.05  # share of the machine that other programs may take
ATTEMPTS = 3  # of one run
GIVE_UP = 2  # a server that failed at a workload so often is not asked again


class Turns:
    """`keep(run)` is called with each run, those that were thrown away too."""

    def __init__(self, peers, workloads, options, keep, say=print):
        self.peers = peers
        self.workloads = workloads
        self.options = options
        self.keep = keep
        self.say = say
        self.retries_left = options.retries
        self.failures = {}  # (peer, workload) -> how often

    def go(self):
        for number in range(1, self.options.rounds + 1):
            for workload in (one for one in self.workloads if number <= one.rounds):
                for peer in self.peers:
                    self._turn(number, workload, peer)

    def _turn(self, number, workload, peer):
        key = (peer.name, workload.name)
        if self.failures.get(key, 0) >= GIVE_UP:
            return
        for left in reversed(range(ATTEMPTS)):
            begun = time.monotonic()
            found = runner.one(peer, workload, self.options.seconds, self.options.warmup)
            found = {"round": number, "workload": workload.name, "peer": peer.name, **found}
            found["took_s"] = time.monotonic() - begun
            found["thrown_away"] = self._noise(found) if left and self.retries_left > 0 else None
            self.keep(found)
            self.say(line(found))
            if not found["thrown_away"]:
                break
            self.retries_left -= 1
        if found["failed"]:
            self.failures[key] = self.failures.get(key, 0) + 1

    @staticmethod
    def _noise(found):
        share = found["report"]["other_programs_share"] if found["report"] else 0
        return f"other programs took {share:.0%} of the machine" if share > NOISY else None


def line(found):
    """One run in words."""
    words = f"  round {found['round']}, {found['workload']}, {found['peer']}: "
    if found["failed"]:
        words += f"FAILED, {found['failed'][:200]}"
    elif found["workload"].startswith("idle"):
        words += f"{found['report']['server']['rss_per_connection_bytes'] / 1000:.1f} kB per connection"
    else:
        report = found["report"]
        words += (f"{report['server']['cpu_us_per_delivery'] or 0:.1f} µs, {report['deliveries_per_s']:,.0f}/s, p50 "
                  f"{report['delivery_ms']['p50']:.2f} ms, p99 {report['delivery_ms']['p99']:.2f} ms")
    return words + (f"; thrown away: {found['thrown_away']}" if found["thrown_away"] else "")


def limits(folder, seconds):
    """What parley-limits finds, on the disk of `folder`."""
    return json.loads(process.run([program("parley-limits"), "--dir", folder, "--seconds", seconds]))


def file_system(folder):
    """Its kind, as stat(1) names it."""
    return process.run(["stat", "--file-system", "--format", "%T", folder]).strip()


def check_disk(folder, wanted_bytes, option="--dir"):
    """Whether it is a disk, and has room for what the archives will hold."""
    if file_system(folder) in ("tmpfs", "ramfs"):
        raise process.CompareError(f"{folder} lies in memory, where nothing is durable: name a folder on a disk with {option}")
    if shutil.disk_usage(folder).free < wanted_bytes:
        raise process.CompareError(f"{folder} has less than {wanted_bytes >> 30} GiB left: name another folder with {option}")
