"""The field's open gold: which sets there are, where they are, what their labels mean, and how their papers score."""
