# What a worker gives its interpreter to run, with the name of the task module and its own version as arguments. The package
# `jobbers` that is installed is taken if it is of that version; else the worker's own, which comes on the standard input: nothing is
# left in any folder, however this process ends.
import importlib.abc
import importlib.util
import json
import os
import runpy
import sys


class Embedded(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    def __init__(self, files):
        self.files = files

    def file(self, name):
        path = name.replace(".", "/")
        return next((file for file in (path + "/__init__.py", path + ".py") if file in self.files), None)

    def find_spec(self, name, path=None, target=None):
        file = self.file(name)
        if file is None:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=file.endswith("/__init__.py"))

    def get_filename(self, name):
        return "<jobbers_worker>/" + self.file(name)

    def get_source(self, name):
        return self.files[self.file(name)]

    def is_package(self, name):
        return self.file(name).endswith("/__init__.py")


def installed_version():
    try:
        import jobbers

        return getattr(jobbers, "__version__", None)
    except Exception:  # whatever else is called so
        return None


if sys.version_info < (3, 10):
    sys.exit("Python 3.10 or newer is needed (PYTHON names it); this is " + sys.version.split()[0])
module, version = sys.argv[1:3]
given = sys.stdin.buffer.read()
nothing = os.open(os.devnull, os.O_RDONLY)
os.dup2(nothing, 0)
os.close(nothing)
if installed_version() != version:
    for name in [name for name in sys.modules if name == "jobbers" or name.startswith("jobbers.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Embedded(json.loads(given)))
sys.argv = ["jobbers.host", module]
runpy.run_module("jobbers.host", run_name="__main__", alter_sys=True)
