"""Consent: whether usage is recorded and sent, and who said so.

Holds the sources (policies, variables, detections) and the one decision over them. Nothing is imported here, so that the check of
the variables on every call costs no more than its own module.
"""
