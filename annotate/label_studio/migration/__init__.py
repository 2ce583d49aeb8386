"""Migration of projects of Label Studio to another scheme, with all work of people."""
