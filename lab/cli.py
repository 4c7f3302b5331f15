"""The command line: `python -m lab <verb>`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from lab.errors import LabError
from lab.progress import fail
from lab.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns the exit status: 0 well, 1 an error that was explained."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["emulator"]:  # needs neither root nor Docker
        from lab.emulator.server import main as emulator

        return emulator(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        return options.run(Settings.load(), options) or 0
    except LabError as error:
        fail(f"lab {options.verb}: {error}")
        return 1
    except KeyboardInterrupt:
        fail(f"lab {options.verb}: interrupted")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="AWS on the desk.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (run, text) in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text)
        verb.set_defaults(run=run)
    verbs.add_parser("emulator", help="the emulated AWS alone (see: emulator --help)")
    return parser


def _verb(name: str) -> Callable[[Settings, argparse.Namespace], int | None]:
    def run(settings: Settings, options: argparse.Namespace) -> int | None:
        from lab import verbs  # here: `emulator` runs without what it imports

        return getattr(verbs, name)(settings)

    return run


def _status(settings: Settings, options: argparse.Namespace) -> int:
    from lab.status import show

    return show(settings)


VERBS: dict[str, tuple[Callable[[Settings, argparse.Namespace], int | None], str]] = {
    "up": (_verb("up"), "start the lab, or what of it is missing"),
    "down": (_verb("down"), "remove the lab, keep engine and images for the next time"),
    "reset": (_verb("reset"), "start over with empty records"),
    "status": (_status, "show what runs and what is broken"),
    "env": (_verb("env"), "print the variables with which commands work on the lab"),
    "images": (_verb("build_images"), "build the lab's images"),
    "engine": (_verb("have_engine"), "have a Docker engine, and tell which"),
    "purge": (_verb("purge"), "remove the lab with everything it keeps"),
}
