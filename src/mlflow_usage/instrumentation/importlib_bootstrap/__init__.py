"""The frames of this package that can lie between a user's line and MLflow's code.

The folder's name matters: `warnings` skips frames whose file name holds both "importlib" and "_bootstrap" when it counts `stacklevel`
(CPython, Lib/warnings.py `_is_internal_filename`, since 3.3), so a warning of MLflow still points at the user's line.
"""
