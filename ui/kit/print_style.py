"""How every page is printed: what it says, its maps, charts and whole tables; no controls.

What only helps on screen, such as "click a ward", lies in a container with a key that begins with ``on-screen-``.
"""

CSS = """
<style>
.on-paper { display: none; }
@media print {
  @page { margin: 14mm; }
  [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"], [data-testid="stStatusWidget"],
  [data-testid="stBottom"], [data-testid="stElementToolbar"], .st-key-bookmarks,
  .stButton, .stDownloadButton, .stLinkButton, .stFormSubmitButton, .stPopover, .stSelectbox, .stMultiSelect, .stSlider,
  .stTextInput, .stTextArea, .stNumberInput, .stRadio, .stCheckbox, .stButtonGroup, .stFileUploader, .stForm,
  [data-testid="stPageLink"], [data-testid="stTooltipIcon"], .stBidiComponent, [class*="st-key-on-screen-"],
  [class*="gl-ctrl-group"], [class*="gl-ctrl-logo"], [class*="gl-ctrl-attrib"], [role="tablist"],
  [data-testid="stExpander"]:has(details:not([open])) { display: none !important; }
  /* Only the first page of what scrolls would be printed. */
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"], .stMainBlockContainer {
    display: block !important; position: static !important; height: auto !important; overflow: visible !important;
  }
  .stMainBlockContainer { max-width: none !important; padding: 0 !important; }
  .stVerticalBlock { gap: .4rem !important; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  /* Paper is narrower than the window that a map was drawn for. Streets and wards are two drawings, one on the other,
     and become smaller together; the legend is in what they leave free at the foot. */
  [data-testid="stDeckGlJsonChart"] :is([id^="view-"], [id^="view-"] div:has(canvas)) {
    width: 100% !important; height: 100% !important;
  }
  [data-testid="stDeckGlJsonChart"] canvas {
    width: 100% !important; height: 100% !important; object-fit: contain; object-position: top;
  }
  h1, h2, h3 { break-after: avoid; }
  [data-testid="stDeckGlJsonChart"], .stVegaLiteChart, .map-legend, .on-paper[data-whole], .on-paper tr, .heat-box,
  li { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
  .stElementContainer:has([data-testid="stDataFrame"]):has(+ .stElementContainer .on-paper) {
    display: none !important;
  }
  .heat-box { overflow: visible !important; }
  table.heat { font-size: 6.5pt !important; width: 100%; min-width: 0 !important; }
  table.heat :is(th, td) { padding: .5mm .8mm !important; min-width: 0 !important; white-space: normal !important; }
  .on-paper { display: table; width: 100%; border-collapse: collapse; font-size: 9.5pt; }
  .on-paper caption { text-align: left; font-weight: 600; padding: 0 0 2mm; }
  .on-paper thead { display: table-header-group; }
  .on-paper th, .on-paper td { border-bottom: .3mm solid #B1B4B6; padding: .7mm 2mm; text-align: left; }
  .on-paper .one-line { white-space: nowrap; }
  .on-paper .n { text-align: right; font-variant-numeric: tabular-nums; }
}
</style>
"""
