"""Motion of boxes and of the camera: Kalman filter, box parametrizations, motion models."""
