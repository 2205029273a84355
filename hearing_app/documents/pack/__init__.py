"""The hearing pack: what a panel reads before it sits, as a page to print and as a Word document."""
