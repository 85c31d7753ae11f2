"""Tracking parameters of addresses: they describe the origin of a reader and do not affect the page.

`REGISTRY` holds the names of a public list: the Tracking Query Params Registry by Max Chadwick and others,
https://github.com/mpchadwick/tracking-query-params-registry, `_data/params.csv` as of 2025-05-13, in the public domain
(Unlicense). `OURS` adds names used by outlets, search engines and services of our region and others. An ambiguous name
is judged together with its value.
"""

from __future__ import annotations

import re

REGISTRY = frozenset(
    """
    _branch_match_id _bta_c _bta_tid _ga _gl _ke _kx campid customid dclid dm_i ef_id epik fbclid gad_source gbraid
    gclid gclsrc gdffi gdfms gdftrk gpromocode gqt hsa_acc hsa_ad hsa_cam hsa_grp hsa_kw hsa_mt hsa_net hsa_src hsa_tgt
    hsa_ver igshid irclickid matomo_campaign matomo_cid matomo_content matomo_group matomo_keyword matomo_medium
    matomo_placement matomo_source mc_cid mc_eid mkcid mkevt mkrid mkwid msclkid mtm_campaign mtm_cid mtm_content
    mtm_group mtm_keyword mtm_medium mtm_placement mtm_source ndclid pcrid piwik_campaign piwik_keyword piwik_kwd
    pk_campaign pk_keyword pk_kwd redirect_log_mongo_id redirect_mongo_id rtid s_kwcid sb_referer_host sccid si
    sms_click sms_source sms_uph srsltid toolid trk_contact trk_module trk_msg trk_sid ttclid tw_adid tw_campaign
    tw_content tw_source tw_term twclid utm_campaign utm_content utm_creative_format utm_id utm_marketing_tactic
    utm_medium utm_source utm_source_platform utm_term vmcid wbraid yclid
    """.split()  # noqa: SIM905 - a hundred short words read better as a paragraph
)

OURS = frozenset(
    """
    _openstat openstat ysclid ymclid yadclid yadordid rb_clickid erid etext nw tg_rhash rhash tgclid admitad_uid roistat
    roistat_visit tmclickid k50id calltouch_tm mindbox-click-id mindbox-message-key frommail from_source from_gsearch
    igsh mibextid __tn__ fb_ref fb_source fb_action_ids fb_action_types fb_comment_id __cft__[0] __cft__ __xts__[0]
    action_object_map action_type_map action_ref_map hc_ref fref ref_src ref_url __twitter_impression s_cid cmpid cmp
    ncid ocid icid smid emc mbid ito xtor xtref sr_share wt_zmc wt_mc wt.mc_id wt.nav wt.z_ac spm guccounter
    guce_referrer guce_referrer_sig share sref soc_src soc_trk rss_medium rss_source feed_id __s mkt_tok trk trkcampaign
    trkinfo _hsenc _hsmi __hstc __hssc __hsfp hsctatracking elqtrackid elqtrack elqaid elqat elqcampaignid li_fat_id
    dicbo tblci oborigurl ftag nr_email_referer vgo_ee wickedid amp amp_js_v amp_gsa usqp phpsessid jsessionid
    replytocom bxid cndid fbadid gs_l ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    """.split()  # noqa: SIM905
)

_PREFIXES = ("utm_", "utm-", "ga_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "oly_", "vero_", "at_", "itm_", "sfmc_")

_ORIGIN = frozenset({"from", "ref", "referer", "referrer"})
"""Names for the origin of the reader, unless their value is a number or a date: a position in a list."""

_CHANNEL = frozenset({"source", "src", "via", "medium", "channel", "partner", "origin", "campaign"})
"""Names that count as tracking only if their value is one of `_CHANNELS`: an outlet's own sources select content."""
_CHANNELS = re.compile(
    r"(?:rss|atom|feed|news(?:letter|feed)|e?mail|push|social|smm|share|sharing|telegram|tg|whatsapp|wa|viber|facebook"
    r"|fb|twitter|tw|x|vk|vkontakte|ok|odnoklassniki|instagram|ig|linkedin|pinterest|reddit|google|googlenews|gnews"
    r"|yandex|yandexnews|yxnews|zen|dzen|rambler|mailru|flipboard|pocket|bot|widget|app|android|ios)"
    r"(?:[-_.]\w{1,40})*",
    re.I | re.A,
)

_RISKY = frozenset({"si", "campid", "customid", "toolid", "rtid", "pcrid", "mkcid", "mkrid", "cmp", "nw"})
"""Listed names so short or plain that an outlet may use them for its own numbering."""

_AMP = frozenset({"output", "outputtype", "view", "mode", "format", "type", "layout", "template", "display"})

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,9}", re.A)
_UNTIL = frozenset({"to", "till", "until", "before", "end"})


def without_tracking(query: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the (name, value) pairs of a query that affect the page, with names freed of a doubled `&amp;`."""
    pairs = [(_plain(name), value) for name, value in query]
    names = {name.lower() for name, _ in pairs}
    is_span = not names.isdisjoint(_UNTIL)
    return [
        (name, value)
        for name, value in pairs
        if not (is_tracking(name, value) and not (is_span and name.lower() == "from"))
    ]


def is_tracking(name: str, value: str) -> bool:
    """Return whether a parameter has no effect on the page."""
    lowered = name.lower()
    if lowered in _ORIGIN:
        return value.isascii() and not _DIGIT.search(value)
    if lowered in _CHANNEL:
        return _CHANNELS.fullmatch(value) is not None
    if lowered in _AMP:
        return value.lower() in ("amp", "amphtml")
    if lowered in _RISKY and _NUMBER.fullmatch(value):
        return False
    return lowered in REGISTRY or lowered in OURS or lowered.startswith(_PREFIXES)


def _plain(name: str) -> str:
    while name[:4].lower() == "amp;":
        name = name[4:]
    return name
