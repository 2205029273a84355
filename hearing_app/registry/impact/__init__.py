"""The impact level: the questionnaire as data, its arithmetic, what the level asks for, and what moves it.

Nothing is imported here: the entry's own model needs the questionnaire, and the level needs the entry.
"""
