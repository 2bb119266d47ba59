"""What analysts may build on: the views, their columns and the measures, promised and described.

Pure: takes the rows of `sql/queries/contract.sql`, gives text.
"""

from cjm_tracker.contract.dictionary import dictionary
from cjm_tracker.contract.promise import Column, Promise, promised, raised

__all__ = ["Column", "Promise", "dictionary", "promised", "raised"]
