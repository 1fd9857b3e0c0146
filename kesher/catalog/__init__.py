"""What we sell. For now products by name.

Announces nothing yet. Main word: product.
"""
