"""`goldspan studio`: Label Studio, one module for each larger command."""
