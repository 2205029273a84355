"""What a careful reader would ask about an entry: contradictions, gaps, and what has gone stale.

All of it is advice. Nothing here keeps an entry from being published: that is for the model, for the check of
the register, and for the rules on prohibited uses.
"""
