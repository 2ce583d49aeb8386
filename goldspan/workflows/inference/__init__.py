"""What a corpus says, estimated from gold for a part of it."""
