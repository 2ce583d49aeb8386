"""Commands on the field's open gold, and the table of a suite."""
