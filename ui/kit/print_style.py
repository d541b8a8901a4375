"""How every page is printed: what it says, its maps, charts and whole tables; no controls."""

CSS = """
<style>
.on-paper { display: none; }
@media print {
  @page { margin: 14mm; }
  [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"], [data-testid="stStatusWidget"],
  [data-testid="stBottom"], [data-testid="stElementToolbar"], .st-key-bookmarks,
  .stButton, .stDownloadButton, .stLinkButton, .stFormSubmitButton, .stPopover, .stSelectbox, .stMultiSelect, .stSlider,
  .stTextInput, .stTextArea, .stNumberInput, .stRadio, .stCheckbox, .stButtonGroup, .stFileUploader, .stForm,
  [class*="gl-ctrl-group"], [class*="gl-ctrl-logo"], [role="tablist"],
  [data-testid="stExpander"]:has(details:not([open])) { display: none !important; }
  /* Only the first page of what scrolls would be printed. */
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"], .stMainBlockContainer {
    display: block !important; position: static !important; height: auto !important; overflow: visible !important;
  }
  .stMainBlockContainer { max-width: none !important; padding: 0 !important; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h1, h2, h3 { break-after: avoid; }
  [data-testid="stDeckGlJsonChart"], .stVegaLiteChart, .map-legend, .on-paper tr, li { break-inside: avoid; }
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
  .on-paper th, .on-paper td { border-bottom: .3mm solid #B1B4B6; padding: 1mm 2mm; text-align: left; }
  .on-paper .n { text-align: right; font-variant-numeric: tabular-nums; }
}
</style>
"""
