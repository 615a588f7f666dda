"""A real node at 30 images per second for as long as one likes: does anything grow?"""
