"""What a fleet does when parts of it die, stand still or are lost: see run.py."""
