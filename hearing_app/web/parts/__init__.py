"""What several pages share: the frame, the address, the actor."""
