"""The report of the network in a pack, made again from the pack itself."""

from geo.network.report import network_report


def test_the_report_in_the_pack_is_that_of_its_streets_homes_and_services(pack):
    stated = pack.manifest.network
    made = network_report(
        pack.network,
        pack.islands,
        pack.demand,
        pack.services.reset_index(),
        pack.wards.union_all(),
        classes_left_out=stated.classes_left_out,
        services_left_out=stated.services_left_out,
    )
    assert made == stated
    assert made.modes["wheelchair"].homes.by_steps
    assert made.modes["drive"].homes.off_network
