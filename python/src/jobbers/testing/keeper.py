"""The parent of a server of a test: ends it when the test says so, or is gone, however it went.

Run by its path, as ``keeper.py SECONDS PROGRAM ARGUMENT…``: it ends the program when its own standard input ends, with
force after so many seconds, and exits when the program has ended, as that did.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading


def keep(patience: float, command: list[str]) -> int:
    """What the program ended with."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end_with_the_test() -> None:
        # Not by `sys.stdin`: its lock would be held at the exit.
        while os.read(0, 4096):
            pass
        program.terminate()
        try:
            program.wait(patience)
        except subprocess.TimeoutExpired:
            program.kill()

    threading.Thread(target=end_with_the_test, daemon=True).start()
    ended = program.wait()
    return 128 - ended if ended < 0 else ended


if __name__ == "__main__":
    sys.exit(keep(float(sys.argv[1]), sys.argv[2:]))
