"""Dated facts: their vocabulary (`fields`), their files (`load`), and how they look on a date (`view`)."""
