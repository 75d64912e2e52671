"""`python -m whogains` is the command `whogains`."""

from whogains.cli import run

if __name__ == "__main__":
    run()
