"""Answers of agencies to comments: what is asked of them, by when, what they said, and what is overdue."""
