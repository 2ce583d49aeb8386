"""Results of comparing systems: pairs of systems, the table of who beats whom, runs of one system."""
