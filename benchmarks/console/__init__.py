"""The console at a million messages: a data generator, and the time that each page takes."""
