"""All services of a worker, in the order they start; they stop in the reverse order."""

from streams import connection, website, call_centre, store, survey, crm, stitcher, control  # noqa: F401, I001
