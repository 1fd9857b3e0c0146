"""The pages of the staff. They compose what the parts offer and hold no rules."""
