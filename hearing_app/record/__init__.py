"""The public record: the append-only ledger and the receipts that people keep."""
