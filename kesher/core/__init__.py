"""What every part stands on and that knows nothing of business: access, events, changes, search.

Announces nothing of its own. Main words: actor, policy, scope, classification, event, change.
"""
