"""Training of the embedding by itself: a bank of people seen by a teacher, and canvases of them.

The bank holds people with changed light and clothes, each with the embedding of a
re-identification teacher for exactly that image: an endless variety from few people, in which the
teacher always answers for what is there. The canvases show them at other sizes and with worse
quality, and the network learns to answer like the teacher all the same.
"""
