"""Pages as files: reports and leaderboards."""
