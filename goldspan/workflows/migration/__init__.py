"""Migration of files and folders to another scheme."""
