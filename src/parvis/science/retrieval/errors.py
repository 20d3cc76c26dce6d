"""What can go wrong with an index; each error carries a code, an HTTP status and a message template."""

from __future__ import annotations

from parvis.core.errors import ParvisError


class RetrievalError(ParvisError):
    """Root of the errors of an index."""

    code = "retrieval_error"
    status = 500
    template = "The index failed: %(reason)s"


class IndexCorrupt(RetrievalError):
    """A file of the index is missing, truncated, altered or foreign: the caller rebuilds from the records."""

    code = "index_corrupt"
    status = 503
    template = "The index in %(path)s cannot be used: %(reason)s"


class IndexBusy(RetrievalError):
    """Another process holds the index for writing longer than we agreed to wait; retry later."""

    code = "index_busy"
    status = 503
    template = "Another process has been writing to the index in %(path)s for more than %(seconds)s s"


class BadTable(RetrievalError):
    """A frame given to the index lacks a column or holds a value that cannot be used."""

    code = "bad_table"
    status = 422
    template = "Row %(row)s, column %(column)s: %(reason)s"


class BadFilter(RetrievalError):
    """A `where` value is of a kind that cannot be compared."""

    code = "bad_filter"
    status = 422
    template = "The filter on %(column)s cannot be used: %(reason)s"


class BadVectors(RetrievalError):
    """Vectors of the wrong shape or width, or with numbers that are not finite."""

    code = "bad_vectors"
    status = 422
    template = "The vectors cannot be used: %(reason)s"
