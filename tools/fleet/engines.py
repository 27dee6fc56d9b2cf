"""The command line of tools/engines."""
import argparse
import os
import sys

from fleet.folder import FleetError, Folder


def run_with_addresses(arguments):
    """Becomes the command, with the engines' addresses in its environment."""
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        raise FleetError("say what to run: tools/engines env --dir D -- COMMAND")
    folder = Folder(arguments.dir)
    state = folder.state()
    if not state:
        raise FleetError(f"no engines run in {folder.path}; start them with: tools/engines up --dir {folder.path}")
    try:
        os.execvpe(command[0], command, {**os.environ, **state["environment"]})
    except OSError as error:
        raise FleetError(f"cannot run {command[0]}: {error.strerror}") from None


def parse(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    env = commands.add_parser("env", help="run a command with the addresses in its environment")
    env.set_defaults(act=run_with_addresses)
    env.add_argument("--dir", required=True)
    env.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main(description):
    arguments = parse(description)
    try:
        return arguments.act(arguments) or 0
    except FleetError as error:
        print(f"engines: {error}", file=sys.stderr)
        return 2
