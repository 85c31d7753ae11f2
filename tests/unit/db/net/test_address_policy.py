"""Which addresses nobody is led to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.net.address_policy import is_allowed, literal_address, parse_allowed, refusal_of_address, refusal_of_url


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),  # shared by carriers (RFC 6598)
        ("192.0.2.1", "private"),
        ("198.18.0.1", "private"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("169.254.169.254", "link-local"),  # where clouds keep their secrets
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "private"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fc00::1", "private"),
        ("fd12:3456::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "private"),
    ],
)
def test_addresses_that_are_not_public_are_refused_by_name(address: str, kind: str) -> None:
    shown = ip_address(address.partition("%")[0])
    assert refusal_of_address(address) == f"refused: {kind} address {shown}"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("::ffff:127.0.0.1", id="mapped"),
        pytest.param("::ffff:10.0.0.1", id="mapped private"),
        pytest.param("::127.0.0.1", id="compatible"),
        pytest.param("64:ff9b::a00:1", id="NAT64"),
        pytest.param("2002:0a00:0001::1", id="6to4"),
        pytest.param("2002:7f00:0001::", id="6to4 loopback"),
        pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", id="Teredo"),
        pytest.param("64:ff9b:1::1", id="local NAT64"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("4000::1", id="not yet given out"),
        pytest.param("example.kz", id="a name"),
        pytest.param("", id="nothing"),
    ],
)
def test_disguises_are_seen_through(address: str) -> None:
    assert refusal_of_address(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "195.12.114.1", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_not_refused(address: str) -> None:
    assert refusal_of_address(address) is None


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        pytest.param("https://outlet.kz/a", None, id="a name"),
        pytest.param("http://outlet.kz:8080/", None, id="a usual port"),
        pytest.param("http://8.8.8.8/", None, id="a public literal"),
        pytest.param("http://outlet.kz:22/", "refused: port 22", id="another port"),
        pytest.param("http://outlet.kz:0/", "refused: port 0", id="no port"),
        pytest.param("http://outlet.kz:99999/", "refused: not a usable address", id="no such port"),
        pytest.param("http://10.0.0.1/", "refused: private address 10.0.0.1", id="private literal"),
        pytest.param("http://[::1]/", "refused: loopback address ::1", id="IPv6 literal"),
        pytest.param("http://[::ffff:127.0.0.1]/", "refused: loopback address 127.0.0.1", id="mapped literal"),
        pytest.param("http://2130706433/", "refused: loopback address 127.0.0.1", id="decimal"),
        pytest.param("http://0x7f.1/", "refused: loopback address 127.0.0.1", id="hexadecimal"),
        pytest.param("http://0177.0.0.1/", "refused: loopback address 127.0.0.1", id="octal"),
        pytest.param("http://127.1/", "refused: loopback address 127.0.0.1", id="short"),
        pytest.param("http://127.0.0.1./", "refused: loopback address 127.0.0.1", id="dot at the end"),
        pytest.param("http://0/", "refused: unspecified address 0.0.0.0", id="zero"),
        pytest.param("http://a:b@outlet.kz/", "refused: an address with a user name in it", id="user name"),
        pytest.param("file://depot.example/secret", "refused: only http and https are fetched, not file", id="a file"),
        pytest.param("ftp://outlet.kz/", "refused: only http and https are fetched, not ftp", id="ftp"),
        pytest.param("gopher://outlet.kz/", "refused: only http and https are fetched, not gopher", id="gopher"),
        pytest.param("http:///a", "refused: an address without host", id="no host"),
        pytest.param("http://[::1", "refused: not a usable address", id="broken brackets"),
    ],
)
def test_urls(url: str, refusal: str | None) -> None:
    assert refusal_of_url(url) == refusal


def test_settings_may_allow_a_private_host_at_one_port_only() -> None:
    allowed = parse_allowed(" 127.0.0.1:8000, Intranet.kz.:81 ,[::1]:9000,")
    assert refusal_of_url("http://127.0.0.1:8000/", allowed) is None
    assert refusal_of_url("http://[::1]:9000/", allowed) is None
    assert refusal_of_url("http://127.0.0.1:8001/", allowed) == "refused: port 8001"
    assert refusal_of_url("http://127.0.0.1/", allowed) == "refused: loopback address 127.0.0.1"
    assert is_allowed("intranet.KZ", 81, allowed)
    assert not is_allowed("intranet.kz", 80, allowed)


@pytest.mark.parametrize("pairs", ["localhost", "localhost:", ":80", "a:b", "a:0", "a:70000"])
def test_a_list_of_hosts_that_makes_no_sense_is_an_error(pairs: str) -> None:
    with pytest.raises(ValueError, match="not host:port"):
        parse_allowed(pairs)


@settings(max_examples=100)
@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_meets_the_same_rule(ip: IPv4Address) -> None:
    a, b, c, d = ip.packed
    spellings = (str(ip), str(int(ip)), hex(int(ip)), f"{a}.{(b << 16) + (c << 8) + d}", f"0{a:o}.{b}.{c}.0x{d:x}")
    refusals = {refusal_of_url(f"http://{spelling}/") for spelling in spellings}
    assert refusals == {refusal_of_address(str(ip))}
    assert refusal_of_address(f"::ffff:{ip}") is None or not ip.is_global or ip.is_multicast


@given(st.ip_addresses())
def test_what_is_not_refused_is_routed_globally(ip: IPv4Address | IPv6Address) -> None:
    if refusal_of_address(str(ip)) is None:
        inner = (ip.ipv4_mapped or ip.sixtofour) if isinstance(ip, IPv6Address) else None
        is_nat64 = int(ip) >> 32 == 0x64FF9B << 64
        assert is_nat64 or (inner or ip).is_global


@given(st.text(max_size=30))
def test_any_host_is_a_literal_or_a_name(host: str) -> None:
    literal = literal_address(host)
    assert literal is None or ip_address(literal)
