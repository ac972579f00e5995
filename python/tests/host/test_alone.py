from __future__ import annotations

import subprocess
import sys

from support.host import SOURCE

IMPORTS = """
import sys
sys.path.insert(0, sys.argv[1])
import jobbers, jobbers.context, jobbers.di, jobbers.registry
import jobbers.models.task_config, jobbers.models.task_shutdown_policy, jobbers.host.__main__
known = sys.stdlib_module_names | {"jobbers", "__main__"}
print(sorted({name.partition(".")[0] for name in sys.modules} - known))
"""


def test_the_side_of_the_worker_needs_nothing_but_python() -> None:
    # -S: without the folder of installed packages.
    command = [sys.executable, "-S", "-c", IMPORTS, str(SOURCE)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("[]\n", "")
