"""Files of scores: read again, and merged into a leaderboard."""
