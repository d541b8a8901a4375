"""Server page: how it is doing, which data it shows, and what was deleted long ago taken away for good."""

from store.person import Task
from ui.kit.page import plain_page
from ui.kit.visitor import visitor
from ui.server.numbers import numbers
from ui.server.purge import purge_panel
from wording.people import operator_words

said = operator_words()

with plain_page(said["title"], said["purpose"]):
    visitor().need(Task.OPERATE)
    numbers()
    purge_panel()
