"""Corrections: a body claims its entry or contests a statement, anyone reports an error; each is answered."""
