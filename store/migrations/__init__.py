"""Migrations: the steps by which the tables of the store have changed."""
