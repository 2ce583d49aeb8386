"""What a conversion writes beside records: passes, and a drafted scheme."""
