"""Who stands behind a request."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kesher.organization.queries import actor_of, business


class ActorMiddleware:
    """Put the actor and the business on the request, and turn the clock to its zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.business = business()
        if request.user.is_authenticated:
            request.actor = actor_of(request.user)
        with timezone.override(request.business.time_zone):
            return self.get_response(request)
