"""Who we serve: people, organisations and households, how to reach them and how they are tied.

Announces CustomerAdded, CustomerChanged, CustomersImported, CustomerBinned, CustomerRestored,
CustomerMerged, CustomersParted.
Main words: customer, merger, contact point, tie, household, wish, tag, source, life stage.
"""
