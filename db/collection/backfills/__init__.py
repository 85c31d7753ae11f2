"""Back-fills: an outlet's older articles, collected document by document and then page by page.

Everything that is left stands in rows, so a back-fill goes on after any interruption. Its pages are not due by
themselves (`NEVER`): they wait until a back-fill has a turn, or until a feed names them as new.
"""
