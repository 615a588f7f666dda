"""Videos and image folders: reading, writing, drawing. OpenCV, no ROS."""
