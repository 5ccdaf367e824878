"""`python -m gradphoto`."""

from gradphoto.cli import main

if __name__ == "__main__":
    main()
