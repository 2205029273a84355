"""Voting on statements: to agree, disagree or pass, one at a time, under no name."""
