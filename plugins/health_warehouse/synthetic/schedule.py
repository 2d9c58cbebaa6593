"""Which dossier closes where and when, and how transfers meet their arrivals.

Everything follows from the options by arithmetic: any facility's day can be asked for without
making another one, so nothing of the province is held in memory.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

from health_warehouse.synthetic.capacities import Capacity, capacities
from health_warehouse.synthetic.moments import month_of, weekday_of
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.province import (
    OUTSIDE,
    Facility,
    Tier,
    facilities,
    referral_targets,
)
from health_warehouse.synthetic.streams import apportion, scattered

LONGEST_STAY = 9
"""Nights."""
_WEEKDAYS = (115, 105, 100, 100, 100, 60, 30)
_MONTHS = (96, 80, 94, 95, 97, 104, 106, 106, 107, 110, 104, 101)
"""Fewer around Tết, more in the rains."""
_TRANSFERS: dict[Tier, int] = {
    "provincial hospital": 15,
    "regional centre": 45,
    "commune station": 60,
    "private clinic": 30,
}
"""Transfers in a thousand dossiers."""
_ARRIVING = 850
"""Of a thousand transfers within the province, how many arrive where they were sent."""
_NIGHTS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 7)
_LAG_DAYS = (0, 0, 0, 0, 0, 0, 0, 1, 1, 2)


class Transfer(NamedTuple):
    """A way out to another facility."""

    target: str
    """MA_NOI_DEN."""
    way_out: Literal["2", "5"]
    """MA_LOAI_RV: for professional reasons, or as the patient wishes."""


class Origin(NamedTuple):
    """The transfer that brought a patient."""

    facility: Facility
    day: int
    place: int
    """Place of the transferred dossier within its day, from 0."""
    lag_days: int
    """Midnights between the transfer and the arrival: 0 to 2, so always within 72 hours."""
    nights: int
    """Of the stay that follows; 0 = seen as an outpatient."""


class Slot(NamedTuple):
    """One dossier to be made."""

    number: int
    """Of the dossier within its facility, from 0."""
    day: int
    """The day (ordinal) on which care is closed."""
    transfer: Transfer | None
    origin: Origin | None


class Schedule:
    """The province's dossiers; `facilities` are all that there are."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.facilities = facilities(options.facilities, options.province)
        self.first = options.start.toordinal()
        self.last = self.first + options.days - 1
        volumes = [facility.volume for facility in self.facilities]
        self.totals = apportion(options.dossiers, volumes)
        """Dossiers by facility."""
        self._capacities = capacities(
            options.seed, self.facilities, self.totals, self.first, options.days
        )
        regulars = apportion(options.population * 3 // 4, volumes)
        self._regulars = list(zip(accumulate(regulars, initial=0), regulars, strict=False))
        self._targets = [referral_targets(each, self.facilities) for each in self.facilities]
        self._sources: list[list[int]] = [[] for _ in self.facilities]
        for source, targets in enumerate(self._targets):
            for target in {target.index for target in targets}:
                self._sources[target].append(source)
        self._arrivals = lru_cache(maxsize=4096)(self._find_arrivals)
        self._days = lru_cache(maxsize=256)(self._share_out)

    def capacity(self, facility: Facility) -> Capacity:
        return self._capacities[facility.index]

    def regular(self, facility: Facility, slot: Slot) -> int:
        """Person who goes to this facility only: any but each fourth, who wanders."""
        first, count = self._regulars[facility.index]
        number = first + slot.number % max(1, count)
        return number + number // 3 + 1

    def wanderer(self, facility: Facility, slot: Slot) -> int | None:
        """Person who may be at any facility, each day at another; None = the province is small."""
        # below the number of the first of the transferred
        count = min(self._regulars[facility.index][1] // 3, 10_000_000 // len(self.facilities))
        if not count:
            return None
        turn = (facility.index + slot.day) % len(self.facilities)
        return 4 * (slot.number % count * len(self.facilities) + turn)

    def slots(self, facility: Facility, day: int) -> list[Slot]:
        """The dossiers of one day: arrivals come first, transfers right after.

        The last arrival of the day, if any, is also the first transfer: some go on and on.
        """
        index = facility.index
        begin, count = self._of_day(index, day)
        arrivals = self._arrivals(index, day)
        slots = [Slot(begin + place, day, None, None) for place in range(count)]
        for place, origin in enumerate(arrivals):
            slots[place] = slots[place]._replace(origin=origin)
        first = self._first_transfer(index, day)
        for place in range(first, min(count, first + self._transfer_count(index, day))):
            transfer = self._transfer(index, day, place)
            slots[place] = slots[place]._replace(transfer=transfer)
        return slots

    def slot(self, facility: Facility, day: int, place: int) -> Slot:
        """The dossier at one place of a day."""
        return self.slots(facility, day)[place]

    # ---------- numbers of dossiers

    def _of_day(self, index: int, day: int) -> tuple[int, int]:
        """(number of the first dossier, how many) that a facility closes on a day."""
        if not self.first <= day <= self.last:
            return -1, 0
        begins = self._days(index)
        offset = day - self.first
        return begins[offset], begins[offset + 1] - begins[offset]

    def _share_out(self, index: int) -> list[int]:
        """Dossiers before each day, and after the last."""
        weights = [
            _WEEKDAYS[weekday_of(day)]
            * _MONTHS[month_of(day) - 1]
            * (90 + scattered(self.options.seed, index, day) % 21)
            for day in range(self.first, self.last + 1)
        ]
        begins = [0]
        for part in apportion(self.totals[index], weights):
            begins.append(begins[-1] + part)
        return begins

    # ---------- transfers

    def _transfer_count(self, index: int, day: int) -> int:
        _, count = self._of_day(index, day)
        expected = count * _TRANSFERS[self.facilities[index].tier]
        chance = scattered(self.options.seed, 1, index, day) % 1000
        return min(count, (expected + chance) // 1000 + self._request_count(index, day))

    def _request_count(self, index: int, day: int) -> int:
        """Transfers of the day that patients wish for, where the options ask for a share."""
        requests = self.options.requests
        if requests is None:
            return 0
        share = requests[2 * (day - self.first) >= self.options.days]
        begin, count = self._of_day(index, day)
        return (begin + count) * share // 1000 - begin * share // 1000

    def _first_transfer(self, index: int, day: int) -> int:
        return max(0, len(self._arrivals(index, day)) - 1)

    def _transfer(self, index: int, day: int, place: int) -> Transfer:
        lot = scattered(self.options.seed, 2, index, day, place)
        way_out: Literal["2", "5"] = "5" if lot % 4 == 0 else "2"
        targets = self._targets[index]
        if self.options.requests is not None:
            is_wish = place - self._first_transfer(index, day) < self._request_count(index, day)
            way_out, targets = ("5", ()) if is_wish else ("2", targets)
        if not targets:
            return Transfer(OUTSIDE[lot // 8 % len(OUTSIDE)], way_out)
        return Transfer(targets[lot // 8 % 5 == 0 and len(targets) > 1].facility_id, way_out)

    # ---------- arrivals

    def _find_arrivals(self, index: int, day: int) -> tuple[Origin, ...]:
        """Those transferred here whose care here closes on `day`: not more than there is room."""
        _, room = self._of_day(index, day)
        found: list[Origin] = []
        here = self.facilities[index].facility_id
        for source in self._sources[index]:
            earliest = max(self.first, day - LONGEST_STAY - 2)
            for sent_on in range(earliest, day + 1) if room else ():
                found += self._arriving(source, sent_on, here, day)
        return tuple(found[:room])

    def _arriving(self, source: int, sent_on: int, here: str, day: int) -> list[Origin]:
        count = self._transfer_count(source, sent_on)
        if not count:
            return []
        first = self._first_transfer(source, sent_on)
        _, of_day = self._of_day(source, sent_on)
        found = []
        for place in range(first, min(of_day, first + count)):
            lot = scattered(self.options.seed, 3, source, sent_on, place)
            if lot % 1000 >= _ARRIVING:
                continue
            lag = _LAG_DAYS[lot // 1000 % 10]
            nights = _NIGHTS[lot // 10_000 % 10]
            # Near the end of the period stays are short, lest most transfers end nowhere.
            lag = min(lag, max(0, self.last - sent_on))
            nights = min(nights, max(0, self.last - sent_on - lag))
            if sent_on + lag + nights != day:
                continue
            if self._transfer(source, sent_on, place).target == here:
                found.append(Origin(self.facilities[source], sent_on, place, lag, nights))
        return found
