from __future__ import annotations

import os
from pathlib import Path

pytest_plugins = ["jobbers.testing.fixtures"]

BUILT = Path(__file__).parents[2] / "target" / "debug" / "jobbers"

if not os.environ.get("JOBBERS_BIN") and BUILT.exists():
    os.environ["JOBBERS_BIN"] = str(BUILT)
