"""The ROS 2 layer: nodes, parameters, message conversion and what observes them."""
