"""`python -m bill2bill.sandbox.upstream`"""

import sys

from bill2bill.sandbox.upstream.serve import main

sys.exit(main(sys.argv[1:]))
