"""The pages of the app: each asks for a selection, calls the house, and shows what comes back."""
