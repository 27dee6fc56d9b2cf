"""Reads the two tables that everything else is worked out from."""
import pathlib
import tomllib
import types

FOLDER = pathlib.Path(__file__).resolve().parent
BASES = ("measured", "derived", "target", "assumed")
NUMBERS = (int, float)


class WrongInput(Exception):
    """A table that cannot be worked with; the text says what to change."""


def read(path):
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongInput(f"{path}: {error}") from error


def check(name, row, wanted, path):
    if missing := wanted - row.keys():
        raise WrongInput(f"{path}: [{name}] lacks {', '.join(sorted(missing))}")
    if unknown := row.keys() - wanted:
        raise WrongInput(f"{path}: [{name}] has {', '.join(sorted(unknown))}, which nobody reads")
    values = row["value"] if isinstance(row["value"], list) else [row["value"]]
    if not values or any(not isinstance(x, NUMBERS) or isinstance(x, bool) or x <= 0 for x in values):
        raise WrongInput(f"{path}: {name}.value must be a number above 0, or a list of them")


def costs(path=FOLDER / "costs.toml"):
    """{name: {what, value, unit, basis, how}}."""
    table = read(path)
    for name, row in table.items():
        check(name, row, {"what", "value", "unit", "basis", "how"}, path)
        if row["basis"] not in BASES:
            raise WrongInput(f"{path}: {name}.basis must be one of {', '.join(BASES)}")
    return table


def assumptions(path=FOLDER / "assumptions.toml"):
    """{name: {what, value}}."""
    table = read(path)
    for name, row in table.items():
        check(name, row, {"what", "value"}, path)
    return table


def change(table, settings):
    """Puts "name=value" texts into a table of assumptions or costs; returns those that name nothing in it."""
    unknown = []
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in table:
            unknown.append(setting)
            continue
        try:
            values = [float(x) if "." in x else int(x) for x in text.split(",")]
        except ValueError as error:
            raise WrongInput(f"{setting}: not a number") from error
        if any(x <= 0 for x in values):
            raise WrongInput(f"{setting}: must be above 0")
        many = isinstance(table[name]["value"], list)
        if len(values) > 1 and not many:
            raise WrongInput(f"{setting}: one number is wanted")
        table[name]["value"] = values if many else values[0]
    return unknown


def values(table):
    """The values alone, as attributes."""
    return types.SimpleNamespace(**{name: row["value"] for name, row in table.items()})
