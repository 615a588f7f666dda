"""Motion models: Kalman filter, box parametrizations, camera motion."""
