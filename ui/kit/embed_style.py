"""How a page looks inside another one (``?embed=1``): its sentence, map, legend and credit alone.

The page runs as it always does, and this style leaves out the rest. What stays is the container with the key
:data:`ANSWER` (the sentence), every map with the credit below it, legends, and messages of errors. A page that has no
such container keeps its heading.
"""

ANSWER = "answer"
_MAP = '[data-testid="stDeckGlJsonChart"]'
_MAIN = ".stMainBlockContainer"
_KEPT = (
    f".st-key-{ANSWER} .stElementContainer",
    f".stElementContainer:has({_MAP})",
    '[class*="st-key-credit-"] .stElementContainer:has([data-testid="stCaptionContainer"])',
    '[class*="st-key-framed-"] .stElementContainer',
    ".stElementContainer:has(.story, .hall-key)",  # a step of the meeting
    '.stElementContainer:has([data-testid="stAlert"])',
)
_LEFT_OUT = (
    '[data-testid="stExpander"]',
    ".stForm",
    ".stPopover",
    '[role="tablist"]',
    "hr",
    f".stColumn:not(:has({_MAP}, .st-key-{ANSWER}, .story))",
)
CSS = f"""
<style>
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"] {{ display: none !important; }}
{_MAIN} {{ padding: .5rem .75rem !important; max-width: none !important; }}
{_MAIN} .stElementContainer {{ display: none; }}
{", ".join(f"{_MAIN} {one}" for one in _KEPT)} {{ display: flex; }}
{_MAIN}:not(:has(.st-key-{ANSWER})) .stElementContainer:has(h1) {{ display: flex; }}
{", ".join(f"{_MAIN} {one}" for one in _LEFT_OUT)} {{ display: none !important; }}
</style>
"""
