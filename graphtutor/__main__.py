"""`python -m graphtutor`."""

import sys

from graphtutor.cli import main

sys.exit(main())
