"""Journeys against independent stand-ins for Slack (make test-peers)."""
