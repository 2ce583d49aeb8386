"""Migration of records, decisions and questions in files to another scheme."""
