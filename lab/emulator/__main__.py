"""`python -m lab.emulator --port N`: the emulator alone, without root and without Docker."""

import sys

from lab.emulator.server import main

if __name__ == "__main__":
    sys.exit(main())
