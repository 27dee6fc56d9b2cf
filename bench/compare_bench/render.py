"""The page: tables of what a comparison found."""
import statistics

from fleet_bench.report import between, number, table

from compare_bench.results import CPU, MEMORY, NOISY, P50, P99, RATE, cells, machine_in_words

BEGIN, END = "<!-- begin: made by bench/compare --render -->", "<!-- end -->"
NOT_ASKED = ""
# Of workloads that share a table.
BRIEF = {"pairs100": "100 pairs", "pairs1000": "1,000 pairs", "group100": "100 messages/s", "group100max": "full speed"}


def page(text, found, plots=()):
    """The page with everything between its marks made anew."""
    return between(text, BEGIN, END, body(found, plots))


def body(found, plots=()):
    made = cells(found)
    parts = [told(found)]
    for name, draw in (("1:1, closed loop", closed), ("1:1, 5,000 messages/s", opened), ("A group of 100", group),
                       ("Idle connections", idle)):
        rows = draw(found, made)
        if rows:
            parts += [f"### {name}", rows]
            parts += [f"![{title}](compare/{file})" for section, file, title in plots if section == name]
    if found["limits"]:
        parts += ["### What the machine itself takes", limits(found["limits"])]
    parts += ["### What went wrong", failures(found, made)]
    return "\n\n".join(parts)


def told(found):
    lines = [f"{found['date']}: {machine_in_words(found['machine'])}; loopback, no TLS, 128 bytes of text. "
             f"Rounds: {found['rounds']}, each measurement "
             f"{found['seconds']:g} s after {found['warmup']:g} s of warm-up, on a fresh process; medians (least to most)."]
    lines.append("Versions: " + "; ".join(f"{peer['title']} {peer['version']}" for peer in found["peers"].values()) + ".")
    return "\n".join(lines)


def spread(cell, *names, scale=1.0):
    """median (least to most), or what went wrong."""
    if cell is None:
        return NOT_ASKED
    middle = cell.median(*names)
    if middle is None:
        return "failed" if cell.failed else "–"
    low, high = (value * scale for value in cell.spread(*names))
    return f"{number(middle * scale)} ({number(low)} to {number(high)})"


def ratio(row, peer, *names):
    """How much Parley takes of what that server takes."""
    ours, theirs = (row[name].median(*names) if name in row else None for name in ("parley", peer))
    return "" if peer == "parley" else f"{ours / theirs:.2f}" if ours and theirs else "–"


def rows_of(found, made, wanted):
    return [(name, peer) for name, peer in found["peers"].items() if any(name in made.get(w, {}) for w in wanted)]


def closed(found, made):
    wanted = [name for name in ("pairs100", "pairs1000") if made.get(name)]
    head, rows = ["server", "stores"], []
    for name in wanted:
        head += [f"{BRIEF[name]}: µs per message", "Parley : it", "messages/s"]
    for name, peer in rows_of(found, made, wanted):
        row = [peer["title"], peer["stores"]]
        for workload in wanted:
            cell = made[workload].get(name)
            row += [spread(cell, *CPU), ratio(made[workload], name, *CPU), spread(cell, *RATE)]
        rows.append(row)
    return table(head, rows) if rows else ""


def opened(found, made):
    rows = []
    for name, peer in rows_of(found, made, ["open5000"]):
        cell = made["open5000"].get(name)
        rows.append([peer["title"], peer["stores"], spread(cell, *P50), spread(cell, *P99), spread(cell, *CPU)])
    return table(["server", "stores", "p50 ms", "p99 ms", "µs per message"], rows) if rows else ""


def group(found, made):
    wanted = [name for name in ("group100", "group100max") if made.get(name)]
    head, rows = ["server", "stores"], []
    for name in wanted:
        head += [f"{BRIEF[name]}: µs per delivery", "Parley : it"]
        head += ["deliveries/s"] if name == "group100max" else ["p99 ms"]
    for name, peer in rows_of(found, made, wanted):
        row = [peer["title"], peer["stores"]]
        for workload in wanted:
            cell = made[workload].get(name)
            row += [spread(cell, *CPU), ratio(made[workload], name, *CPU),
                    spread(cell, *(RATE if workload == "group100max" else P99))]
        rows.append(row)
    return table(head, rows) if rows else ""


def idle(found, made):
    rows = [[peer["title"], spread(made["idle5000"].get(name), *MEMORY, scale=1e-3)]
            for name, peer in rows_of(found, made, ["idle5000"])]
    return table(["server", "kB of its memory per connection"], rows) if rows else ""


def limits(taken):
    """Medians over the rounds of what parley-limits said."""
    def middle(*names):
        values = []
        for one in taken:
            for name in names:
                one = one[name]
            values.append(one)
        return statistics.median(values)

    rows = [["E: an epoll echo", f"{number(middle('echo', 'cpu_us'))} µs of CPU"],
            ["S: a send to one of 1,000 sockets", f"{number(middle('send', 'cpu_us'))} µs of CPU"]]
    for place, sync in enumerate(taken[0]["sync"]):
        rows.append([f"append and fdatasync of {sync['bytes']:,} bytes", f"{number(middle('sync', place, 'p50_ms'))} ms p50, "
                     f"{number(middle('sync', place, 'p99_ms'))} ms p99"])
    rows.append(["kernel memory of an idle connection, both ends",
                 f"{number(middle('kernel_bytes_per_pair') / 1000)} kB"])
    return table(["what", "medians"], rows)


def failures(found, made):
    lines, noisy = [], []
    for workload, row in made.items():
        for name, cell in row.items():
            where = f"{found['peers'][name]['title']}, {found['workloads'][workload]}"
            if cell.failures:
                lines.append(f"- {where}: failed {len(cell.failures)} of {len(cell.runs)} times; the first: "
                             f"{cell.failures[0].splitlines()[0][:300]}{seen(found, workload, name)}")
            if cell.noisy:
                noisy.append(f"{where} ({cell.noisy} of {len(cell.runs)})")
    thrown = sum(cell.thrown_away for row in made.values() for cell in row.values())
    if thrown:
        lines.append(f"- {thrown} runs were thrown away and done again, since other programs took more than {NOISY:.0%} of "
                     "the machine.")
    if noisy:
        lines.append(f"- Kept though other programs took more than {NOISY:.0%} of the machine: {'; '.join(noisy)}.")
    if not found["complete"]:
        lines.append("- It was ended before all rounds were done.")
    return "\n".join(lines) or "Nothing."


def seen(found, workload, peer):
    """What a failed run showed nevertheless."""
    for run in found["runs"]:
        if run["workload"] == workload and run["peer"] == peer and run["failed"] and run["report"]:
            report = run["report"]
            if report["delivery_ms"]["count"]:
                return (f" (p50 {number(report['delivery_ms']['p50'])} ms, p99 {number(report['delivery_ms']['p99'])} ms, "
                        f"{report['deliveries_per_s']:,.0f} deliveries/s)")
    return ""
