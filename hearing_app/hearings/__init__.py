"""Hearings, and the comments that people make for them, from the form to the facilitator's decision."""
