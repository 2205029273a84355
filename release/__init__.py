"""What is handed out beside the code: the list of what is in it, and the files of a release."""
