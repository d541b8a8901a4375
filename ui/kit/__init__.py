"""The kit that every question uses: maps, charts, tables, controls, and state that is kept between runs."""
