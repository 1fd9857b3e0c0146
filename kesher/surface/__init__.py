"""What pages, API and portal share: the actor of a request, find-or-404, lists and forms."""
