"""What can be told from the words alone: their language, and whether they hold personal data."""
