"""Tables for people, JSON for programs."""
import json
import os
import platform
import statistics


def table(head, rows):
    """As markdown, with columns that stand under each other."""
    rows = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]])


def number(value):
    """With three digits that mean something."""
    if value is None or value != value:
        return "–"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def spread(values):
    """median (least to most)."""
    return f"{number(statistics.median(values))} ({number(min(values))} to {number(max(values))})"


def between(text, begin, end, made):
    """A page with what stands between two marks made anew."""
    head, rest = text.split(begin)
    return f"{head}{begin}\n\n{made}\n\n{end}{rest.split(end, 1)[1]}"


def machine():
    """What the figures were taken on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "load_before": os.getloadavg()[0]}


def rounded(value, digits=5):
    """The same with floats of so many digits: the JSON is to be read by people too."""
    if isinstance(value, dict):
        return {key: rounded(part, digits) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part, digits) for part in value]
    if not isinstance(value, float):
        return value
    return float(f"{value:.{digits}g}") if value == value else None


def write(path, found):
    text = json.dumps(rounded(found), indent=1, ensure_ascii=False) + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
