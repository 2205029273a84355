"""Agendas: who gets the floor and how that is drawn, the room with its minutes, and what was decided."""
