"""The version of the package; it is that of the programs."""

__version__ = "0.1.0"
