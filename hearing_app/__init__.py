"""A public hearing on the algorithms that police use, as software."""

__version__ = "0.1.0"
