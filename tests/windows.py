"""The tests that Windows leaves out, and why; those marked `server` and `browser` are left out by their marks."""

from __future__ import annotations

NOT_ON_WINDOWS = {
    "annotate/test_interrupt_signals.py": "sends itself SIGINT and SIGTERM",
    "annotate/test_run.py": "holds a run at a named pipe and ends it by a signal",
    "annotate/test_shard_faults.py": "kills processes and limits the size of files",
    "annotate/test_shards.py": "runs a Dask cluster that is held at a named pipe",
    "annotate/test_workers.py": "runs a program of the shell",
    "cli/test_bench.py": "reads /proc and named pipes",
    "cli/test_command.py": "limits the memory of a process and ends it by a signal",
    "cli/test_completion.py": "types into a terminal of POSIX with bash",
    "cli/test_demo.py": "interrupts a process",
    "cli/test_hints.py": "runs bash",
    "cli/test_init.py": "types into a terminal of POSIX and limits the size of files",
    "cli/test_interrupt.py": "interrupts groups of processes",
    "cli/test_progress_display.py": "makes a named pipe",
    "cli/test_terminal.py": "types into a terminal of POSIX",
    "cli/test_wrong_calls.py": "shows paths with slashes",
    "corpus/test_hostile.py": "takes permissions away and makes named pipes",
    "security/test_embedded_server.py": "is about the embedded server",
    "security/test_hostile_files.py": "limits the memory of a process",
    "security/test_sizes.py": "limits the memory of a process",
    "security/test_tokens.py": "looks at the arguments of all processes",
    "test_documents.py": "runs the documents' lines of the shell",
    "test_readme.py": "runs the README's lines of the shell",
}
"""File below `tests/`: what it does that Windows cannot do."""
