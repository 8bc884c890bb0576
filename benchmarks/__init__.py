"""microgradnn's speed and memory beside those of other libraries: see README.md."""
