"""Run an extractor over a corpus, in one process or several."""
