"""The publishing desk: a body's own entries, from a draft to the version that two people stand behind."""
