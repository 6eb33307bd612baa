"""python -m kinetra_bridge"""

import sys

from .program import main

sys.exit(main())
