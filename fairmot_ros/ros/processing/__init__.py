"""The way of a frame on the worker thread: read, detect, track, publish."""
