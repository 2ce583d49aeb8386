"""Push documents and suggestions to a project, pull annotations."""
