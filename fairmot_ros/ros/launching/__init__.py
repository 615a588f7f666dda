"""What the launch files share: arguments, the node's action, and RViz."""
