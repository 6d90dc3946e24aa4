from bill2bill.errors import Failure


def attempt(act, *args):
    """What `act` returned, or the Failure that it raised."""
    try:
        return act(*args)
    except Failure as failure:
        return failure
