"""Reading of exported tasks, of any project."""
