"""Whether a model may stand in for a reader: the alternative annotator test over spans and values."""
