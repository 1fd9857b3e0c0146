"""What was bought: the ledger of purchases.

Announces PurchaseRecorded, PurchasesImported. Main words: purchase, ledger.
"""
