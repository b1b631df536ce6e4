"""What may worry a customer, one module for each kind of trouble.

Each rule is pure: a view, limits and `now` go in; whether it holds, and when that may change if no fact arrives, comes
out.
"""
