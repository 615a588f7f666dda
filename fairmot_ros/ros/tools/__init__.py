"""Nodes and processes around the tracker: player, recorder, replay, live evaluation."""
