"""Counts that a force makes itself, on its own machine: raw rows in, protected counts out."""
