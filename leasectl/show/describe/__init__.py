"""One lease, explained to a person, as `kubectl describe` lays things out: `page` has the order of what is said.

Safety rule: `lines` alone makes lines, and it escapes whatever it is handed; so nothing of what is put together here
has to be safe to print.
"""
