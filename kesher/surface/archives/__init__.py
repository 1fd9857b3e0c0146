"""Everything of a business in one archive, and the way back."""
