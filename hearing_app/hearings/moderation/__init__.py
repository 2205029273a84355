"""Moderation: one table of moves, and what follows from it: holds, appeals, removals, redactions, figures."""
