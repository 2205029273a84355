"""Pictures of the evidence, as data: each module draws those of one kind of question."""
