"""The training loop and what it needs: network, optimiser schedule, averages, logs."""
