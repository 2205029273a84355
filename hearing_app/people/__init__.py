"""Accounts of staff, their roles, and who may do what. The public needs no account."""
