"""Timetables in GTFS: small feeds with one thing each, and the two real ones against a plain reading of their CSV."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, timedelta

import gtfs_kit
import numpy as np
import pytest
import shapely

from geo.coordinates import to_lonlat
from geo.errors import SourceError
from geo.sources.gtfs import read_gtfs

CRS = "EPSG:27700"
EVERYWHERE = shapely.box(-1e6, -1e6, 2e6, 2e6)
# stops 1 km apart, from west to east; D lies 10 km beyond
PLACES = {"A": 585000.0, "B": 586000.0, "C": 587000.0, "D": 597000.0}
NORTH = 186000.0
LON, LAT = (dict(zip(PLACES, values, strict=True)) for values in to_lonlat([*PLACES.values()], [NORTH] * 4, CRS))
STOPS = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
    f"{name},{name} street,{LAT[name]:.7f},{LON[name]:.7f}\n" for name in PLACES
)
GOOD = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n1,Buses,http://example.org,Europe/London\n",
    "stops": STOPS,
    "routes": "route_id,route_short_name,route_long_name,route_type\nr9,9,Town to Shore,3\nrx,,Coast line,2\n",
    "trips": "route_id,service_id,trip_id\nr9,week,t1\nr9,week,t2\nrx,sat,t3\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,09:00:00,09:00:00,A,1,0,1\n"
        "t1,09:10:00,09:11:00,B,2,,\n"
        "t1,09:20:00,09:20:00,C,3,1,0\n"
        "t2,23:50:00,23:50:00,A,1,0,1\n"
        "t2,24:05:30,24:06:00,B,2,,\n"
        "t2,25:10:00,25:10:00,C,3,1,0\n"
        "t3,10:00:00,10:00:00,C,5,0,0\n"
        "t3,10:30:00,10:30:00,D,9,0,0\n"
    ),
    "calendar": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20240101,20240331\n"
        "sat,0,0,0,0,0,1,0,20240201,20240430\n"
    ),
}
TIMES = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"


@pytest.fixture
def feed(tmp_path):
    """Write a feed: the good one with some files put in, changed (old text, new text), or taken out (None)."""

    def write(changes=None, **files):
        texts = GOOD | files
        for name, (old, new) in (changes or {}).items():
            assert old in texts[name], f"{old!r} is not in {name}: this test would change nothing"
            texts[name] = texts[name].replace(old, new)
        path = tmp_path / "feed.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in texts.items():
                if text is not None:
                    archive.writestr(name if "." in name else f"{name}.txt", text)
        return path

    return write


def read(path, extent=EVERYWHERE):
    return read_gtfs(path, source="buses", vintage="2024", crs=CRS, extent=extent)


def said(timetable):
    """Each trip with names in place of numbers, in an order of its own."""
    return sorted(
        (
            timetable.routes[trip.route].name,
            "".join(timetable.stop_ids[stop] for stop in trip.stops),
            trip.arrive_s,
            trip.depart_s,
        )
        for trip in timetable.trips()
    )


def at(clock):
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def test_a_good_feed_is_read_whole(feed):
    reading = read(feed())
    table = reading.timetable
    assert said(table) == [
        ("9", "ABC", (at("9:00:00"), at("9:10:00"), at("9:20:00")), (at("9:00:00"), at("9:11:00"), at("9:20:00"))),
        (
            "9",
            "ABC",
            (at("23:50:00"), at("24:05:30"), at("25:10:00")),
            (at("23:50:00"), at("24:06:00"), at("25:10:00")),
        ),
        ("Coast line", "CD", (at("10:00:00"), at("10:30:00")), (at("10:00:00"), at("10:30:00"))),
    ]
    assert [(one.name, one.title, one.vehicle, one.status, one.source) for one in table.routes] == [
        ("9", "Town to Shore", "bus", "published", "buses"),
        ("Coast line", "", "train", "published", "buses"),
    ]
    assert table.stop_ids == ("A", "B", "C", "D")
    assert table.stop_names == ("A street", "B street", "C street", "D street")
    np.testing.assert_allclose(table.stop_xy, [(x, NORTH) for x in PLACES.values()], atol=0.1)
    long = next(trip for trip in table.trips() if len(trip.stops) == 3)
    assert long.board == (True, True, False)
    assert long.alight == (False, True, True)
    assert (reading.rows_read, reading.used, sum(reading.left_out.values())) == (8, 8, 0)
    assert (reading.source, reading.vintage, reading.notes) == ("buses", "2024", ())


def test_the_days_are_those_of_the_calendar_and_its_exceptions(feed):
    dates = "service_id,date,exception_type\nweek,20240106,1\nweek,20240108,2\nsat,20240511,1\n"
    calendar = read(feed(calendar_dates=dates)).timetable.calendar
    assert calendar.known() == (date(2024, 1, 1), date(2024, 5, 11))
    runs = {day: calendar.runs(day).tolist() for day in (date(2024, 1, d) for d in (5, 6, 7, 8, 9))}
    assert list(runs.values()) == [[True, False], [True, False], [False, False], [False, False], [True, False]]
    assert calendar.runs(date(2024, 2, 3)).tolist() == [False, True]
    assert calendar.runs(date(2024, 5, 4)).tolist() == [False, False]
    assert calendar.runs(date(2024, 5, 11)).tolist() == [False, True]


def test_services_may_be_of_single_dates_alone(feed):
    dates = "service_id,date,exception_type\nsat,20240302,1\nweek,20240105,1\nweek,20240108,2\n"
    table = read(feed(calendar=None, calendar_dates=dates)).timetable
    assert table.calendar.known() == (date(2024, 1, 5), date(2024, 3, 2))
    days = [date(2024, 1, 1) + timedelta(days=step) for step in range(90)]
    assert sum(table.calendar.runs(day).sum() for day in days) == 2


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("feed_start_date,feed_end_date\n20240110,20240120\n", (date(2024, 1, 10), date(2024, 1, 20))),
        ("feed_start_date,feed_end_date\n,20240120\n", (date(2024, 1, 1), date(2024, 1, 20))),
        ("feed_publisher_name\nBuses\n", (date(2024, 1, 1), date(2024, 4, 30))),
    ],
)
def test_the_feed_says_of_which_days_it_speaks(feed, told, known):
    assert read(feed(feed_info=told)).timetable.calendar.known() == known


def test_trips_are_cut_to_the_area(feed):
    """B lies outside: a trip that leaves and comes back keeps its calls inside alone; one with a single call goes."""
    holes = shapely.union_all([shapely.box(x - 10, NORTH - 10, x + 10, NORTH + 10) for x in (585000, 587000)])
    reading = read(feed(), holes)
    assert [(name, stops) for name, stops, *_ in said(reading.timetable)] == [("9", "AC"), ("9", "AC")]
    assert said(reading.timetable)[0][2] == (at("9:00:00"), at("9:20:00"))
    assert reading.timetable.stop_ids == ("A", "C")
    assert [route.name for route in reading.timetable.routes] == ["9"]
    assert len(reading.timetable.calendar) == 1
    assert (reading.rows_read, reading.used) == (8, 4)
    assert reading.left_out == {"outside the area": 3, "the only call of its trip in the area": 1}


def test_a_feed_of_elsewhere_is_refused_with_where_it_is(feed):
    with pytest.raises(SourceError, match=r"feed\.zip: no trip of the feed calls twice in the area.*0\.66.*choose"):
        read(feed(), shapely.box(0, 0, 10, 10))


def test_left_out_times_follow_the_way(feed):
    """From A by B to C are 2 km, and 12 to D: without distances by the straight line, with them as they say."""
    rows = ["t1,09:00:00,09:00:00,A,1", "t1,,,B,2", "t1,,,C,3", "t1,10:00:00,,D,4"]
    reading = read(feed(trips="route_id,service_id,trip_id\nr9,week,t1\n", stop_times="\n".join([TIMES, *rows])))
    assert said(reading.timetable)[0][2] == (32400, 32700, 33000, 36000)
    assert said(reading.timetable)[0][3] == (32400, 32700, 33000, 36000)
    assert any(note.startswith("2 calls have no time") for note in reading.notes)
    rows = [f"{row},{way}" for row, way in zip(rows, (0, 5, 7.5, 10), strict=True)]
    text = "\n".join([f"{TIMES},shape_dist_traveled", *rows])
    reading = read(feed(trips="route_id,service_id,trip_id\nr9,week,t1\n", stop_times=text))
    assert said(reading.timetable)[0][2] == (32400, 34200, 35100, 36000)


def test_left_out_times_where_the_vehicle_stands_still(feed):
    rows = ["t1,08:50:00,09:00:00,A,1", "t1,,,A,2", "t1,,,A,3", "t1,09:30:00,09:35:00,A,4"]
    reading = read(feed(trips="route_id,service_id,trip_id\nr9,week,t1\n", stop_times="\n".join([TIMES, *rows])))
    assert said(reading.timetable)[0][2:] == ((31800, 33000, 33600, 34200), (32400, 33000, 33600, 34500))


def test_one_time_stands_for_the_other(feed):
    table = read(feed({"stop_times": ("09:10:00,09:11:00", ",09:11:00")})).timetable
    assert said(table)[0][2:] == ((32400, 33060, 33600), (32400, 33060, 33600))
    table = read(feed({"stop_times": ("09:10:00,09:11:00", "09:10:00,")})).timetable
    assert said(table)[0][2:] == ((32400, 33000, 33600), (32400, 33000, 33600))


@pytest.mark.parametrize("exact", ["0", "1", ""])
def test_intervals_are_written_out_as_gtfs_kit_does(feed, exact):
    rows = [f"t1,06:00:00,07:00:00,1200,{exact}", f"t1,23:30:00,25:01:00,1800,{exact}"]
    path = feed(frequencies="\n".join(["trip_id,start_time,end_time,headway_secs,exact_times", *rows]))
    reading = read(path)
    expected = Counter()
    theirs = gtfs_kit.expand_frequencies(gtfs_kit.read_feed(path, dist_units="m")).stop_times
    for _, calls in theirs.groupby("trip_id"):
        expected[tuple(at(clock) for clock in calls["departure_time"])] += 1
    assert Counter(trip[3] for trip in said(reading.timetable)) == expected
    assert reading.timetable.n_trips == 3 + 4 + 2
    assert any("1 trips run at intervals" in note for note in reading.notes)
    assert reading.used == 8


def test_intervals_count_from_the_first_stop_even_where_that_is_outside(feed):
    path = feed(frequencies="trip_id,start_time,end_time,headway_secs\nt1,06:00:00,06:30:00,1200\n")
    table = read(path, shapely.box(585500, 0, 590000, 2e6)).timetable
    early = [trip for trip in said(table) if trip[2][0] < at("8:00:00")]
    assert [(trip[1], trip[2]) for trip in early] == [
        ("BC", (at("6:10:00"), at("6:20:00"))),
        ("BC", (at("6:30:00"), at("6:40:00"))),
    ]


def test_intervals_count_from_leaving_the_first_stop(feed):
    path = feed(
        {"stop_times": ("t1,09:00:00,09:00:00", "t1,08:55:00,09:00:00")},
        frequencies="trip_id,start_time,end_time,headway_secs\nt1,06:00:00,06:20:00,1200\n",
    )
    assert said(read(path).timetable)[0][2][0] == at("5:55:00")
    assert said(read(path).timetable)[0][3][0] == at("6:00:00")


def test_calls_are_in_the_order_of_their_sequence_not_of_their_rows(feed):
    heading, *rows = GOOD["stop_times"].splitlines()
    path = feed(stop_times="\n".join([heading, *rows[::-1]]))
    shuffled = said(read(path).timetable)
    assert shuffled == said(read(feed()).timetable)


def test_a_service_of_one_day_is_fine(feed):
    calendar = read(feed({"calendar": ("20240101,20240331", "20240105,20240105")})).timetable.calendar
    assert [calendar.runs(date(2024, 1, day)).any() for day in (4, 5, 8)] == [False, True, False]


def test_calls_on_demand_count_with_a_note(feed):
    reading = read(feed({"stop_times": ("09:11:00,B,2,,", "09:11:00,B,2,2,3")}))
    assert any(note.startswith("1 calls have to be arranged") for note in reading.notes)
    assert all(trip.board[1] and trip.alight[1] for trip in reading.timetable.trips() if len(trip.stops) == 3)


@pytest.mark.parametrize(
    ("kind", "vehicle"),
    [(0, "tram"), (1, "metro"), (2, "train"), (3, "bus"), (4, "ferry"), (11, "bus"), (109, "train"), (200, "coach"),
     (401, "metro"), (702, "bus"), (715, "bus"), (900, "tram"), (1000, "ferry"), (6, "bus"), (1700, "bus"),
     ("", "bus")],
)  # fmt: skip
def test_the_kind_of_route_gives_the_vehicle(feed, kind, vehicle):
    reading = read(feed({"routes": ("Town to Shore,3", f"Town to Shore,{kind}")}))
    assert reading.timetable.routes[0].vehicle == vehicle
    assert any("not known" in note for note in reading.notes) == (kind in (6, 1700, ""))


def test_odd_files_do_no_harm(feed):
    """Empty files, a byte-order mark, blanks, blank lines, trailing commas, and faults in columns that are not read."""
    stops = "\ufeff stop_id , stop_code,stop_name,stop_lat,stop_lon,wheelchair_boarding\r\n" + "".join(
        f" {name} ,7,{name.lower()} STREET,{LAT[name]:.7f}, {LON[name]:.7f},perhaps,\r\n\r\n" for name in PLACES
    )
    path = feed(
        stops=stops,
        calendar_dates="",
        frequencies="trip_id,start_time,end_time,headway_secs\n",
        shapes="no shapes",
        trips="\n" + GOOD["trips"].replace(",week,", ", week ,"),
        **{"fares.csv": "x", "__MACOSX/._stops.txt": "\0"},
    )
    reading = read(path)
    assert said(reading.timetable) == said(read(feed()).timetable)
    assert reading.notes == (
        "calendar_dates.txt is empty and was ignored",
        "frequencies.txt has no rows of data and was ignored",
    )


def test_a_feed_in_a_folder_of_its_zip_is_found(tmp_path, feed):
    whole = said(read(feed()).timetable)
    path = tmp_path / "deep.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in GOOD.items():
            archive.writestr(f"export/{name}.txt", text)
    assert said(read(path).timetable) == whole


def test_what_no_trip_uses_is_left_out_with_a_note(feed):
    reading = read(feed({"stops": ("stop_lon\n", "stop_lon\nZ,Nowhere,,\n"), "trips": ("t3\n", "t3\nr9,week,t4\n")}))
    assert "Z" not in reading.timetable.stop_ids
    assert reading.timetable.n_trips == 3
    assert "1 stops without a position, at which no trip calls, were left out" in reading.notes
    assert "1 trips have no stop times and were left out" in reading.notes


# File, old text, new text, and the message: a number in front of it is that of the line, and a column follows.
# What is wrong | the file | text of the good feed | what stands there instead | line, column and message
FAULTS_TABLE = r"""
a time that is none | stop_times | 09:10:00, | 9.10, | 3, arrival_time: '9.10' is not a time
a departure that is none | stop_times | 09:11:00 | later | 3, departure_time: 'later' is not a
time goes back | stop_times | 09:20:00,09:20 | 09:10:30,09:20 | 4, arrival_time: '09:10:30' is be
left before arrival | stop_times | 10:00,09:11 | 10:00,09:09 | 3, departure_time: '09:09:00' is b
no first time | stop_times | t3,10:00:00,10:00:00 | t3,, | 8, arrival_time: '' is blank, and the
no last time | stop_times | t1,09:20:00,09:20:00 | t1,, | 4, arrival_time: '' is blank, and the
a trip of no list | stop_times | t2,24 | t7,24 | 6, trip_id: 't7' is not in trips.txt
a stop of no list | stop_times | C,5 | Q,5 | 8, stop_id: 'Q' is not in stops.txt
a sequence twice | stop_times | B,2,,\nt1 | B,1,,\nt1 | 3, stop_sequence: 1 is there before
a sequence left out | stop_times | D,9 | D, | 9, stop_sequence: '' is blank
a sequence of words | stop_times | D,9 | D,last | 9, stop_sequence: 'last' is not a whole number
a kind of boarding | stop_times | A,1,0,1\nt1 | A,1,4,1\nt1 | 2, pickup_type: 4 is not 0, 1, 2
a kind of alighting | stop_times | A,1,0,1\nt1 | A,1,0,x\nt1 | 2, drop_off_type: 'x' is not a wh
too many columns | stop_times | D,9,0,0 | D,9,0,0,0,0 | line 9: 9 columns where 7 are expected
one column too many | stop_times | D,9,0,0 | D,9,0,0,0 | line 9: 8 columns where 7 are expected
a quote without end | stop_times | t3,10:30 | "t3,10:30 | not well-formed CSV
no sequence at all | stop_times | stop_sequence | place | missing column stop_sequence; the file has trip_id
a stop without position | stops | {LAT_B} |  | 3, stop_lat: '' is blank, and trips call
a stop off the globe | stops | {LAT_B} | 91.5 | 3, stop_lat: 91.5 is not between -90
a position of words | stops | {LON_C} | east | 4, stop_lon: 'east' is not a number
a stop twice | stops | D,D | A,D | 5, stop_id: 'A' appears more than once
a stop without id | stops | D,D | ,D | 5, stop_id: '' is blank
no latitude | stops | stop_lat | lat | missing column stop_lat
a column twice | stops | stop_name | stop_id | line 1: the column stop_id is there twice
a route twice | routes | rx | r9 | 3, route_id: 'r9' appears more than once
a route's kind of words | routes | Shore,3 | Shore,bus | 2, route_type: 'bus' is not a whole
a trip of no route | trips | rx,sat | ry,sat | 4, route_id: 'ry' is not in routes.txt
a trip of no service | trips | rx,sat | rx,sun | 4, service_id: 'sun' is not in calendar.txt, nor
a trip twice | trips | t2 | t1 | 3, trip_id: 't1' appears more than once
an end before the start | calendar | 20240430 | 20240131 | 3, end_date: '20240131' is before the
a date that is none | calendar | 20240101 | 20240230 | 2, start_date: '20240230' is not a date
a date with dashes | calendar | 20240430 | 2024-04-30 | 3, end_date: '2024-04-30' is not a date
a weekday of 2 | calendar | sat,0 | sat,2 | 3, monday: 2 is neither 0 nor 1
a weekday left out | calendar | sat,0 | sat, | 3, monday: '' is neither 0 nor 1
a service twice | calendar | sat, | week, | 3, service_id: 'week' appears more than once
an exception's date | calendar_dates | 20240106 | 6 Jan | 2, date: '6 Jan' is not a date
an exception's kind | calendar_dates | 0106,1 | 0106,3 | 2, exception_type: 3 is neither 1 (added)
an exception twice | calendar_dates | 20240108 | 20240106 | 3, date: '20240106' is there twice
an exception of nothing | calendar_dates | week,20240108 | ,20240108 | 3, service_id: '' is blank
an interval of no trip | frequencies | t1 | t8 | 2, trip_id: 't8' is not in trips.txt
an interval of nothing | frequencies | ,600 | ,0 | 2, headway_secs: 0 is not a number of seconds
an interval too long | frequencies | ,600 | ,99999 | 2, headway_secs: '99999' is not a whole number
an interval's start | frequencies | 06:00:00 | six | 2, start_time: 'six' is not a time
an interval's end | frequencies | 07:00:00 | 06:00:00 | 2, end_time: '06:00:00' is not after
the feed's own end | feed_info | 20240331 | soon | 2, feed_end_date: 'soon' is not a date
the feed ends first | feed_info | 20240331 | 20231231 | ends on 2023-12-31, before it starts on 2024-01-01
"""
PLACES_OF_TABLE = {"{LAT_B}": f"{LAT['B']:.7f}", "{LON_C}": f"{LON['C']:.7f}", r"\n": "\n"}


def faults():
    """The rows of the table, by what is wrong."""
    found = {}
    for row in FAULTS_TABLE.strip().splitlines():
        what, *cells = (cell.strip() for cell in row.split("|"))
        for name, text in PLACES_OF_TABLE.items():
            cells = [cell.replace(name, text) for cell in cells]
        found[what] = tuple(cells)
    return found


FAULTS = faults()
MORE = {
    "calendar_dates": "service_id,date,exception_type\nweek,20240106,1\nweek,20240108,2\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,07:00:00,600\n",
    "feed_info": "feed_start_date,feed_end_date\n20240101,20240331\n",
}


def test_without_a_fault_the_feed_of_faults_is_fine(feed):
    assert read(feed(**MORE)).timetable.n_trips == 8


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_file_line_and_column(feed, fault):
    name, old, new, message = FAULTS[fault]
    message = re.sub(r"^(\d+), ", r"line \1, column ", message)
    with pytest.raises(SourceError, match=rf"^feed\.zip: {name}\.txt: [\s\S]*{re.escape(message)}"):
        read(feed({name: (old, new)}, **MORE))


def test_lines_are_right_behind_blank_lines_and_line_breaks_in_quotes(feed):
    stops = GOOD["stops"].replace("A street", '"A\nstreet"').replace("\nC,", "\n\n  \nC,").replace("D,D", "A,D")
    with pytest.raises(SourceError, match=r"line 8, column stop_id: 'A' appears more than once"):
        read(feed(stops=stops))


def test_every_fault_of_a_file_is_told_at_once(feed):
    with pytest.raises(SourceError, match="2 values cannot be used") as caught:
        read(feed({"stop_times": ("24:0", "2400")}))
    assert [line.split(":")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  line 6, column arrival_time",
        "  line 6, column departure_time",
    ]


@pytest.mark.parametrize("name", ["stops", "routes", "trips", "stop_times"])
@pytest.mark.parametrize(
    ("content", "message"),
    [(None, r"it has no {}\.txt"), ("", r"{}\.txt is empty"), ("heading", r"{}\.txt has no rows of data")],
)
def test_a_file_that_every_feed_has(feed, name, content, message):
    content = GOOD[name].splitlines()[0] if content == "heading" else content
    with pytest.raises(SourceError, match=r"feed\.zip: " + message.format(name)):
        read(feed(**{name: content}))


def test_a_feed_needs_days(feed):
    with pytest.raises(SourceError, match=r"neither calendar\.txt nor calendar_dates\.txt has rows"):
        read(feed(calendar=None, calendar_dates=""))


def test_what_is_no_zip_is_refused(tmp_path, feed):
    path = tmp_path / "page.zip"
    with pytest.raises(SourceError, match=r"page\.zip: there is no such file"):
        read(path)
    path.write_text("<html>Not found</html>")
    with pytest.raises(SourceError, match=r"page\.zip: it is not a zip file"):
        read(path)
    whole = feed().read_bytes()
    path.write_bytes(whole.replace(b"B street", b"B strEEt"))
    with pytest.raises(SourceError, match=r"stops\.txt cannot be taken out of the zip"):
        read(path)


def test_text_that_is_not_utf8_is_refused_with_its_line(feed):
    path = feed(stops=GOOD["stops"].replace("C street", "Café").encode("latin-1"))
    with pytest.raises(SourceError, match=r"feed\.zip: stops\.txt: line 4: not UTF-8 text"):
        read(path)


def test_two_feeds_in_one_zip_are_refused(feed):
    with pytest.raises(SourceError, match=r"it has stops\.txt twice"):
        read(feed(**{"other/stops.txt": GOOD["stops"]}))


FEEDS = {
    "newport": ("gtfs_2023-06-13.zip", (16, 176, 7765), (date(2023, 6, 5), date(2024, 3, 1))),
    "chester": ("gtfs_2023-08-16.zip", (25, 804, 34249), (date(2023, 7, 31), date(2024, 4, 26))),
}


def plain(path, name):
    """Rows of a file of a feed, as the csv module reads them."""
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(f"{name}.txt").decode("utf-8-sig"))))


@pytest.mark.parametrize("town", FEEDS)
def test_a_real_feed_agrees_with_its_own_rows(sources_dir, town):
    name, sizes, known = FEEDS[town]
    path = sources_dir / town / name
    reading = read(path)
    table = reading.timetable
    rows, trips = plain(path, "stop_times"), {row["trip_id"]: row for row in plain(path, "trips")}
    routes = {row["route_id"]: row["route_short_name"] for row in plain(path, "routes")}
    # one stop of one feed lies at the origin of the national grid, which is outside
    lost = {row["stop_id"] for row in plain(path, "stops") if float(row["stop_lat"]) < 49.8}
    assert (len(table.routes), table.n_trips, reading.rows_read) == sizes
    assert table.calendar.known() == known
    land = read(path, shapely.box(100, 100, 1e6, 1e6))
    assert land.left_out["outside the area"] == sum(row["stop_id"] in lost for row in rows)
    assert land.used + sum(land.left_out.values()) == len(rows)
    ours = Counter(
        (
            table.routes[trip.route].name,
            tuple(table.stop_ids[stop] for stop in trip.stops),
            trip.arrive_s,
            trip.depart_s,
        )
        for trip in table.trips()
    )
    theirs = Counter()
    calls = {}
    for row in rows:
        calls.setdefault(row["trip_id"], []).append(row)
    for trip, some in calls.items():
        some.sort(key=lambda row: int(row["stop_sequence"]))
        times = (tuple(at(row[key]) for row in some) for key in ("arrival_time", "departure_time"))
        theirs[(routes[trips[trip]["route_id"]], tuple(row["stop_id"] for row in some), *times)] += 1
    assert ours == theirs


@pytest.mark.parametrize("town", FEEDS)
def test_a_real_feed_runs_on_the_days_that_gtfs_kit_finds(sources_dir, town):
    name, _, (first, last) = FEEDS[town]
    theirs = gtfs_kit.read_feed(sources_dir / town / name, dist_units="m")
    table = read(sources_dir / town / name).timetable
    for step in range(-10, (last - first).days + 10, 3):
        day = first + timedelta(days=step)
        ours = int(table.calendar.runs(day)[table.trip_service].sum())
        assert ours == len(theirs.get_trips(day.strftime("%Y%m%d"))), day
