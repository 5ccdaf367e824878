"""The commands of `gradphoto` that the picture engine brings."""
