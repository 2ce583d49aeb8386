"""Label Studio on this machine: installation, data, start and stop."""
