"""Requests of people about themselves: was I scored, explain it, let a person look again, I contest it."""
