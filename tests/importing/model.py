"""What importing, editing and taking back come to, said once more: small, slow, without a database.

A file is read line by line; each line finds its customer among all who are there at that moment.
It knows nothing of steps, of what is kept on disk, or of the order in which the product asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CREATED, UPDATED, UNCHANGED, REFUSED, DOUBTFUL = (
    "created", "updated", "unchanged", "refused", "doubtful",
)  # fmt: skip


@dataclass
class Written:
    """One write to one customer; `before` is None where it brought him into being."""

    batch: str
    who: str
    before: dict | None
    after: dict
    undoes: bool = False


@dataclass
class Person:
    first: str = ""
    last: str = ""
    number: str | None = None
    city: str = ""
    tags: tuple = ()
    contacts: tuple = ()  # (kind, what is compared, as typed): telephones behind e-mails
    is_binned: bool = False
    writes: list[Written] = field(default_factory=list)

    @property
    def is_taken_back(self):
        """Whether the last thing that befell him was the undo of the file that had brought him."""
        return self.is_binned and self.writes[-1].undoes

    @property
    def name(self):
        return f"{self.first} {self.last}".strip()

    def reached_by(self, kind):
        return [normal for one, normal, _raw in self.contacts if one == kind]

    def goes_by(self, kind, key):
        return self.name.lower() == key if kind == "name" else key in self.reached_by(kind)

    def shown(self):
        """All that is compared."""
        return (self.number, self.first, self.last, self.name, self.city, sorted(self.tags),
                list(self.contacts), self.is_binned)  # fmt: skip

    def put(self, batch, who, undoes=False, **values):
        before = {name: getattr(self, name) for name in values}
        after = {name: value for name, value in values.items() if before[name] != value}
        if after:
            self.writes.append(Written(batch, who, {n: before[n] for n in after}, after, undoes))
            for name, value in after.items():
                setattr(self, name, value)


@dataclass(frozen=True)
class Line:
    """What a line says; nothing of what it leaves empty."""

    name: str = ""
    number: str = ""
    city: str = ""
    contacts: tuple = ()
    tags: tuple = ()

    def keys(self, match):
        """What it is matched by besides its number, in this order."""
        found = []
        for by in match:
            of_line = [normal for kind, normal, _raw in self.contacts if kind == by]
            found += [
                (by, key) for key in ([self.name.lower()] if by == "name" else of_line) if key
            ]
        return found

    def said(self):
        """However it is typed."""
        reached = frozenset((kind, normal) for kind, normal, _raw in self.contacts)
        return self.name, self.number, self.city, reached, frozenset(self.tags)

    def values(self):
        first, _space, last = self.name.rpartition(" ")
        said = {"first": first, "last": last, "number": self.number, "city": self.city}
        return {name: value for name, value in said.items() if value}


class Model:
    def __init__(self):
        self.people: list[Person] = []

    # ---- a file

    def bring(self, lines, match, who, batch):
        """Take in a file; returns what became of each line."""
        said: dict[int, dict] = {}  # of whom this file spoke: what it gave him
        alike: dict[tuple, Person] = {}
        return [self._line(one, match, who, batch, said, alike) for one in lines]

    def _line(self, line, match, who, batch, said, alike):
        if not (line.name or line.number):
            return REFUSED
        found = self._whom(line, match, batch, alike)
        if found in (REFUSED, DOUBTFUL):
            return found
        values = line.values()
        if found is None:
            person = self._add(line, who, batch)
            said[id(person)] = values
            alike[line.said()] = person
            return CREATED
        given = said.get(id(found), {})
        if any(given.get(name, value) != value for name, value in values.items()):
            return REFUSED
        said[id(found)] = given | values
        alike.setdefault(line.said(), found)
        more = self._more(line, found)
        for name, value in more.items():
            found.put(batch, who, **{name: value})
        return UPDATED if more else UNCHANGED

    def _whom(self, line, match, batch, alike):
        for person in self.people:
            if line.number and person.number == line.number:
                return REFUSED if person.is_binned and not person.is_taken_back else person
        for by, key in line.keys(match):
            found = [p for p in self.people if self._may_be(line, p) and p.goes_by(by, key)]
            if len(found) > 1:
                found = [p for p in found if p.name == (line.name or line.number)] or found
            if found:
                return DOUBTFUL if len(found) > 1 else found[0]
        if line.number or line.keys(match):
            return None
        return self._alike(line, batch, alike)

    def _alike(self, line, batch, alike):
        """Whom a line is about that has nothing but what it says."""
        if line.said() in alike:
            return alike[line.said()]
        same = [p for p in self.people if self._says_nothing_new(line, p, batch)]
        living = [p for p in same if not p.is_binned] or [p for p in same if p.is_taken_back][:1]
        return (living or [REFUSED if same else None])[0]

    def _may_be(self, line, person):
        return not person.is_binned and not (
            line.number and person.number and person.number != line.number
        )

    def _says_nothing_new(self, line, person, batch):
        is_new = person.writes[0].before is None and person.writes[0].batch == batch
        return not is_new and person.name == line.name and not self._more(line, person)

    def _more(self, line, person):
        found = {n: v for n, v in line.values().items() if getattr(person, n) != v}
        if person.is_taken_back:
            found["is_binned"] = False
        contacts = self._joined(person.contacts, line.contacts)
        if contacts != person.contacts:
            found["contacts"] = contacts
        if not set(line.tags) <= set(person.tags):
            found["tags"] = tuple(sorted({*person.tags, *line.tags}))
        return found

    def _joined(self, held, more):
        known = {(kind, normal) for kind, normal, _raw in held}
        joined = [*held, *(one for one in more if one[:2] not in known)]
        return tuple(sorted(joined, key=lambda one: one[0]))

    def _add(self, line, who, batch):
        person = Person(
            number=line.number or None, city=line.city, tags=tuple(sorted(set(line.tags))),
            contacts=self._joined((), line.contacts),
        )  # fmt: skip
        person.first, _space, person.last = (line.name or f"{line.number} ").rpartition(" ")
        person.writes.append(Written(batch, who, None, {}))
        self.people.append(person)
        return person

    # ---- taking back

    def take_back(self, batch, into, who):
        """Returns how many were restored, and what stays: (who it is, field, now, changed by)."""
        restored, stayed = 0, []
        for person in self.people:
            ours = [at for at, write in enumerate(person.writes) if write.batch == batch]
            if not ours:
                continue
            later = person.writes[ours[-1] + 1 :]
            if any(person.writes[at].before is None for at in ours):
                if later:
                    stayed.append((person.name, "", None, later[-1].who))
                else:
                    person.put(into, who, undoes=True, is_binned=True)
                    restored += 1
                continue
            values, kept = self._former(person, [person.writes[at] for at in ours], later)
            stayed += kept
            if values and person.is_binned:
                stayed.append((person.name, "in the bin", None, ""))
            elif values:
                person.put(into, who, undoes=True, **values)
                restored += 1
        return restored, sorted(stayed, key=repr)

    def _former(self, person, ours, later):
        before, after = {}, {}
        for write in ours:
            before = {**write.before, **before}
            after |= write.after
        values, kept = {}, []
        for name, former in before.items():
            now = getattr(person, name)
            if now == former:
                continue
            if now == after[name]:
                values[name] = former
            else:
                who = next(w.who for w in reversed(later) if name in w.after)
                kept.append((person.name, name, now, who))
        return values, kept
