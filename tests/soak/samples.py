"""What the server's process and its metrics say over time, and whether that is flat."""

import os
import pathlib
import statistics

TICKS = os.sysconf("SC_CLK_TCK")
# Less than this is too short to judge: caches fill, the first files are written.
JUDGED_MINUTES = 10
MIB = 1024 * 1024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def take(server, started):
    """One row; `started` is the time.monotonic() of the beginning."""
    pid = server.process.pid
    status = dict(line.split(":", 1) for line in
                  pathlib.Path(f"/proc/{pid}/status").read_text("utf-8").splitlines() if ":" in line)
    return {
        "at_s": round(started, 1),
        "rss_bytes": int(status["VmRSS"].split()[0]) * 1024,
        "files": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": int(status["Threads"]),
        "cpu_s": cpu_seconds(pid),
        "metrics": server.metrics(),
    }


def slope_per_minute(rows, name):
    """Least squares."""
    if len(rows) < 3:
        return 0.0
    return statistics.linear_regression([row["at_s"] / 60 for row in rows],
                                        [row[name] for row in rows]).slope


def compare(rows, name, allowed):
    """The second quarter against the last, and the slope from the second quarter on."""
    quarter = len(rows) // 4
    second = statistics.median(row[name] for row in rows[quarter:2 * quarter])
    last = statistics.median(row[name] for row in rows[-quarter:])
    return {"second_quarter": second, "last_quarter": last,
            "slope_per_minute": slope_per_minute(rows[quarter:], name),
            "allowed_growth": allowed(second), "flat": last - second <= allowed(second)}


def judge(rows):
    """Memory and files; None where the run was too short to tell."""
    if len(rows) < 12 or rows[-1]["at_s"] < JUDGED_MINUTES * 60:
        return None
    return {
        "rss_bytes": compare(rows, "rss_bytes", lambda before: max(2 * MIB, before * 0.03)),
        # Who is just away when a sample is taken, and the store's files, come and go.
        "files": compare(rows, "files", lambda before: max(6, before * 0.05)),
        "threads": compare(rows, "threads", lambda _: 0),
    }
