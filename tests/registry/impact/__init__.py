"""Tests of hearing_app.registry.impact."""
