"""Everything that is due at one instant, carried out by all workers of a deliverer together."""

import asyncio

from mailtriage.deliver.deliverer import Deliverer
from mailtriage.deliver.patience import Delivered


async def drain(deliverer: Deliverer) -> Delivered:
    """Let each worker run once; the first error is raised when all have done their part."""
    done = Delivered()
    ended = await asyncio.gather(*(worker(done) for worker in deliverer.workers), return_exceptions=True)
    for error in filter(None, ended):
        raise error
    return done
