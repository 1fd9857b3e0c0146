"""What we sell: products, and what each costs from which day on.

Announces that products were added or changed. Main words: product, price.
"""
