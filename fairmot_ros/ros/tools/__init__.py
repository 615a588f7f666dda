"""Tools around the tracker: player, recorder and replay nodes, node processes, live evaluation."""
