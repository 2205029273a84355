"""Tests of hearing_app.evidence."""
