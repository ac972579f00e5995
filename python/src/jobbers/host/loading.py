"""Imports a task module: ``myapp.tasks``, ``tasks.py`` or ``/srv/myapp/tasks.py``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from ..registry import InvalidTask, registered_tasks
from .handler import Handler, handler_of

__all__ = ["load"]


def load(module: str) -> list[Handler]:
    """The handlers of a module, in the order of their registration; raises whatever is wrong with it."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if module.endswith(".py") or os.sep in module:
        _import_file(Path(module))
    else:
        importlib.import_module(module)
    tasks = registered_tasks()
    if not tasks:
        raise InvalidTask(f"{module} registers no task: none of its functions is decorated with @register_task(…)")
    return [handler_of(task) for task in tasks]


def _import_file(file: Path) -> ModuleType:
    file = file.resolve()
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    folder, name = file.parent, file.stem
    # A file of a package is imported as that, so that it can import its neighbours relatively.
    while (folder / "__init__.py").exists():
        folder, name = folder.parent, f"{folder.name}.{name}"
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    if "." in name:
        return importlib.import_module(name)
    # Not by its name: the standard library might have a module that is called so, too.
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module
