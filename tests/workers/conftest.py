"""The processes of jobs find the work of these tests by the path: some package brings a folder `tests` of its own."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
