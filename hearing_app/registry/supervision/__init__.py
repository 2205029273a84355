"""Supervision: audits by people who are independent of the agency, its replies, remedies, and what is due."""
