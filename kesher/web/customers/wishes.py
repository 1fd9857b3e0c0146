"""What a customer needs and wishes, and what of it was met."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import guard, require, visible
from kesher.core.changes import new_batch
from kesher.customers.commands.wishing import drop_wish, meet_wish, note_wish, reopen_wish
from kesher.customers.models import Customer, Wish
from kesher.customers.queries import wishes_of
from kesher.surface.once import once_only
from kesher.web.customers.forms import WishForm
from kesher.web.customers.saving import customer_of, did, done, drawn


@once_only
def wishes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a customer wishes, and note one thing more."""
    customer = customer_of(request, pk)
    require(request.actor, "change", customer)
    if request.method != "POST":
        return _drawn(request, customer)
    form, batch = WishForm(request.POST), new_batch()
    if form.is_valid() and did(
        form,
        lambda: note_wish(
            by=request.actor,
            customer=customer,
            on=timezone.localdate(),
            batch=batch,
            **form.cleaned_data,
        ),
    ):
        return _done(request, customer, _("Noted."), batch)
    return _drawn(request, customer, form)


def _drawn(request: HttpRequest, customer: Customer, form: WishForm | None = None) -> HttpResponse:
    context = {
        "customer": guard(request.actor, customer),
        "form": form or WishForm(),
        "rows": guard(request.actor, wishes_of(request.actor, customer)[:100]),
    }
    broken = form is not None and form.errors
    return drawn(request, "wishes", context, status=422 if broken else 200)


def _done(request: HttpRequest, customer: Customer, said: str, batch: str) -> HttpResponse:
    return done(
        request, said, lambda: _drawn(request, customer), "wishes", customer.pk, batch=batch
    )


def _wish(request: HttpRequest, pk: int) -> Wish:
    held = visible(request.actor, Wish).select_related("customer").filter(pk=pk).first()
    if held is None:
        raise Http404
    return held


@require_POST
def met(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a wish was met, or that it is not after all."""
    held, batch = _wish(request, pk), new_batch()
    if request.POST.get("back"):
        reopen_wish(by=request.actor, wish=held, batch=batch)
        return _done(request, held.customer, _("Open again."), batch)
    meet_wish(by=request.actor, wish=held, on=timezone.localdate(), batch=batch)
    return _done(request, held.customer, _("Met."), batch)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a wish that was a mistake."""
    held = _wish(request, pk)
    customer, batch = held.customer, new_batch()
    drop_wish(by=request.actor, wish=held, batch=batch)
    return _done(request, customer, _("Removed."), batch)
