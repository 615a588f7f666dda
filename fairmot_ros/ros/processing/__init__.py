"""Frame processing on the worker thread: read, detect, track, publish."""
