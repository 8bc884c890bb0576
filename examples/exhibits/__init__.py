"""What hangs in the gallery: each exhibit is a computation that is small enough to be followed.

Reading order: ``exhibit`` (what one is), then the rooms: ``first_steps``, ``seed_networks``,
``layers``; ``catalogue`` lists them.
"""
