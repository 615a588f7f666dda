"""Files: errors of readers, limits on unpacking, writing without partial files."""
