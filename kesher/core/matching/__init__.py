"""Who stands twice in a list: plain records compared across three scripts, without a database."""
