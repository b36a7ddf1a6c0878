"""The counters of a process, on disk, exact across kills."""
