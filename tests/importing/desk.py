"""The owner at her desk: she finds, opens, filters and takes out what a file brought in."""

import csv
import io
import re
from urllib.parse import urlencode

import openpyxl
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from kesher.organization.models import Member
from kesher.web.lists.work import write_file
from tests.people import Clinic


class Desk:
    """A browser signed in as the owner."""

    def __init__(self, clinic: Clinic):
        self.owner: Member = clinic.owner
        self.browser = Client()
        self.browser.force_login(self.owner)

    def found(self, words: str) -> list[int]:
        """Whom the search box finds, in its order."""
        answer = self.browser.get(reverse("find"), {"q": words}, headers={"HX-Request": "true"})
        return [int(pk) for pk in re.findall(r'href="/customers/(\d+)/"', answer.content.decode())]

    def opened(self, pk: int) -> str:
        """The page of a customer."""
        answer = self.browser.get(reverse("customer", args=[pk]))
        assert answer.status_code == 200
        return answer.content.decode()

    def counted(self, **filters: str) -> int:
        """How many the list says there are."""
        answer = self.browser.get(reverse("customers-counts"), filters or {"all": "1"})
        total = re.search(r'id="all-n"[^>]*>([^<]*)<', answer.content.decode())[1]
        return int(total.replace(",", ""))

    def taken_out(self, ending: str, **filters: str) -> list[dict]:
        """The rows of the exported list by heading; a large one is written by the worker."""
        asked = {"format": ending, "in": urlencode(filters or {"all": "1"})}
        answer = self.browser.post(reverse("customers-export"), asked)
        if answer.status_code == 302:
            job = DBTaskResult.objects.get(task_path=write_file.module_path)
            job.task.call(*job.args_kwargs["args"])
            job.delete()
            key = answer["Location"].rstrip("/").rpartition("/")[2]
            answer = self.browser.get(reverse("list-file", args=[key]))
        assert answer.status_code == 200
        content = b"".join(answer) if answer.streaming else answer.content
        if ending == "csv":
            return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        heading, *rows = book.active.iter_rows(values_only=True)
        return [dict(zip(heading, row, strict=True)) for row in rows]
