"""What every question uses: maps, charts, tables, controls and what is kept between runs."""
