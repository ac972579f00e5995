"""The task host: runs the tasks of a module for a worker, in its own process (``python -m jobbers.host MODULE``).

Only workers call it; what they say to each other is in ``docs/python-host.md``.
"""
